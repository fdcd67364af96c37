"""From samples to the features that metrics compare, in any domain: nothing to download."""
