"""Arguments and options: what several commands share, and the long lists of some."""
