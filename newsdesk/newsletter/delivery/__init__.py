"""Sending exactly once: queue, claim, hand over, record."""
