"""How a label or a code steers the generator, and what the critic makes of it."""
