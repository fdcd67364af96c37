"""Laws of texts that are known exactly."""
