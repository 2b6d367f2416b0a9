"""Who did what, when, and how it stood before and after. Knows no other app."""
