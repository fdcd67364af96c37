"""Perceptrons and the players of the smallest games."""
