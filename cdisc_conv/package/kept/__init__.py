"""What a run leaves for the next one, so that it makes only what changed."""
