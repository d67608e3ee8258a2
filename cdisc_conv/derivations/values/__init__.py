"""Values taken as they are, written in the mapping, computed, or translated into terms."""
