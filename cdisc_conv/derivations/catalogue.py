"""Our own catalogue: importing this module registers every built-in derivation."""

from cdisc_conv.derivations import (
    adverse_events,
    copying,
    dates,
    expressions,
    lookups,
    ordering,
    terminology,
)

__all__ = ["adverse_events", "copying", "dates", "expressions", "lookups", "ordering", "terminology"]
