"""Texts: read from files, shipped with the package, or drawn from a law that is known."""
