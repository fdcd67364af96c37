"""What a sample earns for the critic's score."""
