"""Whom we follow: the publishers that are known, OPML, subscribing to a feed and changing it."""
