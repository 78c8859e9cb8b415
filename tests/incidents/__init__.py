"""Incidents made by chance from a seed: what truly happened, and the vendors' logs of it with their holes."""
