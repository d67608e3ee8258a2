"""What a comparison found: frames and counts, no words for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from cdisc_conv.compare.rules import Rules


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two datasets: where it is from, its records (after ``where``) and its variables."""

    source: str
    rows: int
    variables: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class KeyReport:
    """The key: its variables, where they come from, and the values that are not unique.

    ``repeated`` has a column per key variable, ``base_count`` and ``other_count``; ``repeated_count`` is the number of
    such keys, which can be more than the rows kept.
    """

    variables: tuple[str, ...]
    origin: str
    repeated: pd.DataFrame
    repeated_count: int

    @property
    def unique(self) -> bool:
        return not self.repeated_count


@dataclass(frozen=True)
class Comparison:
    """The differences of two datasets.

    ``cells`` is long: ``base_row`` and ``other_row`` (from 1), the key variables (text), ``variable``, ``base``,
    ``other`` (text) and ``difference`` (other less base, NaN for text). ``variables`` has a row per compared variable:
    ``variable``, ``type``, ``differing``, ``shown`` (those in ``cells``), ``largest`` (absolute difference).
    ``only_base`` and ``only_other`` have ``row`` and the variables of that side, as text. ``metadata`` has ``variable``
    (empty: the dataset), ``attribute``, ``base``, ``other``. Counts are whole; frames hold at most ``keep`` rows, of
    ``cells`` at most so many for each variable.
    """

    name: str
    base: Side
    other: Side
    keys: KeyReport
    matched: int
    only_base_count: int
    only_other_count: int
    differing_records: int
    only_base: pd.DataFrame
    only_other: pd.DataFrame
    cells: pd.DataFrame
    variables: pd.DataFrame
    metadata: pd.DataFrame
    records_in_order: bool
    rules: Rules = field(default_factory=Rules)

    @cached_property
    def differing_cells(self) -> int:
        """How many values differ."""
        return int(self.variables["differing"].sum())

    @property
    def types(self) -> pd.DataFrame:
        """The metadata differences that are about types."""
        return self.metadata[self.metadata["attribute"] == "type"]

    @property
    def equal_values(self) -> bool:
        """Whether both sides have the same records with the same values."""
        return not (self.only_base_count or self.only_other_count or self.differing_cells)

    @property
    def equal(self) -> bool:
        """Whether nothing differs that counts by the rules."""
        told = self.metadata[~self.metadata["attribute"].eq("variable order")]
        present = told["attribute"].eq("presence").any()
        metadata_equal = told.empty if self.rules.metadata else not present
        order_equal = self.records_in_order and len(told) == len(self.metadata)
        return self.equal_values and bool(metadata_equal) and (order_equal or not self.rules.order)
