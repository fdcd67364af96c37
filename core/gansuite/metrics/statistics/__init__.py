"""Statistics over sets of samples, one idea a file."""
