"""What the exports are: files, layouts, keys, and what each column holds."""
