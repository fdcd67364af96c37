"""Sections of the report that show toy samples."""
