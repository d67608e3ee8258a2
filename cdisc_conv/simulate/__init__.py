"""Synthetic raw exports for a study that has no data yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdisc_conv.late import load_from

if TYPE_CHECKING:
    from cdisc_conv.simulate.study import simulate_blocks, simulate_study, write_exports

__all__ = [
    "simulate_blocks",
    "simulate_study",
    "write_exports",
]

__getattr__ = load_from(
    __name__,
    {
        "simulate_blocks": "study",
        "simulate_study": "study",
        "write_exports": "study",
    },
)
