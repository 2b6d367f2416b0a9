"""How much a story matters, and what it follows up."""
