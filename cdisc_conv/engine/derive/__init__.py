"""Walking the plan: row sets and columns of all datasets."""
