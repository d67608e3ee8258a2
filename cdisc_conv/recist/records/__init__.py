"""What TU, TR and RS hold: who assessed, at which visits, which lesions, and what was found of them."""
