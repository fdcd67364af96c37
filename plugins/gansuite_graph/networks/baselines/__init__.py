"""Models that are fitted in one go, for the game ``fitted``: what a trained one is to beat."""
