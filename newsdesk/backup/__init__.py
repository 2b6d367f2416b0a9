"""A backup of everything that cannot be had again, as one file, and the way back."""
