"""What was reported while the records of a range were made, when they do not have their final numbers yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cdisc_conv.derivations.evidence import Parameters, SingleValues
from cdisc_conv.engine.plan.order import reads_final_order
from cdisc_conv.findings import Finding
from cdisc_conv.spec.model import Block, SourceKind, Study
from cdisc_conv.tables import TableId

Piece = tuple[int, np.ndarray]
"""A block of a dataset, and rows (0-based) that are counted from its first record on."""


@dataclass(frozen=True)
class ReportedRows:
    """Rows of a table."""

    table: TableId
    pieces: Sequence[Piece]
    final: bool = True
    """Whether they are counted as the finished table counts them; else in the order in which the records were made."""

    @classmethod
    def of(cls, table: str, rows: np.ndarray, *, final: bool = True) -> ReportedRows:
        """Rows counted from the first one of the table."""
        return cls(TableId(table), [(0, rows)], final)

    def __len__(self) -> int:
        return sum(len(rows) for _, rows in self.pieces)


@dataclass(frozen=True)
class Report:
    """A finding, and the records that it is about."""

    finding: Finding
    rows: ReportedRows
    at: int
    """The step of the plan that made it."""
    records: np.ndarray
    """The same as the derivation counts them, in what it says of them."""
    parameters: Parameters = field(default_factory=dict)
    values: SingleValues | None = None


def list_rows_behind(study: Study, dataset: str, block: Block, rows: np.ndarray) -> ReportedRows:
    """Rows of the source of a block, counted as the block reads them."""
    table = TableId(dataset if block.source.kind is SourceKind.SELF else block.source.table)
    return ReportedRows.of(table, rows, final=table not in study.datasets or reads_final_order(study, dataset, table))
