"""What the protocol says of the trial, and the trial summary that follows from it."""
