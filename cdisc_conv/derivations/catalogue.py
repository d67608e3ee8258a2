"""The built-in catalogue: importing it registers every derivation."""

from cdisc_conv.derivations.dates import analysis as analysis_dates
from cdisc_conv.derivations.dates import collected as dates
from cdisc_conv.derivations.dates import durations
from cdisc_conv.derivations.dates import parts as date_parts
from cdisc_conv.derivations.endpoints import diameters, response, time_to_event
from cdisc_conv.derivations.order import baseline, extremes, flags, nadir, ordering
from cdisc_conv.derivations.records import aggregates, groups, lookups, occurrence
from cdisc_conv.derivations.results import dose_intensity, from_parameters, normal_ranges, units
from cdisc_conv.derivations.timing import adverse_events, epochs, periods, relations, visit_windows, visits
from cdisc_conv.derivations.values import (
    categories,
    coding,
    copying,
    expressions,
    identifiers,
    long_text,
    predecessors,
    several,
    terminology,
)

__all__ = [
    "adverse_events",
    "aggregates",
    "analysis_dates",
    "baseline",
    "categories",
    "coding",
    "copying",
    "date_parts",
    "dates",
    "diameters",
    "dose_intensity",
    "durations",
    "epochs",
    "expressions",
    "extremes",
    "flags",
    "from_parameters",
    "groups",
    "identifiers",
    "long_text",
    "lookups",
    "nadir",
    "normal_ranges",
    "occurrence",
    "ordering",
    "periods",
    "predecessors",
    "relations",
    "response",
    "several",
    "terminology",
    "time_to_event",
    "units",
    "visit_windows",
    "visits",
]
