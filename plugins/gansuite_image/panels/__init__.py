"""Sections of the report that show pictures."""
