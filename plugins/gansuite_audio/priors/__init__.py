"""Latents of sounds."""
