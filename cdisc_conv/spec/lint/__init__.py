"""What can be said against a mapping before any data are read."""
