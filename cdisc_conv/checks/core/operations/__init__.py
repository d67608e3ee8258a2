"""The operations of CDISC's rules, one topic a file; importing this registers them all."""

from cdisc_conv.checks.core.operations import columns, dates, dictionaries, library, study, summaries, terms

__all__ = ["columns", "dates", "dictionaries", "library", "study", "summaries", "terms"]
