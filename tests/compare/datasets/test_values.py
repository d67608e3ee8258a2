"""When two values are equal, and what is told of those that are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cdisc_conv.compare import compare


def sides(base: list, other: list) -> tuple[pd.DataFrame, pd.DataFrame]:
    def frame(values: list) -> pd.DataFrame:
        text = all(isinstance(value, str) for value in values)
        keys = pd.Series([str(number) for number in range(len(values))], dtype="str")
        return pd.DataFrame({"KEY": keys, "X": pd.Series(values, dtype="str" if text else "float64")})

    return frame(base), frame(other)


def differing(base: list, other: list, **options: object) -> list[tuple[str, str]]:
    found = compare(*sides(base, other), keys=["KEY"], **options)  # type: ignore[arg-type]
    return list(zip(found.cells["base"], found.cells["other"], strict=True))


def test_numbers_within_the_tolerance_are_equal() -> None:
    assert differing([1.0, 100.0], [1.001, 101.0], tolerance=0.01) == [("100", "101")]
    assert differing([1.0, 100.0], [1.001, 101.0], relative_tolerance=0.02) == []
    assert differing([1.0], [1.001], tolerance={"X": 0.01}) == []


def test_missing_equals_missing_only() -> None:
    assert differing([np.nan, 1.0, np.nan], [np.nan, np.nan, 2.0]) == [("1", "."), (".", "2")]


def test_all_missing_columns_are_equal_whatever_their_type() -> None:
    found = compare(*sides(["", ""], [np.nan, np.nan]), keys=["KEY"])
    assert found.equal_values


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [("Nausea", "NAUSEA")]),
        ({"ignore_case": True}, []),
        ({"trim": False}, [("Nausea", "NAUSEA"), ("Pain", "Pain ")]),
    ],
)
def test_case_and_trailing_blanks(options: dict, expected: list) -> None:
    assert differing(["Nausea", "Pain"], ["NAUSEA", "Pain "], **options) == expected


def test_the_same_numbers_as_text_are_one_finding_about_the_type() -> None:
    found = compare(*sides([1.0, 2.5], ["1", "2.5"]), keys=["KEY"])
    assert found.equal_values
    assert found.types["variable"].tolist() == ["X"]
    assert not found.equal


def test_the_largest_difference_is_told() -> None:
    found = compare(*sides([1.0, 2.0, 3.0], [1.5, 2.0, 7.0]), keys=["KEY"])
    row = found.variables.set_index("variable").loc["X"]
    assert (row["differing"], row["largest"]) == (2, 4.0)


def test_repeated_keys_are_told_and_compared_as_multisets() -> None:
    base = pd.DataFrame({"KEY": ["a", "a", "b"], "X": [1.0, 2.0, 3.0]})
    other = pd.DataFrame({"KEY": ["b", "a", "a"], "X": [3.0, 2.0, 9.0]})
    found = compare(base, other, keys=["KEY"])
    assert found.keys.repeated[["KEY", "base_count", "other_count"]].values.tolist() == [["a", 2, 2]]
    assert found.cells[["KEY", "base", "other"]].values.tolist() == [["a", "1", "9"]]


def test_keys_are_inferred_when_nobody_tells_them() -> None:
    base = pd.DataFrame({"SITE": ["1", "1", "2"], "SUBJ": ["1", "2", "1"], "AGE": [50.0, 50.0, 61.0]})
    found = compare(base, base.copy())
    assert found.keys.variables == ("SITE", "SUBJ")
    assert found.equal


def test_where_only_and_ignore() -> None:
    base, other = sides([1.0, 2.0], [5.0, 6.0])
    assert compare(base, other, keys=["KEY"], where='KEY == "0"').differing_cells == 1
    assert compare(base, other, keys=["KEY"], ignore=["X"]).equal
    assert compare(base, other, keys=["KEY"], only=["X"]).differing_cells == 2


def test_metadata_of_the_frames() -> None:
    base = pd.DataFrame({"KEY": ["a"], "X": [1.0], "Y": ["u"]})
    other = pd.DataFrame({"KEY": ["a"], "X": [1.0], "Z": ["u"]})
    found = compare(base, other, keys=["KEY"])
    told = found.metadata[found.metadata["attribute"] == "presence"]
    assert sorted(told["variable"]) == ["Y", "Z"]
    assert found.equal_values
