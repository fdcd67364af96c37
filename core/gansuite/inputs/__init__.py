"""What the critic is shown in place of plain samples, and of which kind it takes them to be."""
