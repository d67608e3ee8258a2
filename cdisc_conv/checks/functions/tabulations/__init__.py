"""Check functions for SDTM datasets."""

from cdisc_conv.checks.functions.tabulations import (
    baselines,
    contradictions,
    findings,
    reference_dates,
    relations,
    study_days,
    subjects,
    trial_design,
    trial_summary,
    visits,
)

__all__ = [
    "baselines",
    "contradictions",
    "findings",
    "reference_dates",
    "relations",
    "study_days",
    "subjects",
    "trial_design",
    "trial_summary",
    "visits",
]
