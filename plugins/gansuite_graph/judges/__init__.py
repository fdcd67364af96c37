"""What knows which graphs of a synthetic kind are valid."""
