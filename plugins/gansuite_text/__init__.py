"""Toy domains whose truth is known exactly: the test bench of every method."""
