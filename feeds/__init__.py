"""What publishers said: fetch, parse, store, extract, schedule. Knows nothing of the desk."""
