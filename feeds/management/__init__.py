"""What can be done to feeds on the command line."""
