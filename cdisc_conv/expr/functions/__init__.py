"""The functions of the expression language, by topic: what all other modules and the docs read."""
