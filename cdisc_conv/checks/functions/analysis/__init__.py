"""Check functions for analysis datasets."""

from cdisc_conv.checks.functions.analysis import (
    dates,
    predecessors,
    responses,
    sources,
    variables,
)

__all__ = [
    "dates",
    "predecessors",
    "responses",
    "sources",
    "variables",
]
