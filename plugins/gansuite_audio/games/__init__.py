"""Games that only sounds have."""
