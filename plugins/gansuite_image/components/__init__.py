"""What the plugin offers, by area: strings only, so that listing imports nothing heavy."""
