"""The datasets that a domain is split into."""

from __future__ import annotations

from dataclasses import dataclass

from cdisc_conv.problems import Place


@dataclass(frozen=True, slots=True)
class OutputPart:
    """A dataset that holds some records of a domain, such as LBCH of LB; without `values` all others."""

    name: str
    values: tuple[str, ...]
    label: str = ""
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class SplitInto:
    """The datasets that a domain is split into (SDTMIG 4.1.7), by a variable or by the `PART` of its blocks."""

    by: str
    datasets: tuple[OutputPart, ...]
    place: Place = Place()


PART = "part"
"""What a domain is split by where its files or blocks say it, not its values."""
