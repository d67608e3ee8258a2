"""The forms of a study: their fields, the dictionary of the EDC, and the files that they come from."""
