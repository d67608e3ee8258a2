"""Who does the work on ranges: this process, processes beside it, or a cluster. Knows nothing of what the work is."""
