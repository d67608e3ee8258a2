"""What is written is what is read: by our reader, by pyreadstat (ReadStat) and by pandas, in memory and in pieces."""

import string
import warnings

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cdisc_conv.xpt import XptVariable, find_missing_codes, iter_xpt, make_missing, read_xpt, write_xpt
from cdisc_conv.xpt.ibm import LARGEST, SMALLEST

PRINTABLE = "".join(chr(code) for code in range(32, 127))
names = st.text(string.ascii_uppercase + "_", min_size=1, max_size=1).flatmap(
    lambda first: st.text(string.ascii_uppercase + string.digits + "_", max_size=7).map(lambda rest: first + rest)
)
numbers = st.floats(allow_infinity=False).filter(lambda x: x != x or x == 0 or SMALLEST <= abs(x) <= LARGEST)
texts = st.text(PRINTABLE, max_size=30).map(lambda text: text.rstrip(" "))
on_disk = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def datasets(draw, least_rows=0):
    """A frame and its variables, with declared lengths that are the longest value's or more."""
    rows = draw(st.integers(least_rows, 12))
    frame, variables = {}, []
    for name in draw(st.lists(names, min_size=1, max_size=6, unique=True)):
        label = draw(texts)
        if draw(st.booleans()):
            frame[name] = np.array(draw(st.lists(numbers, min_size=rows, max_size=rows)), dtype=float)
            variables.append(XptVariable(name, label, numeric=True, length=8))
        else:
            values = draw(st.lists(texts, min_size=rows, max_size=rows))
            frame[name] = pd.array(values, dtype="str")
            longest = max(map(len, values), default=0)
            length = draw(st.integers(max(longest, 1), 200))
            variables.append(XptVariable(name, label, numeric=False, length=length))
    return pd.DataFrame(frame, index=pd.RangeIndex(rows)), variables


def with_wide_first_column(frame, variables):
    """Other readers guess how many rows there are when observations are short, or lose blank ones: give them more."""
    wide = frame.copy()
    wide.insert(0, "A2345678", pd.array(["x" * 81] * len(frame), dtype="str"))
    return wide, [XptVariable("A2345678", numeric=False, length=81), *variables]


