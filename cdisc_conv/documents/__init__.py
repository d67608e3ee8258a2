"""The documents of a submission: the annotated CRF and the reviewer's guides, drawn from what the run knows.

`crf` makes the annotated CRF, `guides` the reviewer's guides for SDTM and ADaM; each is a model first (frozen, no page
in it) and a drawing after that. `fonts` and `pdf` are what both draw with.
"""
