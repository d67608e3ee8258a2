"""Results: taken apart, in standard units, and computed from other results."""
