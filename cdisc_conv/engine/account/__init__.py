"""What of the raw values did not arrive: codes, near misses, values lost in groups."""
