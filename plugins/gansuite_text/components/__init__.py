"""What the text plugin offers, as descriptors: nothing is imported until it is used."""
