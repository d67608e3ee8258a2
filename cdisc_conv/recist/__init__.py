"""RECIST 1.1 derived from TU and TR alone, and compared with the responses in RS."""
