"""The three pairs of networks of SPECTRE."""
