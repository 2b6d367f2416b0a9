"""Subscribers: ask, confirm, choose, leave; whom never to mail."""
