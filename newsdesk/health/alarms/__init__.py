"""Incidents, and telling the operator of each once when it begins and once when it is over."""
