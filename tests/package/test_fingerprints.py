"""Fingerprints of columns: equal exactly where the values are, however they are held in memory."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.columns.hashes import hash_column
from cdisc_conv.package.writing.fingerprints import describe_columns, describe_settings

TEXTS = st.lists(st.text(alphabet="ab\u00e9 ", max_size=3), max_size=5)


def text(values: list[str]) -> pd.Series:
    return pd.Series(values, dtype="str")


@given(TEXTS, TEXTS)
def test_equal_values_and_only_they_share_a_fingerprint(base, other):
    assert (hash_column(text(base)) == hash_column(text(other))) == (base == other)


@given(TEXTS, TEXTS)
def test_how_a_column_is_held_does_not_matter(before, values):
    part = text([*before, *values]).iloc[len(before) :]
    pieces = pd.concat([text([value]) for value in values]) if values else text([])
    assert hash_column(part) == hash_column(pieces) == hash_column(text(values))


def test_the_fingerprint_is_a_fixed_one():
    assert hash_column(text(["M", "F"])) == "f43f77b0baef8b0257958350b805d76df9464134bf68012770950ecc2a5b64e6"


def test_numbers_and_texts_are_told_apart():
    numbers = pd.Series([1.0, float("nan")])
    assert hash_column(numbers) == hash_column(pd.Series([1.0, None], dtype="float64"))
    assert hash_column(numbers) != hash_column(pd.Series([1.0, 0.0]))
    assert hash_column(pd.Series([0.0])) == hash_column(pd.Series([-0.0]))
    assert hash_column(pd.Series([], dtype="float64")) != hash_column(text([]))


def test_forms_are_described_with_rows_and_columns():
    frame = pd.DataFrame({"SEX": text(["M", "F"]), "AGE": text(["1", "2"])})
    described = describe_columns({"dm": frame, "ae": frame.iloc[:0]})
    assert (described["dm"]["rows"], list(described["dm"]["sha256"])) == (2, ["SEX", "AGE"])
    assert described["ae"]["rows"] == 0


def test_settings_that_only_define_xml_tells_of_are_left_out():
    first = describe_settings(
        {"visits": [{"event": "SCR"}], "define": {"comment": "x"}, "protocol": "P", "units": None}
    )
    assert list(first) == ["visits"]
    assert first != describe_settings({"visits": [{"event": "SCREEN"}]})
