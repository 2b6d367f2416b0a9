"""From a feed's bytes to entries: RSS, Atom and JSON Feed."""
