"""Mapping files: datasets, their variables, layers that are optional, patterns of columns."""
