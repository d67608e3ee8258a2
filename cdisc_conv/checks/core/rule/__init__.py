"""Rules as they are published: read into types, kept, described, and what they need of us."""
