"""Losses: pairs of maps on what the critic makes of samples, one file per paper."""
