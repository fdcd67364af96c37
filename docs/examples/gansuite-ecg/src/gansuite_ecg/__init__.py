"""Heartbeats for gansuite."""
