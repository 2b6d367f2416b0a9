"""What news in English looks like: sentences, names and figures, headlines, style. Pure; it knows no digest."""
