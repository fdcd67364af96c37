"""What ``gansuite sample`` asks of a trained model, and how what it makes is written."""
