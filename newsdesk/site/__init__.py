"""How readers see it: pages, search, feeds out. No models."""
