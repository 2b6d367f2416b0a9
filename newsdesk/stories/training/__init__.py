"""Learning a desk's own weights from what its editors did."""
