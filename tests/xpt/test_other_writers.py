"""Files as other programs write them: filled with NUL or not at all, without positions, with markers inside text."""

import os

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from cdisc_conv.xpt import XptError, XptVariable, iter_xpt, list_members, read_xpt, write_xpt
from cdisc_conv.xpt.layout import NAMESTR, make_header

MARKER = "HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!"
ONE, ZERO = bytes.fromhex("4110000000000000"), bytes(8)
TEXT, NUMBER = (2, 10, b"T", 0), (1, 8, b"N", 10)
HEADER_8 = "HEADER RECORD*******{:<8}HEADER RECORD!!!!!!!{}"


def make_member(fields, data, filling=b" "):
    """A member from (type, length, name, position) and the bytes of its rows."""
    names = b"".join(
        NAMESTR.pack(kind, 0, length, number, name.ljust(8), b" " * 40, b" " * 8, 0, 0, 0, b"", b" " * 8, 0, 0,
                     position, b"")
        for number, (kind, length, name, position) in enumerate(fields, start=1)
    )  # fmt: skip
    return b"".join(
        [
            make_header("MEMBER", "000000000000000001600000000140"),
            make_header("DSCRPTR"),
            b"SAS     ABC     SASDATA 6.06    bsd4.2  ".ljust(64) + b"13APR89:10:20:06",
            b" " * 80,
            make_header("NAMESTR", f"000000{len(fields):04}"),
            names + b" " * (-len(names) % 80),
            make_header("OBS"),
            data + filling * (-len(data) % 80),
        ]
    )


@pytest.fixture
def read(tmp_path):
    """The columns of a file of the members given."""

    def read_members(*members, **options):
        path = tmp_path / "x.xpt"
        path.write_bytes(make_header("LIBRARY") + b"made elsewhere".ljust(160) + b"".join(members))
        return read_xpt(path, **options).frame.to_dict("list")

    return read_members


def test_the_last_record_filled_with_nul_or_not_at_all(read):
    rows = b"first".ljust(10) + ONE + b"second".ljust(10) + ZERO
    expected = {"T": ["first", "second"], "N": [1.0, 0.0]}
    assert read(make_member([TEXT, NUMBER], rows, b"\0")) == expected
    assert read(make_member([TEXT, NUMBER], rows, b"")) == expected
    assert read(make_member([TEXT, NUMBER], rows + b" " * 7, b"")) == expected
    assert read(make_member([TEXT, NUMBER], rows, b"\0") + bytes(4000)) == expected


@pytest.mark.parametrize("more", [0, 80, 160, 4000])
def test_records_of_filling_behind_the_last_one(read, more):
    """Blank numbers and NUL texts are filling, however much of an observation it would be."""
    if more != 80:  # that would be a blank text without its number: perhaps an observation that is cut off
        fields = [(2, 193, b"T", 0), (1, 8, b"N", 193)]
        row = b"text".ljust(193) + ONE
        assert read(make_member(fields, row * 2) + b" " * more) == {"T": ["text"] * 2, "N": [1.0] * 2}
    fields = [(1, 8, b"N", 0), (2, 193, b"T", 8)]
    row = ONE + b"text".ljust(193)
    assert read(make_member(fields, row * 2) + b" " * more) == {"N": [1.0] * 2, "T": ["text"] * 2}
    fields = [(2, 20, b"T", 0), (1, 8, b"N", 20), (2, 173, b"U", 28)]
    row = b"text".ljust(20) + ONE + b"more".ljust(173)
    columns = {"T": ["text"] * 2, "N": [1.0] * 2, "U": ["more"] * 2}
    assert read(make_member(fields, row * 2, b"\0") + bytes(more)) == columns


@pytest.mark.parametrize("more", [b"\n", b"\r\n", b"\x1a", b"\r\n\x1a"])
def test_the_end_of_a_text_file_behind_the_last_record(read, tmp_path, more):
    rows = b"first".ljust(10) + ONE + b"second".ljust(10) + ZERO
    assert read(make_member([TEXT, NUMBER], rows) + more) == {"T": ["first", "second"], "N": [1.0, 0.0]}
    path = tmp_path / "v8.xpt"
    pyreadstat.write_xport(pd.DataFrame({"T": ["first"]}), str(path), file_format_version=8, table_name="T")
    path.write_bytes(path.read_bytes() + more)
    assert read_xpt(path).frame.to_dict("list") == {"T": ["first"]}


def test_a_record_filled_with_blanks_and_more_records_of_nul(read):
    rows = b"first".ljust(10) + ONE + b"second".ljust(10) + ZERO
    expected = {"T": ["first", "second"], "N": [1.0, 0.0]}
    assert read(make_member([TEXT, NUMBER], rows) + bytes(400)) == expected
    assert read(make_member([TEXT, NUMBER], rows, b"\0") + b" " * 400) == expected


def test_an_observation_of_which_only_blank_text_is_left_is_cut_off(read):
    fields = [(2, 193, b"T", 0), (1, 8, b"N", 193)]
    row = b" " * 193 + ONE
    member = make_member(fields, row * 3, b"")
    assert read(member[: len(member) - 80]) == {"T": ["", ""], "N": [1.0, 1.0]}


