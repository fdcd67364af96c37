"""Quality against diversity: a model of choices over all temperatures, beside those it must beat."""
