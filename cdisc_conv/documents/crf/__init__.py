"""The annotated CRF: a model of the data dictionary and the lineage, its layout on pages, its drawing."""
