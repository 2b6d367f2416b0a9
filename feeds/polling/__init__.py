"""Which feeds are due, what a poll stored, and how the feed is doing since."""
