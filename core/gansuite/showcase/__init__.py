"""What a run sets aside for its report."""
