"""The tables of `compare.py`, one a file."""
