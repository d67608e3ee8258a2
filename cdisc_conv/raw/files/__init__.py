"""Files before they are tables: where they are, what they are, archives, parts, and what a transfer says of them."""
