"""From the lesions to a response at each assessment (RECIST 1.1, section 4)."""
