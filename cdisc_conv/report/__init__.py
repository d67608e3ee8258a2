"""The reports of a run: a page to read, and the same as files for other programs."""
