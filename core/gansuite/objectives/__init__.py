"""Losses: pure functions of critic scores, one file per paper."""
