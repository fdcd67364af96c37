"""How what a sample earns is shared out among the choices that made it."""
