"""The facts of a range of subjects, or of several ranges together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cdisc_conv.engine.facts.datasets import DatasetFacts, merge_maps


@dataclass(frozen=True)
class Facts:
    """What is known of a range of subjects besides its records.

    Facts of ranges that follow each other in the order of the datasets add up, however they are grouped:
    ``(a + b) + c`` is ``a + (b + c)``.
    """

    datasets: Mapping[str, DatasetFacts]

    def __add__(self, other: Facts) -> Facts:
        return Facts(merge_maps(self.datasets, other.datasets))
