"""Graphs: sets of small ones, molecules, and single large ones by their random walks."""
