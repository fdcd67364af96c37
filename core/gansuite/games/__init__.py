"""What is played: networks and one cost per turn."""