def test_blank_rows_before_nul_are_rows(read):
    assert read(make_member([TEXT], b"first".ljust(20), b"\0")) == {"T": ["first", ""]}
    assert read(make_member([TEXT], b"first".ljust(20), b"")) == {"T": ["first", ""]}
    assert read(make_member([TEXT], b"first".ljust(20))) == {"T": ["first"]}


def test_zeros_at_the_end_are_rows_unless_the_program_fills_with_nul(read):
    number = [(1, 8, b"N", 0)]
    assert read(make_member(number, ONE + ZERO * 9)) == {"N": [1.0] + [0.0] * 9}
    assert read(make_member(number, ONE + ZERO * 2)) == {"N": [1.0, 0.0, 0.0]}
    short = [(1, 7, b"N", 0)]
    assert read(make_member(short, ONE[:7] * 2, b"\0")) == {"N": [1.0, 1.0]}


def test_a_row_of_blank_text_and_zero_is_kept(read):
    rows = b"first".ljust(10) + ONE + b" " * 10 + ZERO
    for filling in (b" ", b"\0", b""):
        assert read(make_member([TEXT, NUMBER], rows, filling)) == {"T": ["first", ""], "N": [1.0, 0.0]}


def test_positions_that_nobody_filled_in(read):
    rows = b"first".ljust(10) + ONE
    assert read(make_member([TEXT, (1, 8, b"N", 0)], rows)) == {"T": ["first"], "N": [1.0]}
    assert read(make_member([(2, 10, b"T", -1), (1, 8, b"N", -1)], rows)) == {"T": ["first"], "N": [1.0]}


@pytest.mark.parametrize("place", range(0, 240, 8))
def test_a_marker_within_text_is_text(tmp_path, place):
    """The writer's own files, wherever the marker falls, alone or at the start of a record."""
    values = ["x" * place, MARKER, MARKER.ljust(80) + MARKER, "", "last"]
    for length in (160, 200):
        variables = [XptVariable("A", numeric=False, length=200), XptVariable("B", numeric=False, length=length)]
        frame = pd.DataFrame({"A": [value[:200].rstrip() for value in values], "B": values[::-1]})
        frame["B"] = frame["B"].str.slice(0, length).str.rstrip()
        write_xpt(frame, tmp_path / "x.xpt", name="X", variables=variables)
        pd.testing.assert_frame_equal(read_xpt(tmp_path / "x.xpt").frame, frame, check_dtype=False)


def test_a_marker_that_spans_two_text_variables_is_text(read):
    fields = [(2, 20, b"A", 0), (2, 60, b"B", 20)]
    data = (b"x" * 80) + MARKER.encode().ljust(80) + (b"y" * 80)
    assert read(make_member(fields, data)) == {
        "A": ["x" * 20, "HEADER RECORD*******", "y" * 20],
        "B": ["x" * 60, "MEMBER  HEADER RECORD!!!!!!!", "y" * 60],
    }


def test_a_whole_member_within_a_value_is_text(read):
    """What precedes it is not a whole observation."""
    value = make_member([(2, 5, b"A", 0)], b"x" * 5).decode("latin-1")
    fields = [(2, 80, b"K", 0), (2, 1200, b"V", 80)]
    data = b"k".ljust(80) + value.encode("latin-1").ljust(1200) + b"l".ljust(80) + b"w".ljust(1200)
    assert read(make_member(fields, data)) == {"K": ["k", "l"], "V": [value.rstrip(), "w"]}


def test_a_member_behind_text_is_a_member(tmp_path, read):
    first, second = make_member([TEXT], b"first".ljust(10)), make_member([(2, 50, b"U", 0)], b"other".ljust(50))
    with pytest.raises(XptError) as error:
        read(first, second)
    assert error.value.problems[0].message == "the file holds 2 datasets: ABC, ABC"
    assert [member.rows for member in list_members(tmp_path / "x.xpt")] == [1, 1]


def test_a_damaged_member_header_behind_numbers_is_reported(read):
    """It lies where numbers would be, so it cannot be text of the first member."""
    damaged = make_member([TEXT], b"first".ljust(10)).replace(b"DSCRPTR", b"dscrptr")
    with pytest.raises(XptError) as error:
        read(make_member([TEXT, NUMBER], b"first".ljust(10) + ONE), damaged)
    assert error.value.problems[0].message == (
        "byte 1200: expected the descriptor header 'HEADER RECORD*******DSCRPTR HEADER RECORD!!!!!!!', "
        "found 'HEADER RECORD*******dscrptr HEADER RECORD!!!!!!!'"
    )


def write_version_8(path, frame, **options):
    pyreadstat.write_xport(frame, path, table_name="X", file_format_version=8, **options)
    return path.read_bytes()


