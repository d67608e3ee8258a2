"""Two packages: datasets paired by name, define.xml by meaning, and why variables differ."""
