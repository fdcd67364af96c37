"""Games that only texts need."""
