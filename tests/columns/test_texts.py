"""Texts without the blanks around them: what arrow trims, and nothing is copied where there is nothing to trim."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.columns.texts import trim_text

BLANKS = " \t\n\x0b\x1c\x1f\x85\xa0\u2028\u3000"


@given(st.lists(st.text(alphabet=f"{BLANKS}abé\x00", max_size=5), max_size=6))
def test_every_blank_of_unicode_is_trimmed(texts):
    expected = pc.utf8_trim_whitespace(pa.array(texts, pa.large_string())).to_pylist()
    assert trim_text(pd.Series(texts, dtype="str")).tolist() == expected


@pytest.mark.parametrize("texts", [["a b", "", "c"], ["café", "x"], []])
def test_a_column_without_outer_blanks_stays_the_same_object(texts):
    column = pd.Series(texts, dtype="str")
    assert trim_text(column) is column


def test_rows_taken_from_the_middle_of_a_column():
    column = pd.Series([" a", "b", "c ", "d"], dtype="str")
    assert trim_text(column.iloc[1:2]).tolist() == ["b"]
    assert trim_text(column.iloc[2:]).tolist() == ["c", "d"]
