"""How often derived and recorded responses agree, in numbers that add up over groups of subjects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from cdisc_conv.recist.comparing.recorded import PARTS


@dataclass(frozen=True, slots=True)
class Counts:
    """Assessments of one evaluator after baseline that TU or TR know, and what RS says of them."""

    compared: Mapping[str, int]
    """Part of the response (`PARTS`) -> assessments with that part in RS."""
    differing: Mapping[str, int]
    """Part -> disagreements."""
    accepted: int
    """Overall responses that RS marks as accepted."""
    pairs: Mapping[tuple[str, str], tuple[int, bool]]
    """Overall response as derived and as recorded -> the number of assessments, and whether any is a disagreement."""
    subjects: frozenset[str]
    subjects_differing: frozenset[str]

    @classmethod
    def of(cls, assessments: pd.DataFrame) -> Counts:
        """Of the assessments of `ResponseCheck`."""
        after = assessments[assessments["has_records"] & (assessments["number"] > 0)]
        rows = after[after["recorded_overall"] != ""]
        pairs = rows.groupby(["overall", "recorded_overall"])["differs_overall"].agg(["size", "any"])
        differs = assessments[[f"differs_{part}" for part in PARTS]].any(axis=1)
        return cls(
            {part: int((after[f"recorded_{part}"] != "").sum()) for part in PARTS},
            {part: int(assessments[f"differs_{part}"].sum()) for part in PARTS},
            int(assessments["accepted"].sum()),
            {pair: (int(size), bool(differs)) for pair, size, differs in pairs.itertuples(name=None)},
            frozenset(assessments["subject"]),
            frozenset(assessments.loc[differs, "subject"]),
        )

    def __add__(self, other: Counts) -> Counts:
        pairs = dict(self.pairs)
        for pair, (size, differs) in other.pairs.items():
            before = pairs.get(pair, (0, False))
            pairs[pair] = (before[0] + size, before[1] or differs)
        return Counts(
            {part: self.compared[part] + other.compared[part] for part in PARTS},
            {part: self.differing[part] + other.differing[part] for part in PARTS},
            self.accepted + other.accepted,
            pairs,
            self.subjects | other.subjects,
            self.subjects_differing | other.subjects_differing,
        )

    @property
    def disagreements(self) -> int:
        """All of them."""
        return sum(self.differing.values())

    def list_first(self, most: int) -> frozenset[str]:
        """The subjects that are shown where there are too many: those with disagreements first, by their names."""
        order = [*sorted(self.subjects_differing), *sorted(self.subjects - self.subjects_differing)]
        return frozenset(order[:most])
