"""The tables of `compare.py`, one per file."""
