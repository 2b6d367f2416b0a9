"""How the admin writes dates and times, by language: as readers' pages do."""
