"""Workbooks of people: cells from A1 on, and damaged files that are refused in one way."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from cdisc_conv.workbooks import read_workbook

OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def make_workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Items"
    sheet["B2"], sheet["C2"], sheet["B3"] = "Id", "Label", 7
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


BOOK = make_workbook()


def test_rows_and_columns_count_from_the_first_cell_of_the_sheet() -> None:
    assert read_workbook(BOOK) == [("Items", [["", "", ""], ["", "Id", "Label"], ["", 7.0, ""]])]
    assert read_workbook(BOOK, most=2) == [("Items", [["", "", ""], ["", "Id", "Label"]])]


@pytest.mark.parametrize("data", [b"", b"no workbook", BOOK[:400], OLD_EXCEL, OLD_EXCEL + b"\xfe" * 600])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        read_workbook(data)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, len(BOOK) - 1), st.binary(min_size=1, max_size=40), st.sampled_from([BOOK, OLD_EXCEL + bytes(2048)])
)
def test_a_damaged_workbook_is_read_or_refused(place: int, junk: bytes, book: bytes) -> None:
    damaged = book[:place] + junk + book[place + len(junk) :]
    with contextlib.suppress(ValueError):  # nothing else comes out, whatever the file does to its reader
        assert all(isinstance(name, str) for name, _ in read_workbook(damaged))
