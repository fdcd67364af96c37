"""How samples are given to the networks, and back: spectrograms for sounds, and the data as it is for the rest."""
