"""Looking into what a trained model has learnt: pictures of it, not numbers."""
