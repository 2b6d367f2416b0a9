"""What a mail says and how it is written down: content, both parts, MIME."""
