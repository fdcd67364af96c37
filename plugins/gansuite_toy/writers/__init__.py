"""Toy samples to files."""
