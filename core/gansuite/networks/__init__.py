"""Networks of samples on grids, [n, channels, *axes], that several domains use: plugins register them."""
