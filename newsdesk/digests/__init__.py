"""What we publish: summarize, verify, compose, publish."""
