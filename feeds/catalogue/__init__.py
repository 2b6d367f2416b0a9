"""Whom we follow: publishers and their feeds found, tried, added, changed, listed (OPML), and how they are doing."""
