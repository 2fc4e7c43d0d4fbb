"""What one would use instead of this package: hand-written Numba and torch, other libraries."""
