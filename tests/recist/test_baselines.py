"""The baseline is that of each lesion; the sum at baseline is over the lesions' own baselines."""

from __future__ import annotations

import pandas as pd

from cdisc_conv.recist import check_responses
from tests.recist.lesion_data import frame, identify

TU = identify({"T01": "LIVER", "T02": "LIVER"}, "TARGET")
COLUMNS = "USUBJID TRLNKID TRTESTCD TRSTRESC VISIT VISITNUM TRDTC TRLOBXFL"


def record(lesion: str, size: object, number: int, flag: str = "") -> tuple[object, ...]:
    return ("S1", lesion, "LDIAM", size, f"V{number}", number, f"2024-0{number}-01", flag)


def derive(*rows: tuple[object, ...], tu: pd.DataFrame = TU) -> list[list[object]]:
    (result,), problems = check_responses({"TU": tu, "TR": frame(COLUMNS, *rows)})
    assert [problem for problem in problems if problem.code != "RECIST005"] == []
    rows = result.assessments[result.assessments["number"] >= 0]
    return rows[["number", "sum", "baseline", "target"]].astype("object").values.tolist()


def test_a_lesion_that_only_tu_calls_target_keeps_its_baseline_flag() -> None:
    tu = identify({"T01": "LIVER"}, "TARGET")
    assert derive(record("T01", 70, 1), record("T01", 50, 2, "Y"), record("T01", 45, 3), tu=tu) == [
        [0, 50.0, 50.0, ""],
        [1, 45.0, 50.0, "SD"],
    ]


def test_baselines_at_different_screening_visits() -> None:
    assert derive(
        record("T01", 40, 1, "Y"),
        record("T02", 30, 2, "Y"),
        record("T01", 35, 3),
        record("T02", 25, 3),
    ) == [[0, 70.0, 70.0, ""], [1, 60.0, 70.0, "SD"]]


def test_the_flagged_result_counts_more_than_a_later_one_before_treatment() -> None:
    assert derive(
        record("T01", 40, 1, "Y"),
        record("T01", 80, 2),
        record("T02", 30, 2, "Y"),
        record("T01", 35, 3),
        record("T02", 25, 3),
    ) == [[0, 70.0, 70.0, ""], [1, 60.0, 70.0, "SD"]]


def test_a_lesion_without_a_flag_has_the_last_result_before() -> None:
    assert derive(record("T01", 40, 1), record("T02", 30, 2, "Y"), record("T01", 35, 3), record("T02", 25, 3)) == [
        [0, 70.0, 70.0, ""],
        [1, 60.0, 70.0, "SD"],
    ]


def test_where_a_baseline_is_from_stands_beside_it() -> None:
    (result,), _ = check_responses(
        {"TU": TU, "TR": frame(COLUMNS, record("T01", 40, 1, "Y"), record("T02", 30, 2, "Y"))}
    )
    assert result.lesions[["assessment", "lesion", "mm", "why"]].values.tolist() == [
        ["V2", "T01", 40.0, "from V1 (2024-01-01)"],
        ["V2", "T02", 30.0, ""],
    ]


def test_flags_of_tu_count_where_tr_has_none() -> None:
    tu = identify({"T01": "LIVER"}, "TARGET").assign(VISIT="V2", TULOBXFL="Y")
    assert derive(record("T01", 70, 1), record("T01", 50, 2), record("T01", 45, 3), tu=tu) == [
        [0, 50.0, 50.0, ""],
        [1, 45.0, 50.0, "SD"],
    ]


def test_a_lesion_with_two_baselines_is_reported() -> None:
    tr = frame(COLUMNS, record("T01", 70, 1, "Y"), record("T01", 50, 2, "Y"), record("T01", 45, 3))
    _, problems = check_responses({"TU": identify({"T01": "LIVER"}, "TARGET"), "TR": tr})
    assert [str(problem) for problem in problems if problem.code != "RECIST005"] == [
        "TR.TRLOBXFL rows 1, 2: RECIST017 subject S1: lesion T01 is flagged as baseline at several assessments "
        "(V1, V2); V2 counts (flag the last result of each lesion before the first dose, and no other)"
    ]
