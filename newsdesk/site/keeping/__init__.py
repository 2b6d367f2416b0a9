"""Readers' pages kept as files, so that what is published is served while the database is away."""
