"""A package read back: its manifest, its lineage, and what a record was made from."""
