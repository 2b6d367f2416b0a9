"""The parts of a page around the stories: title, pattern, what to watch."""