def test_in_version_8_the_count_decides(tmp_path):
    path = tmp_path / "x.xpt"
    marker = MARKER.replace("MEMBER ", "MEMBV8 ")
    frame = pd.DataFrame({"A": ["x" * 80, marker, "", ""]})
    content = write_version_8(path, frame)
    assert read_xpt(path).frame["A"].tolist() == ["x" * 80, marker, "", ""]
    path.write_bytes(content + b" " * 400)
    assert read_xpt(path).frame["A"].tolist() == ["x" * 80, marker, "", ""]
    path.write_bytes(content + content[240:])
    assert [member.rows for member in list_members(path)] == [4, 4]
    path.write_bytes(content + b"y" * 80)
    with pytest.raises(XptError) as error:
        read_xpt(path)
    end = len(content)
    assert error.value.problems[0].message == f"byte {end}: the header tells 4 observations, found 5"


@pytest.mark.parametrize(
    "count", ["              1              0  ", "1".ljust(32), "00001".ljust(32), "00001".ljust(32, "0")]
)
def test_long_labels_whose_count_stands_left_or_right(tmp_path, count):
    path = tmp_path / "x.xpt"
    label = "a label of more than forty characters, as version 8 has them"
    content = write_version_8(path, pd.DataFrame({"A": ["x", "y"], "B": [1.0, 2.0]}), column_labels=["short", label])
    place = content.index(b"LABELV8") - 20
    path.write_bytes(content[:place] + HEADER_8.format("LABELV8", count).encode() + content[place + 80 :])
    file = read_xpt(path)
    assert [variable.label for variable in file.variables] == ["short", label]
    assert file.frame.to_dict("list") == {"A": ["x", "y"], "B": [1.0, 2.0]}


def test_headers_whose_kind_stands_right(tmp_path):
    path = tmp_path / "x.xpt"
    content = write_version_8(path, pd.DataFrame({"A": ["x"]}))
    path.write_bytes(content.replace(b"OBSV8   ", b"   OBSV8").replace(b"MEMBV8  ", b"  MEMBV8"))
    assert read_xpt(path).frame["A"].tolist() == ["x"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "x.xpt")
    for read_ in (read_xpt, list_members, iter_xpt):
        with pytest.raises(XptError) as error:
            read_(tmp_path / "x.xpt")
        assert str(error.value) == f"{tmp_path / 'x.xpt'}: XPT020 this is not a plain file (copy it into one first)"


def test_what_the_library_record_says_does_not_matter(tmp_path):
    write_xpt(pd.DataFrame({"A": ["x"], "B": [np.nan]}), tmp_path / "x.xpt", name="X")
    content = (tmp_path / "x.xpt").read_bytes()
    (tmp_path / "x.xpt").write_bytes(content.replace(b"SAS     SAS     SASLIB  ", b" " * 24))
    assert read_xpt(tmp_path / "x.xpt").frame["A"].tolist() == ["x"]


def test_positions_of_which_some_are_not_filled_in(read):
    fields = [(2, 10, b"T", 0), (1, 8, b"N", 10), (2, 4, b"U", 0)]
    rows = b"first".ljust(10) + ONE + b"last"
    assert read(make_member(fields, rows)) == {"T": ["first"], "N": [1.0], "U": ["last"]}


@pytest.mark.parametrize("positions", [(0, 11, 19), (0, 9, 17), (0, 10, 17), (0, 10, -1)])
def test_positions_that_contradict_each_other_are_refused(read, positions):
    """Whether gaps hold bytes, and which of two that overlap is right, nobody can tell."""
    fields = [(2, 10, b"T", positions[0]), (1, 8, b"N", positions[1]), (2, 4, b"U", positions[2])]
    with pytest.raises(XptError, match="XPT022 byte"):
        read(make_member(fields, b"first".ljust(10) + ONE + b"last"))


def test_rows_before_one_that_is_cut_off_are_not_read_in_silence(read, tmp_path):
    """A reader that leaves the last observation out, as others do, would lose a record without a word."""
    rows = b"first".ljust(10) + ONE + b"second".ljust(10) + ONE[:5]
    assert read(make_member([TEXT, NUMBER], rows, b"")) == {"T": ["first"], "N": [1.0]}
    assert [problem.message for problem in list_members(tmp_path / "x.xpt")[0].problems] == [
        "byte 1058: the file ends within observation 2 of ABC, of which 15 of 18 bytes are there and are dropped; what "
        "comes before it is read"
    ]


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (2, "the header tells 2 observations, found 5"),
        (4, "the header tells 4 observations, but in the last of them N is blank"),
        (5, "the header tells 5 observations, but in the last of them N is blank"),
        (10, "the header tells 10 observations, found 5"),
    ],
)
def test_a_count_that_does_not_fit_the_data_of_version_8(tmp_path, told, message):
    path = tmp_path / "x.xpt"
    frame = pd.DataFrame({"T": ["abcdefgh", "b", "c"], "N": [1.0, 2.0, 3.0]})
    pyreadstat.write_xport(frame, path, file_format_version=8, table_name="X")
    content = path.read_bytes()
    place = content.index(b"HEADER RECORD*******OBSV8") + 48
    path.write_bytes(content[:place] + str(told).rjust(15).encode() + content[place + 15 :])
    with pytest.raises(XptError) as error:
        read_xpt(path)
    assert message in str(error.value)
