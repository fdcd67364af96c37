"""Generators and critics of graphs and walks."""
