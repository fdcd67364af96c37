"""Graphs to files."""
