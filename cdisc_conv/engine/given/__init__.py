"""Datasets that are given, not made."""
