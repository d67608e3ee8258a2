"""The bytes of small files, literally, and what decides them."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pytest

from cdisc_conv.dataset import Column, Dataset, Item
from cdisc_conv.xpt import XptVariable, read_xpt, variables_of, write_xpt
from cdisc_conv.xpt.layout import format_timestamp, parse_timestamp
from cdisc_conv.xpt.variables import parse_format

MADE_BY = b"9.4     CDISCCNV"


def record(content: bytes) -> bytes:
    assert len(content) <= 80
    return content.ljust(80)


def test_a_whole_file(tmp_path):
    variables = [
        XptVariable("SEX", "Sex", numeric=False, length=2, format="$SEX.", informat="$5."),
        XptVariable("AGE", "Age in Years", numeric=True, length=8, format="8.1"),
    ]
    frame = pd.DataFrame({"SEX": ["F", "", "M"], "AGE": [64.0, float("nan"), -118.625]})
    write_xpt(
        frame, tmp_path / "dm.xpt", name="DM", label="Demographics", type="DATA", variables=variables,
        created=datetime(2025, 3, 28, 9, 5, 7), modified=datetime(2026, 12, 1),
    )  # fmt: skip
    expected = b"".join(
        [
            b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!000000000000000000000000000000  ",
            b"SAS     SAS     SASLIB  " + MADE_BY + b" " * 24 + b"28MAR25:09:05:07",
            record(b"01DEC26:00:00:00"),
            b"HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!000000000000000001600000000140  ",
            b"HEADER RECORD*******DSCRPTR HEADER RECORD!!!!!!!000000000000000000000000000000  ",
            b"SAS     DM      SASDATA " + MADE_BY + b" " * 24 + b"28MAR25:09:05:07",
            b"01DEC26:00:00:00" + b" " * 16 + b"Demographics".ljust(40) + b"DATA    ",
            b"HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!000000000200000000000000000000  ",
            b"\0\2\0\0\0\2\0\1SEX     " + b"Sex".ljust(40) + b"$SEX    " + b"\0\0\0\0\0\0\0\0"
            + b"$       " + b"\0\5\0\0" + b"\0\0\0\0" + b"\0" * 52,
            b"\0\1\0\0\0\x08\0\2AGE     " + b"Age in Years".ljust(40) + b"        " + b"\0\x08\0\1\0\0\0\0"
            + b"        " + b"\0\0\0\0" + b"\0\0\0\2" + b"\0" * 52,
            b" " * 40,
            b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!000000000000000000000000000000  ",
            record(
                b"F \x42\x40\0\0\0\0\0\0" b"  \x2e\0\0\0\0\0\0\0" b"M \xc2\x76\xa0\0\0\0\0\0",
            ),
        ]
    )  # fmt: skip
    assert (tmp_path / "dm.xpt").read_bytes() == expected


def test_the_same_data_make_the_same_bytes(tmp_path):
    frame = pd.DataFrame({"A": ["x", "yy"], "B": [1.0, 2.0]})
    for name in ("one.xpt", "two.xpt"):
        write_xpt(frame, tmp_path / name, name="AB")
    assert (tmp_path / "one.xpt").read_bytes() == (tmp_path / "two.xpt").read_bytes()
    digest = hashlib.sha256((tmp_path / "one.xpt").read_bytes()).hexdigest()
    assert digest == "7fc9a21c82900d008edf399c69c84747c3283a5c56123edc4a93f3abf86a1e07"


def test_timestamps_default_to_the_beginning_of_sas_time(tmp_path, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    write_xpt(pd.DataFrame({"A": ["x"]}), tmp_path / "a.xpt", name="A")
    file = read_xpt(tmp_path / "a.xpt")
    assert (file.created, file.modified) == (datetime(1960, 1, 1), datetime(1960, 1, 1))


def test_timestamps_follow_source_date_epoch(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1743120000")
    write_xpt(pd.DataFrame({"A": ["x"]}), tmp_path / "a.xpt", name="A")
    assert read_xpt(tmp_path / "a.xpt").created == datetime(2025, 3, 28)


def test_timestamps_with_a_zone_are_written_in_utc(tmp_path):
    east = timezone(timedelta(hours=8))
    write_xpt(pd.DataFrame({"A": ["x"]}), tmp_path / "a.xpt", name="A", created=datetime(2025, 3, 28, 9, tzinfo=east))
    assert read_xpt(tmp_path / "a.xpt").created == datetime(2025, 3, 28, 9, tzinfo=east).astimezone(UTC).replace(
        tzinfo=None
    )


@pytest.mark.parametrize("moment", [datetime(1960, 1, 1), datetime(1999, 12, 31, 23, 59, 59), datetime(2059, 2, 28)])
def test_timestamps_return(moment):
    assert parse_timestamp(format_timestamp(moment)) == moment


@pytest.mark.parametrize("field", [b" " * 16, b"31FEB20:00:00:00", b"01XXX20:00:00:00", b"\0" * 16])
def test_timestamps_that_are_none(field):
    assert parse_timestamp(field) is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ("", 0, 0)),
        ("DATE9.", ("DATE", 9, 0)),
        ("date9", ("DATE", 9, 0)),
        ("8.2", ("", 8, 2)),
        ("8.", ("", 8, 0)),
        ("$20.", ("$", 20, 0)),
        ("$CHAR200.", ("$CHAR", 200, 0)),
        ("E8601DA10.", ("E8601DA", 10, 0)),
        ("DATETIME.", ("DATETIME", 0, 0)),
        ("BEST12", ("BEST", 12, 0)),
    ],
)
def test_formats_are_parsed(text, parts):
    assert tuple(parse_format(text)) == parts


@pytest.mark.parametrize("text", ["9DATE", "DATE 9.", "TOOLONGNAME9.", "8.2.1", "é9.", "F99999."])
def test_formats_that_are_none(text):
    assert parse_format(text) is None


def test_a_format_is_not_copied_into_the_informat(tmp_path):
    variables = [XptVariable("ADT", numeric=True, length=8, format="DATE9.")]
    write_xpt(pd.DataFrame({"ADT": [0.0]}), tmp_path / "a.xpt", name="A", variables=variables)
    assert read_xpt(tmp_path / "a.xpt").variables == tuple(variables)


def test_declared_lengths_hold_for_shorter_data_and_without_rows(tmp_path):
    variables = [
        XptVariable("USUBJID", "Unique Subject Identifier", numeric=False, length=40),
        XptVariable("AGE", "Age", numeric=True, length=8),
    ]
    for rows in (0, 1):
        frame = pd.DataFrame({"USUBJID": ["01-001"] * rows, "AGE": [50.0] * rows})
        write_xpt(frame, tmp_path / "dm.xpt", name="DM", variables=variables)
        file = read_xpt(tmp_path / "dm.xpt")
        assert file.variables == tuple(variables)
        assert len(file.frame) == rows
        assert [str(dtype) for dtype in file.frame.dtypes] == ["str", "float64"]


def test_lengths_are_inferred_in_bytes_without_trailing_blanks_over_the_limit(tmp_path):
    frame = pd.DataFrame({"A": ["abc", ""], "B": ["", ""], "C": ["x" * 200 + "   ", ""], "D": [1, 2]})
    write_xpt(frame, tmp_path / "a.xpt", name="A")
    file = read_xpt(tmp_path / "a.xpt")
    assert [(v.name, v.numeric, v.length) for v in file.variables] == [
        ("A", False, 3), ("B", False, 1), ("C", False, 200), ("D", True, 8),
    ]  # fmt: skip
    assert file.frame["C"].tolist() == ["x" * 200, ""]


def test_no_variables_at_all(tmp_path):
    write_xpt(pd.DataFrame(), tmp_path / "a.xpt", name="NONE", label="Nothing")
    file = read_xpt(tmp_path / "a.xpt")
    assert (file.name, file.label, file.frame.shape) == ("NONE", "Nothing", (0, 0))
    assert (tmp_path / "a.xpt").stat().st_size == 9 * 80


def test_the_most_variables(tmp_path):
    names = [f"V{number}" for number in range(9999)]
    write_xpt(pd.DataFrame([range(9999)] * 2, columns=names), tmp_path / "a.xpt", name="WIDE")
    file = read_xpt(tmp_path / "a.xpt")
    assert [variable.name for variable in file.variables] == names
    assert file.frame.to_numpy().tolist() == [[float(number) for number in range(9999)]] * 2


def test_variables_of_a_finished_dataset():
    columns = (
        Column("USUBJID", "Unique Subject Identifier", numeric=False, item=Item("text", 11)),
        Column("TRTSDT", "Date of First Exposure", numeric=True, item=Item("integer", 5), format="DATE9."),
    )
    dataset = Dataset("ADSL", "Subject-Level", pd.DataFrame({"USUBJID": ["1"], "TRTSDT": [1.0]}), columns)
    assert variables_of(dataset) == (
        XptVariable("USUBJID", "Unique Subject Identifier", numeric=False, length=11),
        XptVariable("TRTSDT", "Date of First Exposure", numeric=True, length=8, format="DATE9."),
    )
