"""What a story is about, and whether it is AI news."""
