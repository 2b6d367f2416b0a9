"""How well digests are chosen, beside what human editors put on top."""
