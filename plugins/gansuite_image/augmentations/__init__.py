"""Changes of pictures, a batch at a time and where the batch lies."""
