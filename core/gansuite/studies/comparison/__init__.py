"""``gansuite compare``: recipes over seeds and domains, beside what their papers report."""
