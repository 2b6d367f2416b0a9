"""Measuring the line's decisions against labelled files, without a database."""
