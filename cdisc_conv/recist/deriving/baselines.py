"""The baseline of each lesion: lesions may have theirs at different visits before treatment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.recist.deriving.assessments import KEY
from cdisc_conv.recist.records.lesions import LESION, NEW, Lesions
from cdisc_conv.recist.records.readings import NOT_ASSESSED, Readings


def place_baselines(
    readings: Readings, lesions: Lesions, assessments: pd.DataFrame
) -> tuple[Readings, tuple[Problem, ...]]:
    """The readings, with each lesion's own baseline at the baseline assessment of its subject.

    A lesion's baseline is its last reading that is flagged; without a flag, its reading at the baseline assessment; and
    where that does not assess it, the last one before that does. A reading that is taken from an earlier assessment
    replaces that at the baseline assessment, and `why` names where it is from. Findings (RECIST017, warnings): a lesion
    that is flagged at several assessments.
    """
    known = assessments[[*KEY, "number", "date"]]
    baseline = known[known["number"] == 0].set_index("subject")["assessment"]
    groups = lesions.frame.set_index(LESION)["group"].rename("lesion_group")
    read = readings.frame.merge(known, on=KEY).join(groups, on=LESION)
    before = read[(read["number"] <= 0) & (read["lesion_group"] != NEW) & (read["state"] != NOT_ASSESSED)]
    # A flagged reading counts more than the baseline assessment, and that more than what is before.
    before = before.assign(rank=before["flagged"] * 2 + (before["number"] == 0))
    chosen = before.sort_values([*LESION, "rank", "number"]).drop_duplicates(LESION, keep="last")
    moved = chosen[chosen["number"] < 0]
    at_baseline = moved.assign(
        assessment=moved["subject"].map(baseline),
        why="from " + moved["assessment"] + (" (" + moved["date"] + ")").where(moved["date"] != "", ""),
    )
    frame = pd.concat([at_baseline[list(readings.frame.columns)], readings.frame], ignore_index=True)
    frame = frame.drop_duplicates([*KEY, "lesion"], ignore_index=True)
    return replace(readings, frame=frame), tuple(_describe_several(read))


def _describe_several(read: pd.DataFrame) -> Iterator[Problem]:
    flagged = read[read["flagged"]]
    several = flagged[flagged.duplicated(LESION, keep=False)].sort_values("number", kind="stable")
    for (subject, lesion), rows in several.groupby(LESION):
        names = rows["assessment"].tolist()
        yield Problem(
            "RECIST017",
            f"subject {subject}: lesion {lesion} is flagged as baseline at several assessments ({', '.join(names)}); "
            f"{names[-1]} counts",
            Severity.WARNING,
            Place(dataset="TR", variable="TRLOBXFL", rows=tuple(map(int, rows["record"]))),
            "flag the last result of each lesion before the first dose, and no other",
            value=str(lesion),
            count=len(rows),
        )
