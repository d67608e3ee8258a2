"""The plan: the graph of all row sets and variables, and the order to make them in."""
