"""How a game is played: the turns of one round become the players' updates."""
