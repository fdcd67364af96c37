"""Extractors: what the metrics see of a picture."""
