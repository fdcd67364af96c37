"""Sounds: read from folders, shipped with the package, or rendered."""
