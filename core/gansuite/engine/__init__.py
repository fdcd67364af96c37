"""Devices, precision, ranks, players, sources and the training loop."""
