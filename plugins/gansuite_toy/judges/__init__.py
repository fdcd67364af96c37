"""What knows the truth of a data set: densities, modes, manifolds, grammars."""
