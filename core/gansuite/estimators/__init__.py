"""How a gradient crosses a discrete sample."""
