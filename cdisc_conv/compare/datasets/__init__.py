"""Records of both sides paired by key, and their values compared."""
