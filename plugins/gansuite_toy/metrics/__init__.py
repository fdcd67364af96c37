"""Features of toy samples."""
