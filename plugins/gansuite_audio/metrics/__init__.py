"""Extractors: what the metrics hear of a sound."""
