"""From finished datasets to the elements of define.xml."""
