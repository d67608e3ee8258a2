"""Tools for whole columns, at the bottom of the layers: distinct values, dates as moments, formats of dates.

They know pandas, numpy and arrow, and nothing of studies, mappings or standards.
"""
