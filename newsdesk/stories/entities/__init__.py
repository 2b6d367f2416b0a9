"""Whom and what a text names."""
