"""Penalties of critics of walks."""
