"""What is made already when a range is derived: the datasets of the study, and what looks across subjects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cdisc_conv.engine.derive.blocks import BlockRows
from cdisc_conv.engine.plan.graph import Node, Part, RowSet
from cdisc_conv.findings import Reader


@dataclass(frozen=True)
class Known:
    """Records and values that were made of all subjects; a range reads them and makes the rest.

    Masks are of the rows of the range.
    """

    blocks: Mapping[RowSet, BlockRows] = field(default_factory=dict)
    """The row sets of datasets that are made once, with the rows of the range that they used."""
    values: Mapping[Part, pd.Series] = field(default_factory=dict)
    unread: Mapping[Part, np.ndarray | None] = field(default_factory=dict)
    """Which of these values are lost; see `rows.find_unread`."""
    reads: Mapping[tuple[str, str], np.ndarray] = field(default_factory=dict)
    """The cells of raw forms that were made use of: form and column -> rows."""
    matched: Mapping[tuple[str, str], tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    """What look-ups matched; see `State.matched`."""
    taken: Mapping[tuple[str, int, str, bool], Reader] = field(default_factory=dict)
    """What was read of records that stand for several rows; see `State.taken`."""
    empty: frozenset[RowSet] = frozenset()
    """Row sets of no subject that another range makes."""

    places: Mapping[str, np.ndarray] = field(default_factory=dict)
    """The final positions of the records of the datasets that are made once."""

    @property
    def datasets(self) -> frozenset[str]:
        """The datasets that are made once, for all ranges."""
        return frozenset(node.dataset for node in self.blocks)

    def has(self, node: Node) -> bool:
        """Whether a node is made already."""
        return node in self.blocks if isinstance(node, RowSet) else node in self.values


NOTHING_KNOWN = Known()
