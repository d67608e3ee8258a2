"""Reading what others write: several members, short numbers, other encodings, version 8; choosing columns and rows."""

from datetime import datetime

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from cdisc_conv.xpt import XptError, XptVariable, find_missing_codes, iter_xpt, list_members, read_xpt, write_xpt
from cdisc_conv.xpt.layout import NAMESTR, make_header

LIBRARY_BYTES = 3 * 80


def join_members(path, *files):
    """A library of the members of several files."""
    contents = [file.read_bytes() for file in files]
    path.write_bytes(contents[0] + b"".join(content[LIBRARY_BYTES:] for content in contents[1:]))
    return path


def make_file(fields, data, *, namestr_bytes=140):
    """A file from (type, length, name, position) and the bytes of its rows, for what our writer never writes."""
    names = b"".join(
        NAMESTR.pack(kind, 0, length, number, name.ljust(8), b" " * 40, b" " * 8, 0, 0, 0, b"", b" " * 8, 0, 0,
                     position, b"")[:namestr_bytes]
        for number, (kind, length, name, position) in enumerate(fields, start=1)
    )  # fmt: skip
    blank = b" " * 80
    return b"".join(
        [
            make_header("LIBRARY"),
            b"SAS     SAS     SASLIB  6.06    bsd4.2  ".ljust(64) + b"13APR89:10:20:06",
            blank,
            make_header("MEMBER", f"00000000000000000160000000{namestr_bytes:04}"),
            make_header("DSCRPTR"),
            b"SAS     ABC     SASDATA 6.06    bsd4.2  ".ljust(64) + b"13APR89:10:20:06",
            blank,
            make_header("NAMESTR", f"000000{len(fields):04}"),
            names + b" " * (-len(names) % 80),
            make_header("OBS"),
            data + b" " * (-len(data) % 80),
        ]
    )


@pytest.fixture
def library(tmp_path):
    """DM with 2 rows, an empty SUPPDM, AE with 3 rows."""
    frames = {
        "DM": pd.DataFrame({"USUBJID": ["01-001", "01-002"], "AGE": [64.0, 71.0]}),
        "SUPPDM": pd.DataFrame({"QNAM": pd.array([], dtype="str")}),
        "AE": pd.DataFrame({"AETERM": ["HEADACHE", "", "NAUSEA"], "AESEQ": [1.0, 2.0, 3.0]}),
    }
    for name, frame in frames.items():
        write_xpt(frame, tmp_path / f"{name}.xpt", name=name, label=f"Label of {name}")
    return join_members(tmp_path / "library.xpt", *(tmp_path / f"{name}.xpt" for name in frames))


def test_members_are_listed(library):
    members = list_members(library)
    assert [(member.name, member.label, member.rows, member.version) for member in members] == [
        ("DM", "Label of DM", 2, 5), ("SUPPDM", "Label of SUPPDM", 0, 5), ("AE", "Label of AE", 3, 5),
    ]  # fmt: skip
    assert [variable.name for variable in members[2].variables] == ["AETERM", "AESEQ"]


def test_a_member_is_chosen_by_name(library):
    assert read_xpt(library, member="DM").frame["AGE"].tolist() == [64.0, 71.0]
    assert read_xpt(library, member="SUPPDM").frame.shape == (0, 1)
    assert read_xpt(library, member="ae").frame["AETERM"].tolist() == ["HEADACHE", "", "NAUSEA"]
    assert [frame["AESEQ"].tolist() for frame in iter_xpt(library, 2, member="AE")] == [[1.0, 2.0], [3.0]]


def test_a_member_must_be_chosen_where_there_are_several(library):
    with pytest.raises(XptError) as error:
        read_xpt(library)
    assert str(error.value) == (f"{library}: XPT023 the file holds 3 datasets: DM, SUPPDM, AE (say which with member=)")


def test_a_member_that_is_not_there(library):
    with pytest.raises(XptError) as error:
        read_xpt(library, member="SUPDM")
    assert str(error.value) == (
        f"{library}: XPT023 the file holds no dataset SUPDM; it holds DM, SUPPDM, AE (did you mean SUPPDM?)"
    )


def test_columns_are_chosen_in_the_order_asked_for(library):
    file = read_xpt(library, ["AESEQ", "AETERM"], member="AE")
    assert list(file.frame.columns) == ["AESEQ", "AETERM"] == [variable.name for variable in file.variables]
    assert list(read_xpt(library, ["AETERM"], member="AE").frame.columns) == ["AETERM"]
    assert read_xpt(library, [], member="AE").frame.shape == (3, 0)


