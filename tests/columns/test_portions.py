"""Tables in portions of subjects: every record once, all of a subject together, no more than asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.columns.portions import divide_subjects
from cdisc_conv.columns.stored import Frame, Stored, write_tables

SUBJECTS = st.lists(st.sampled_from(["1", "2", "10", "", "é"]), max_size=12)


def table(subjects: list[str]) -> pd.DataFrame:
    texts = pd.Series(subjects, dtype="str")
    return pd.DataFrame({"USUBJID": texts, "SEQ": np.arange(len(subjects), dtype="float64")})


@given(st.lists(SUBJECTS, min_size=1, max_size=3), st.integers(1, 6))
def test_every_record_is_in_one_portion_and_all_of_a_subject_in_the_same(tables: list[list[str]], most: int) -> None:
    frames: dict[str, Frame] = {f"T{number}": table(subjects) for number, subjects in enumerate(tables)}
    portions = list(divide_subjects(frames, "USUBJID", most))
    seen: set[str] = set()
    for portion in portions:
        subjects = {subject for one in portion.values() for subject in one.frame["USUBJID"]}
        assert not subjects & seen
        seen |= subjects
        assert sum(len(one.frame) for one in portion.values()) <= most or len(subjects) == 1
    for name, frame in frames.items():
        positions = np.concatenate([portion[name].positions for portion in portions])
        assert sorted(positions.tolist()) == list(range(len(frame)))
        for portion in portions:
            rows = portion[name].positions
            assert (np.diff(rows) > 0).all()
            assert portion[name].frame["SEQ"].tolist() == rows.tolist()


def test_a_table_on_disk_is_divided_as_in_memory(tmp_path: Path) -> None:
    frame = table(["3", "1", "2", "1", "3"])
    pieces = [write_tables(tmp_path / f"{n}", {"": frame.iloc[rows]}) for n, rows in enumerate(([0, 1], [2, 3, 4]))]
    stored, held = (
        [portion["T"].positions.tolist() for portion in divide_subjects({"T": one}, "USUBJID", 2)]
        for one in (Stored(tuple(pieces)), frame)
    )
    assert stored == held == [[1, 3], [2], [0, 4]]
