"""Additive terms hung on a turn: gradient penalties, consistency, constraints."""
