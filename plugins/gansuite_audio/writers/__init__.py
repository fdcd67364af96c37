"""Samples to sound files."""
