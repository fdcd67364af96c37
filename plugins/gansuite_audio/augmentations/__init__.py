"""Random changes of sounds, a batch at a time and where the batch lies."""
