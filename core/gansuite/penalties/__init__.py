"""What is added to a turn's cost, or kept after its move: gradient penalties, consistency, constraints."""