@on_disk
@given(datasets())
def test_our_reader(tmp_path, dataset):
    frame, variables = with_wide_first_column(*dataset)
    write_xpt(frame, tmp_path / "x.xpt", name="X", label="A label", variables=variables)
    file = read_xpt(tmp_path / "x.xpt")
    pd.testing.assert_frame_equal(file.frame, frame, check_exact=True)
    assert (file.name, file.label, file.variables) == ("X", "A label", tuple(variables))
    pieces = list(iter_xpt(tmp_path / "x.xpt", rows=5))
    assert [len(piece) for piece in pieces] == [5] * (len(frame) // 5) + [len(frame) % 5] * (len(frame) % 5 > 0)
    if pieces:
        pd.testing.assert_frame_equal(pd.concat(pieces), frame, check_exact=True)


@on_disk
@given(datasets(least_rows=1))
def test_pyreadstat(tmp_path, dataset):
    frame, variables = with_wide_first_column(*dataset)
    write_xpt(frame, tmp_path / "x.xpt", name="X", label="A label", variables=variables)
    theirs, meta = pyreadstat.read_xport(tmp_path / "x.xpt")
    pd.testing.assert_frame_equal(theirs, frame, check_exact=True, check_dtype=False)
    assert (meta.table_name, meta.file_label) == ("X", "A label")
    assert meta.column_labels == [variable.label or None for variable in variables]
    assert [meta.variable_storage_width[v.name] for v in variables] == [v.length for v in variables]


@on_disk
@given(datasets(least_rows=1))
def test_pandas(tmp_path, dataset):
    frame, variables = with_wide_first_column(*dataset)
    write_xpt(frame, tmp_path / "x.xpt", name="X", variables=variables)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = pd.read_sas(tmp_path / "x.xpt", format="xport", encoding="ascii")
    # pandas takes the number zero for 16^-65, so the two are one here
    theirs, frame = (either.replace([SMALLEST, -SMALLEST], 0.0) for either in (theirs, frame))
    pd.testing.assert_frame_equal(theirs, frame, check_exact=True, check_dtype=False)


@on_disk
@given(datasets(least_rows=1))
def test_writing_again_what_was_read_gives_the_same_bytes(tmp_path, dataset):
    frame, variables = with_wide_first_column(*dataset)
    write_xpt(frame, tmp_path / "x.xpt", name="X", label="L", variables=variables)
    file = read_xpt(tmp_path / "x.xpt")
    write_xpt(file.frame, tmp_path / "y.xpt", name=file.name, label=file.label, variables=file.variables)
    assert (tmp_path / "y.xpt").read_bytes() == (tmp_path / "x.xpt").read_bytes()


def test_many_blocks(tmp_path):
    count = 70_000
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "SEQ": np.arange(count, dtype=float),
            "TERM": pd.array([f"term {number}" * (number % 4) for number in range(count)], dtype="str"),
            "VALUE": np.where(random.random(count) < 0.1, np.nan, random.normal(size=count)),
            "WIDE": pd.array(["" if number % 3 else "w" * (number % 150) for number in range(count)], dtype="str"),
            "NONE": pd.array([""] * count, dtype="str"),
        }
    )
    variables = [
        XptVariable("SEQ", numeric=True, length=8),
        XptVariable("TERM", numeric=False, length=40),
        XptVariable("VALUE", numeric=True, length=8),
        XptVariable("WIDE", numeric=False, length=200),
        XptVariable("NONE", numeric=False, length=50),
    ]
    write_xpt(frame, tmp_path / "whole.xpt", name="M", variables=variables)
    whole = read_xpt(tmp_path / "whole.xpt").frame
    pd.testing.assert_frame_equal(whole, frame, check_exact=True)
    for name in ("TERM", "WIDE", "NONE"):
        assert whole[name].array.__arrow_array__().num_chunks == 1
    pd.testing.assert_frame_equal(pyreadstat.read_xport(tmp_path / "whole.xpt")[0], frame, check_dtype=False)
    pieces = (frame.iloc[start : start + 9_999] for start in range(0, count, 9_999))
    write_xpt(pieces, tmp_path / "pieces.xpt", name="M", variables=variables)
    assert (tmp_path / "pieces.xpt").read_bytes() == (tmp_path / "whole.xpt").read_bytes()


def test_no_pieces_give_an_empty_dataset(tmp_path):
    write_xpt([], tmp_path / "x.xpt", name="X", variables=[XptVariable("A", numeric=False, length=7)])
    file = read_xpt(tmp_path / "x.xpt")
    assert (len(file.frame), file.variables[0].length) == (0, 7)
    assert list(iter_xpt(tmp_path / "x.xpt")) == []


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["a", "", "ccc"], dtype="str"),
        pd.Series(["a", np.nan, "ccc"], dtype="str"),
        pd.Series(["a", None, "ccc"], dtype=object),
        pd.Series(["a", pd.NA, "ccc"], dtype="string"),
        pd.Series(["a", None, "ccc"], dtype="category"),
        pd.Series(["x", "a", "", "ccc", "x"], dtype="str").iloc[1:4],
        pd.concat([pd.Series(["a", ""], dtype="str"), pd.Series(["ccc"], dtype="str")], ignore_index=True),
        pd.Series(["a  ", "   ", "ccc"], dtype="str"),
    ],
)
def test_text_of_every_kind(tmp_path, column):
    write_xpt(column.to_frame("A"), tmp_path / "x.xpt", name="X")
    assert read_xpt(tmp_path / "x.xpt").frame["A"].tolist() == ["a", "", "ccc"]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (pd.Series([1, -2, 2**53]), [1.0, -2.0, 2.0**53]),
        (pd.Series([1, None, 3], dtype="Int64"), [1.0, None, 3.0]),
        (pd.Series([True, False, True]), [1.0, 0.0, 1.0]),
        (pd.Series([0.5, None, 1.5], dtype="float32"), [0.5, None, 1.5]),
        (pd.Series([9, 1.0, None, 3.0, 9]).iloc[1:4], [1.0, None, 3.0]),
        (pd.Series([2**60, -(2**60)]), [2.0**60, -(2.0**60)]),
    ],
)
def test_numbers_of_every_kind(tmp_path, column, values):
    write_xpt(column.to_frame("A"), tmp_path / "x.xpt", name="X")
    read = read_xpt(tmp_path / "x.xpt").frame["A"]
    assert [None if np.isnan(value) else value for value in read] == values


