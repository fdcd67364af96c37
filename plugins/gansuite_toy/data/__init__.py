"""Data sets of the toy domains, each drawn once from its seed."""
