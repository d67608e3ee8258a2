"""The check functions that rules name under ``check:``; importing this registers them."""

from cdisc_conv.checks.functions import (
    dates,
    findings,
    groups,
    records,
    relations,
    study_days,
    subjects,
    terminology,
    text,
    variables,
    visits,
)

__all__ = [
    "dates",
    "findings",
    "groups",
    "records",
    "relations",
    "study_days",
    "subjects",
    "terminology",
    "text",
    "variables",
    "visits",
]
