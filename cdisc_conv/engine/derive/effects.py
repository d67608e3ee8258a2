"""What making a variable leaves in the working memory beside its values, written down for another run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from cdisc_conv.engine.plan.graph import Part


@dataclass
class Effects:
    """Notes that the working memory takes while one variable is made."""

    reads: dict[tuple[str, str], list[np.ndarray] | None] = field(default_factory=dict)
    """The cells of raw forms that were read: form and column -> rows (0-based); None for all of them."""
    taken: dict[tuple[str, int, str, bool], None] = field(default_factory=dict)
    """See `State.taken`."""
    joined: set[str] = field(default_factory=set)
    """The datasets in which records were looked for by their subject."""
    unread: dict[Part, None] = field(default_factory=dict)
    """The variables that were asked for lost values; to ask reads cells, too."""
    shared: bool = False
    """Whether other variables share in the work: what one of them leaves depends on the others."""

    def note_read(self, form: str, column: str, rows: np.ndarray | None) -> None:
        """Cells of a column were read."""
        known = self.reads.setdefault((form, column), [])
        if rows is None or known is None:
            self.reads[form, column] = None
        else:
            known.append(rows)

    def list_reads(self) -> Mapping[tuple[str, str], np.ndarray | None]:
        """Form and column -> the rows that were read, each once; None for all of them."""
        return {key: None if rows is None else np.unique(np.concatenate(rows)) for key, rows in self.reads.items()}
