"""Experiments as TOML: read, validated, resolved."""
