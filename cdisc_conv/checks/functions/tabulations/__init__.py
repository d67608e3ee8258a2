"""Check functions for SDTM datasets."""

from cdisc_conv.checks.functions.tabulations import (
    baselines,
    contradictions,
    elements,
    findings,
    reference_dates,
    relations,
    study_days,
    subjects,
    trial_course,
    trial_design,
    trial_summary,
    visits,
)

__all__ = [
    "baselines",
    "contradictions",
    "elements",
    "findings",
    "reference_dates",
    "relations",
    "study_days",
    "subjects",
    "trial_course",
    "trial_design",
    "trial_summary",
    "visits",
]
