"""The desk's frame: the admin site with its front page and its long lists."""
