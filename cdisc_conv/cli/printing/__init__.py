"""What is printed, and how: the console, progress, findings, tables."""
