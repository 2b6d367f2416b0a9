"""Drafts in rows: built, built again with what editors changed, daily and weekly."""
