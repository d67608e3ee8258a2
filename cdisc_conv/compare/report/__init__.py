"""A comparison as JSON, page and workbook."""
