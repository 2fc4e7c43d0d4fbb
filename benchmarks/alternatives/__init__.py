"""Alternatives to this package: hand-written Numba and torch, other libraries."""
