"""Formats with types: their numbers and dates become text in one way."""
