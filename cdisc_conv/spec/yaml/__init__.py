"""YAML files of a study: read safely, with the line of everything, and checked against their shapes."""
