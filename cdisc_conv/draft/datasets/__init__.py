"""Forms and columns become datasets of a mapping."""
