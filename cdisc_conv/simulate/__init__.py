"""Synthetic raw exports for a study that has no data yet."""

from __future__ import annotations

from cdisc_conv.simulate.study import simulate_blocks, simulate_study, write_exports

__all__ = ["simulate_blocks", "simulate_study", "write_exports"]
