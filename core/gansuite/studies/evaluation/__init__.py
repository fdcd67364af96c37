"""What every metric sees of known defects of the data: ``gansuite study evaluation``."""
