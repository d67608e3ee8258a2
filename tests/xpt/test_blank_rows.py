"""Blank rows at the end: kept where the size of the file proves them, refused where they would be read as padding."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc_conv.xpt import XptError, XptVariable, read_xpt, write_xpt
from cdisc_conv.xpt.rows import count_certain_rows, count_possible_rows, count_rows


def padded(data: bytes) -> bytes:
    return data + b" " * (-len(data) % 80)


@given(st.integers(1, 300), st.integers(0, 60), st.integers(0, 60))
def test_the_count_is_the_smallest_that_fits(length, filled, blank):
    data = padded((b"x" * length) * filled + (b" " * length) * blank)
    rows = count_rows(len(data), length, data)
    fitting = [n for n in range(filled, filled + blank + 81) if len(padded(b" " * n * length)) == len(data)]
    assert rows == fitting[0]
    assert count_certain_rows(len(data), length) <= rows <= count_possible_rows(len(data), length)
    assert rows <= filled + blank
    if length >= 80:
        assert rows == filled + blank


def write_text(path, values, length):
    write_xpt(pd.DataFrame({"A": values}), path, name="X", variables=[XptVariable("A", numeric=False, length=length)])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["", "x"]), max_size=40), st.integers(1, 120))
def test_what_is_written_is_read_and_what_would_not_be_is_refused(tmp_path, values, length):
    path = tmp_path / "x.xpt"
    problems = []
    try:
        write_text(path, values, length)
    except XptError as error:
        problems = error.problems
    if problems:
        assert [problem.code for problem in problems] == ["XPT015"]
        assert length < 80
        kept = len(values) - problems[0].count
        assert values[kept:] == [""] * problems[0].count
        values = values[:kept]
        write_text(path, values, length)
    assert read_xpt(path).frame["A"].tolist() == values


def test_blank_rows_in_between_are_kept(tmp_path):
    write_text(tmp_path / "x.xpt", ["", "x", "", "", "y"], 10)
    assert read_xpt(tmp_path / "x.xpt").frame["A"].tolist() == ["", "x", "", "", "y"]


def test_blank_rows_that_the_size_proves_are_kept(tmp_path):
    write_text(tmp_path / "x.xpt", ["x", "x", ""], 40)
    assert read_xpt(tmp_path / "x.xpt").frame["A"].tolist() == ["x", "x", ""]


def test_long_blank_rows_are_kept(tmp_path):
    write_text(tmp_path / "x.xpt", ["x", "", ""], 80)
    assert read_xpt(tmp_path / "x.xpt").frame["A"].tolist() == ["x", "", ""]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["x", ""], "X row 2: XPT015 the last row is blank and would be read as padding"),
        (["x", "", "", ""], "X rows 2, 3, 4: XPT015 the last 3 rows are blank and would be read as padding"),
    ],
)
def test_blank_rows_that_would_be_lost_are_refused(tmp_path, values, message):
    with pytest.raises(XptError) as error:
        write_text(tmp_path / "x.xpt", values, 10)
    assert str(error.value) == f"{message} (the format does not count rows: drop blank rows at the end)"
    assert list(tmp_path.iterdir()) == []
