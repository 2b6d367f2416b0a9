"""How alike two reports are: the evidence, and the learned odds that they tell one event."""
