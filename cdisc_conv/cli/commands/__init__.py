"""The commands, one file each, as `app` registers them."""
