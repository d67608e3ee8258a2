"""Values of other records: joined by key, gathered, summed and looked up."""
