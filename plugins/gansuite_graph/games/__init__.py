"""Games that only graphs have."""
