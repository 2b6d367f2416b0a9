"""Which entries copy one another."""
