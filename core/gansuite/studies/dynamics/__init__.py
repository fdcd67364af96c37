"""How methods move near an equilibrium: the update that trains every recipe, on systems of two numbers."""
