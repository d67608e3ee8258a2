"""A package of anybody's making: its files, its datasets as the rules want them, and the standards it follows."""
