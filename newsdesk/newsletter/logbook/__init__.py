"""The logbook: a file beside the database that knows who left and who was mailed what, for a database put back."""
