"""The built-in catalogue: importing it registers every derivation."""

from cdisc_conv.derivations import (
    adverse_events,
    aggregates,
    copying,
    dates,
    epochs,
    expressions,
    flags,
    identifiers,
    long_text,
    lookups,
    occurrence,
    ordering,
    predecessors,
    terminology,
    units,
    visits,
)

__all__ = [
    "adverse_events",
    "aggregates",
    "copying",
    "dates",
    "epochs",
    "expressions",
    "flags",
    "identifiers",
    "long_text",
    "lookups",
    "occurrence",
    "ordering",
    "predecessors",
    "terminology",
    "units",
    "visits",
]
