"""Which entries tell one story."""
