"""The built-in catalogue: importing it registers every derivation."""

from cdisc_conv.derivations import (
    adverse_events,
    aggregates,
    copying,
    dates,
    expressions,
    identifiers,
    lookups,
    ordering,
    terminology,
)

__all__ = [
    "adverse_events",
    "aggregates",
    "copying",
    "dates",
    "expressions",
    "identifiers",
    "lookups",
    "ordering",
    "terminology",
]
