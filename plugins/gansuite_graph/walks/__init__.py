"""Random walks of one graph, and the graph that walks make."""
