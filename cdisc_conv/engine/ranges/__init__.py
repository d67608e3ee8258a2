"""Ranges of subjects: which rows are whose, what is made before them, and what becomes of them together."""
