"""Games whose generator starts from a sample of another domain."""
