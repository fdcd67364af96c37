"""Observers of the core: the bar on the terminal, and TensorBoard."""
