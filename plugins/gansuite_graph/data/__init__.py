"""Graphs from files, libraries and random models, as rows near the device."""
