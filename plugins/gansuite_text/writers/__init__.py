"""Texts as files."""
