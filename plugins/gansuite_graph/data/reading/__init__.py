"""Files of graphs: which there are, and a reader for each format."""
