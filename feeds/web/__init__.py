"""Requests to publishers: what we send, which addresses we may reach, how often, and how much of an answer we take."""
