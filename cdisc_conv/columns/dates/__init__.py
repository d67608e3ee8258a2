"""Dates as they are written on forms, and their ISO 8601 text."""
