"""Checks of a define.xml, whoever made it."""
