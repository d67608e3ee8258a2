"""The check functions that rules name under ``check:``; importing this registers them."""

from cdisc_conv.checks.functions import (
    analysis_dates,
    analysis_variables,
    baselines,
    dates,
    findings,
    groups,
    predecessors,
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
    "analysis_dates",
    "analysis_variables",
    "baselines",
    "dates",
    "findings",
    "groups",
    "predecessors",
    "records",
    "relations",
    "study_days",
    "subjects",
    "terminology",
    "text",
    "variables",
    "visits",
]
