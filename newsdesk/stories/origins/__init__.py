"""How many found something out for themselves."""
