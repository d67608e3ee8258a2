"""What forms, columns and codes mean in the standard, each with a score and a reason."""
