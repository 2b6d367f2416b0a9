"""Who may come in: log-in, second factor, the address of a client, posts from our own pages. Knows no other app."""
