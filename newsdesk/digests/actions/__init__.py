"""What editors do to digests, a file each: called alike by admin, commands and tests."""
