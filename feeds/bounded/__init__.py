"""Work on what strangers wrote, done by a child process that is ended when it takes too long or too much memory."""
