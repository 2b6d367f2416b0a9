"""The desk's frame: the admin site with its notices, its accounts and its long lists."""
