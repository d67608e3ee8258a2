"""The derived responses beside those that RS records, and every difference in words."""