def test_columns_without_a_value_fit_either_kind(tmp_path):
    variables = [XptVariable("N", numeric=True, length=8), XptVariable("T", numeric=False, length=1)]
    frame = pd.DataFrame({"N": pd.Series([None], dtype=object), "T": [np.nan]})
    write_xpt(frame, tmp_path / "x.xpt", name="X", variables=variables)
    read = read_xpt(tmp_path / "x.xpt").frame
    assert (find_missing_codes(read["N"].to_numpy()).tolist(), read["T"].tolist()) == (["."], [""])
    write_xpt(pd.DataFrame(columns=["N", "T"]), tmp_path / "x.xpt", name="X", variables=variables)
    assert read_xpt(tmp_path / "x.xpt").variables == tuple(variables)


def test_special_missing_values_survive_and_are_missing_to_others(tmp_path):
    codes = [".", "._", ".A", ".Q", ".Z"]
    frame = pd.DataFrame({"A": [make_missing(code) for code in codes] + [1.5]})
    write_xpt(frame, tmp_path / "x.xpt", name="X")
    assert find_missing_codes(read_xpt(tmp_path / "x.xpt").frame["A"].to_numpy()).tolist() == [*codes, ""]
    assert b"".join(letter + bytes(7) for letter in (b".", b"_", b"A", b"Q", b"Z")) in (tmp_path / "x.xpt").read_bytes()
    for theirs in (pyreadstat.read_xport(tmp_path / "x.xpt")[0], pd.read_sas(tmp_path / "x.xpt", format="xport")):
        assert theirs["A"].isna().tolist() == [True] * 5 + [False]


@pytest.mark.parametrize("length", range(3, 9))
def test_short_numbers_that_fit(tmp_path, length):
    values = [0.0, 1.0, -255.0, 4095.0, np.nan, make_missing(".B"), 0.5]
    variables = [XptVariable("A", numeric=True, length=length), XptVariable("B", numeric=False, length=1)]
    frame = pd.DataFrame({"A": values, "B": ["x"] * 7})
    write_xpt(frame, tmp_path / "x.xpt", name="X", variables=variables)
    file = read_xpt(tmp_path / "x.xpt")
    assert file.variables[0].length == length
    assert file.frame["A"].to_numpy().view(np.uint64).tolist() == np.array(values).view(np.uint64).tolist()


def test_transliteration_comes_before_the_checks(tmp_path):
    frame = pd.DataFrame({"A": ["≥ 3 µg", "plain", "Zürich"], "B": ["µ", "", "µµ"]})
    variables = [XptVariable("A", "≥ 1", numeric=False, length=7), XptVariable("B", numeric=False, length=2)]
    replacements = {"≥": ">=", "µ": "u", "ü": "ue"}
    write_xpt(frame, tmp_path / "x.xpt", name="X", label="µ", variables=variables, transliterate=replacements)
    file = read_xpt(tmp_path / "x.xpt")
    assert file.frame["A"].tolist() == [">= 3 ug", "plain", "Zuerich"]
    assert file.frame["B"].tolist() == ["u", "", "uu"]
    assert (file.label, file.variables[0].label) == ("u", ">= 1")


def test_transliteration_of_longer_texts_and_of_control_characters(tmp_path):
    frame = pd.DataFrame({"A": ["ab\r\ncd", "a\nb"]})
    write_xpt(frame, tmp_path / "x.xpt", name="X", transliterate={"\n": " ", "\r\n": "; "})
    file = read_xpt(tmp_path / "x.xpt")
    assert (file.frame["A"].tolist(), file.variables[0].length) == (["ab; cd", "a b"], 6)
