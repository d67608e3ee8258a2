"""Dates and times: collected text to ISO 8601, analysis dates, imputation, durations."""
