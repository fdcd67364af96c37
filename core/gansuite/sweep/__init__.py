"""Searches over the options of recipes with equal budgets, by as many workers as come."""
