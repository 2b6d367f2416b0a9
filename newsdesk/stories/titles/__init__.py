"""Titles: cleaned of what is not theirs, judged by what kind of piece they announce, the best of a story's. Pure."""
