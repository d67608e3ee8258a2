"""Codes, terms and coding dictionaries as a mapping uses them."""
