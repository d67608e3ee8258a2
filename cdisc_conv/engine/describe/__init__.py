"""What a dataset says of itself: metadata, origins, methods, value level, lineage."""
