"""Descriptors, by kind."""
