"""From the rows of a file to a table of text: header rows, typed values, long layouts."""
