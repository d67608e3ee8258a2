"""A define.xml of any tool, 2.0 or 2.1, read as what it says: references resolved, identifiers gone."""