def test_columns_that_are_not_there(library):
    with pytest.raises(XptError) as error:
        read_xpt(library, ["AETERMS", "AESEQ", "QQQ"], member="AE")
    assert [str(problem) for problem in error.value.problems] == [
        f"{library}: XPT024 AE has no variable AETERMS (did you mean AETERM?)",
        f"{library}: XPT024 AE has no variable QQQ (the variables are AETERM, AESEQ)",
    ]


def test_pieces_keep_their_row_numbers(library):
    assert [list(frame.index) for frame in iter_xpt(library, 2, member="AE")] == [[0, 1], [2]]
    with pytest.raises(ValueError) as error:
        iter_xpt(library, 0)
    assert str(error.value) == "rows is 0; expected at least 1"


def test_iter_xpt_checks_before_the_first_piece(tmp_path):
    (tmp_path / "x.xpt").write_bytes(b"no such thing")
    with pytest.raises(XptError):
        iter_xpt(tmp_path / "x.xpt")


def test_text_that_looks_like_a_header_within_an_observation(tmp_path):
    title = "HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!"
    write_xpt(pd.DataFrame({"A": ["x", title, "y"], "B": [1.0, 2.0, 3.0]}), tmp_path / "x.xpt", name="X")
    assert read_xpt(tmp_path / "x.xpt").frame["A"].tolist() == ["x", title, "y"]


def test_records_of_blanks_at_the_end_are_no_observations(tmp_path):
    data = (b"x" * 92 + bytes.fromhex("4110000000000000")) * 4
    (tmp_path / "x.xpt").write_bytes(make_file([(2, 92, b"A", 0), (1, 8, b"B", 92)], data + b" " * 4000))
    assert read_xpt(tmp_path / "x.xpt").frame["B"].tolist() == [1.0] * 4


@pytest.mark.parametrize("length", range(2, 9))
def test_short_numbers(tmp_path, length):
    """The first bytes of 118.625, a .B and zero; what was cut off is zero."""
    full = bytes.fromhex("4276A00000000000")
    data = b"".join(value[:length] for value in (full, b"B" + bytes(7), bytes(8)))
    (tmp_path / "x.xpt").write_bytes(make_file([(1, length, b"X", 0)], data))
    values = read_xpt(tmp_path / "x.xpt").frame["X"].to_numpy()
    assert values[0] == {2: 118.0}.get(length, 118.625)
    assert (find_missing_codes(values).tolist()[1], values[2]) == (".B", 0.0)


def test_variables_in_another_order_than_their_bytes(tmp_path):
    fields = [(1, 8, b"NUM", 3), (2, 3, b"TXT", 0)]
    (tmp_path / "x.xpt").write_bytes(make_file(fields, b"abc" + bytes.fromhex("4110000000000000")))
    assert read_xpt(tmp_path / "x.xpt").frame.to_dict("list") == {"NUM": [1.0], "TXT": ["abc"]}


def test_name_records_from_vms(tmp_path):
    fields = [(2, 2, b"A", 0), (2, 1, b"B", 2)]
    (tmp_path / "x.xpt").write_bytes(make_file(fields, b"xyz" * 30, namestr_bytes=136))
    file = read_xpt(tmp_path / "x.xpt")
    assert file.frame.to_dict("list") == {"A": ["xy"] * 30, "B": ["z"] * 30}
    assert (file.created, file.modified, file.member.made_by) == (datetime(1989, 4, 13, 10, 20, 6), None, "6.06 bsd4.2")


def test_text_is_trimmed_of_blanks_and_nulls_at_the_end_only(tmp_path):
    (tmp_path / "x.xpt").write_bytes(make_file([(2, 4, b"A", 0)], b" ab " + b"c\0\0\0" + b"\0\0\0\0" + b"a\0b "))
    assert read_xpt(tmp_path / "x.xpt").frame["A"].tolist() == [" ab", "c", "", "a\0b"]


