"""Facts: what metadata, findings and reports have to know of the rows of a range. Facts of ranges add up."""
