"""Check functions for any dataset."""

from cdisc_conv.checks.functions.general import (
    dates,
    duplicates,
    expectations,
    groups,
    records,
    terminology,
    text,
    variables,
)

__all__ = [
    "dates",
    "duplicates",
    "expectations",
    "groups",
    "records",
    "terminology",
    "text",
    "variables",
]
