"""A draft becomes files of a study, and a page that explains it."""
