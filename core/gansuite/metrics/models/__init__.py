"""What can be measured of the trained model itself, one idea a file."""
