"""What is known of molecules: valences, notations, rewards."""
