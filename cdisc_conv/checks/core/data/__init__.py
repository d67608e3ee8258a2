"""The package as rules see it: columns, datasets, joins, what files, define.xml and the standard say."""
