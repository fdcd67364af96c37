"""Latents of graphs."""
