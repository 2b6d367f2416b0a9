"""The pages on which staff see and steer sending."""
