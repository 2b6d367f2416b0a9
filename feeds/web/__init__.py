"""The one way out: a request to a publisher, its address checked, bounded in time and size."""
