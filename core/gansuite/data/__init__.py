"""Device-resident pipelines, splits, hashing."""
