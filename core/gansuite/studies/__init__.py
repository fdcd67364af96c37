"""Experiments over many runs: a grid of cells, resumable work, a table, a picture and an answer in words."""
