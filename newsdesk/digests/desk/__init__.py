"""The digests' part of the admin: a digest's desk page, the rewriting of an item, the stories that may be added."""
