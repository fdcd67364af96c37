"""Sections of the report that show sounds."""
