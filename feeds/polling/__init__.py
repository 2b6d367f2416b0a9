"""Reading feeds again and again: when each is due or retried, which entries are new, what is noted on its row."""