def test_text_beyond_ascii_is_utf_8_or_else_windows_1252(tmp_path):
    rows = ["Zürich".encode().ljust(10), "Zürich".encode("cp1252").ljust(10), b"plain     ", "5 €".encode("cp1252")]
    (tmp_path / "x.xpt").write_bytes(make_file([(2, 10, b"A", 0)], b"".join(row.ljust(10) for row in rows)))
    assert read_xpt(tmp_path / "x.xpt").frame["A"].tolist() == ["Zürich", "Zürich", "plain", "5 €"]
    assert read_xpt(tmp_path / "x.xpt").frame["A"].dtype == "str"


def test_text_in_an_encoding_that_is_named(tmp_path):
    value = "胃癌".encode("gb18030")
    (tmp_path / "x.xpt").write_bytes(make_file([(2, 40, b"A", 0)], value.ljust(40) + b"x".ljust(40)))
    assert read_xpt(tmp_path / "x.xpt", encoding="gb18030").frame["A"].tolist() == ["胃癌", "x"]


def test_text_that_cannot_be_decoded(tmp_path):
    path = tmp_path / "x.xpt"
    path.write_bytes(make_file([(2, 4, b"A", 0), (2, 2, b"B", 4)], b"abcdxx" + b"abcd\x81 "))
    with pytest.raises(XptError) as error:
        read_xpt(path)
    hint = "name the encoding of the file, such as encoding='latin-1' or 'shift_jis'"
    offset = list_members(path)[0].offset + 10
    assert str(error.value) == (
        f"{path}: XPT025 byte {offset}: B in row 2 is neither UTF-8 nor Windows-1252 text: b'\\x81' ({hint})"
    )
    with pytest.raises(XptError) as error:
        read_xpt(path, encoding="utf-8")
    assert str(error.value) == f"{path}: XPT025 byte {offset}: B in row 2 is not utf-8 text: b'\\x81' ({hint})"
    assert read_xpt(path, ["A"]).frame["A"].tolist() == ["abcd", "abcd"]


def test_files_of_version_8(tmp_path):
    frame = pd.DataFrame(
        {"SHORT": ["a", "bb", ""], "A_VERY_LONG_VARIABLE_NAME": [1.0, 2.5, np.nan], "WIDE": ["x" * 300, "", "y"]}
    )
    labels = ["short", "l" * 60, "w" * 250]
    pyreadstat.write_xport(
        frame, tmp_path / "x.xpt", file_label="A label", table_name="LONG_TABLE_NAME", column_labels=labels,
        file_format_version=8, variable_format={"A_VERY_LONG_VARIABLE_NAME": "DATE9"},
    )  # fmt: skip
    file = read_xpt(tmp_path / "x.xpt")
    assert (file.member.version, file.name, file.label) == (8, "LONG_TABLE_NAME", "A label")
    assert [variable.label for variable in file.variables] == labels
    assert file.variables[1].format == "DATE9."
    pd.testing.assert_frame_equal(file.frame, frame, check_dtype=False)


def test_version_8_tells_how_many_blank_rows_there_are(tmp_path):
    frame = pd.DataFrame({"A": ["x", "", ""]})
    pyreadstat.write_xport(frame, tmp_path / "x.xpt", table_name="X", file_format_version=8)
    assert read_xpt(tmp_path / "x.xpt").frame["A"].tolist() == ["x", "", ""]


def test_files_of_pyreadstat_in_version_5(tmp_path):
    frame = pd.DataFrame({"A": ["a", "bb", ""], "B": [1.0, -2.5, np.nan], "C": ["x" * 100, "", "y"]})
    pyreadstat.write_xport(frame, tmp_path / "x.xpt", table_name="X", file_format_version=5)
    pd.testing.assert_frame_equal(read_xpt(tmp_path / "x.xpt").frame, frame, check_dtype=False)


def test_metadata(tmp_path):
    variables = [XptVariable("A", "Label", numeric=False, length=9, format="$9.", informat="$CHAR9.")]
    write_xpt(pd.DataFrame({"A": ["x"]}), tmp_path / "x.xpt", name="X", label="L", type="VIEW", variables=variables,
              created=datetime(2020, 2, 29, 1, 2, 3), modified=datetime(2021, 1, 1))  # fmt: skip
    file = read_xpt(tmp_path / "x.xpt")
    assert (file.name, file.label, file.member.type, file.variables) == ("X", "L", "VIEW", tuple(variables))
    assert (file.created, file.modified) == (datetime(2020, 2, 29, 1, 2, 3), datetime(2021, 1, 1))
    assert (file.member.version, file.member.rows, file.member.row_length) == (5, 1, 9)
