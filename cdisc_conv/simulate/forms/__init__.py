"""The forms that sites and reviewers fill in about it."""
