"""What editors do to stories, a file each: called alike by admin, commands and tests."""
