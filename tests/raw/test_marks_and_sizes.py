"""Byte order marks behind the start of a file, and files that are wide, long or cannot be taken apart."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from cdisc_conv.raw import FormSource, read_form, read_forms
from cdisc_conv.raw.delimited.parse import parse_rows
from tests.raw.conftest import Read

MARK = "\ufeff"
HINT = "they cannot be seen, and make values differ: files were put together; take the marks out"


def warn(where: str, line: str = "") -> str:
    marks = "RAW018 form 'ae' holds byte order marks (U+FEFF) behind its start"
    return f"raw/ae.csv{line}: {marks}, first in {where} ({HINT})"


def test_a_mark_inside_data_is_reported_and_kept(read: Read) -> None:
    form, problems = read(f"A,B\n{MARK}1,2\n3,{MARK}4\n")
    assert form is not None
    assert form.frame.to_dict("list") == {"A": [f"{MARK}1", "3"], "B": ["2", f"{MARK}4"]}
    assert problems == [warn("row 1, column A (2 rows in all)", ":2")]


def test_a_line_that_is_a_mark_alone_is_a_row(read: Read) -> None:
    short = (
        "RAW010 form 'ae' has 1 row with fewer fields than its 2 columns: row {0} has 1 "
        "(a line break inside a value needs quotes around it)"
    )
    for content, row in ((f"A,B\n{MARK}", 1), (f"A,B\n{MARK}\n1,2\n", 1), (f"A,B\n1,2\n{MARK}\n", 2)):
        form, problems = read(content)
        assert form is not None
        assert form.frame["A"].tolist()[row - 1] == MARK
        line = f":{row + 1}"
        assert problems == [f"raw/ae.csv{line}: {short.format(row)}", warn(f"row {row}, column A", line)]


def test_the_mark_at_the_start_is_no_data_and_a_second_one_is(read: Read) -> None:
    form, problems = read(f"{MARK}A,B\n1,2\n")
    assert form is not None
    assert (list(form.frame), problems) == (["A", "B"], [])
    form, problems = read(f"{MARK}{MARK}A,B\n1,2\n")
    assert form is not None
    assert (list(form.frame), problems) == ([f"{MARK}A", "B"], [warn("the header or a field that is not read")])
    form, problems = read(f"{MARK}\nA,B\n1,2\n")
    assert form is not None
    assert (list(form.frame), problems) == (["A", "B"], [])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_the_mark_of_an_encoding_that_names_its_order(read: Read, encoding: str) -> None:
    form, problems = read(f"{MARK}A,B\n1,2\n".encode(encoding), encoding=encoding)
    assert form is not None
    assert (list(form.frame), problems) == (["A", "B"], [])


def test_a_form_that_cannot_be_parsed_costs_that_form(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "ae.csv").write_text("A,B\n1,2\n")
    (folder / "dm.csv").write_text("A\n1\n")
    parse = parse_rows

    def refuse(blocks: Iterator[bytes], width: int, *rest: Any) -> object:
        if width == 2:
            raise pa.ArrowInvalid("CSV parse error")
        return parse(blocks, width, *rest)

    monkeypatch.setattr("cdisc_conv.raw.delimited.reader.parse_rows", refuse)
    forms, problems = read_forms([FormSource("ae", "ae.csv"), FormSource("dm", "dm.csv")], folder)
    assert list(forms) == ["dm"]
    assert [str(problem) for problem in problems] == [
        "raw/ae.csv: RAW003 form 'ae' cannot be taken apart into rows and fields: CSV parse error (export it again)"
    ]


def test_twenty_thousand_columns(read: Read) -> None:
    """Quadratic work takes minutes here; linear work some seconds."""
    names = [f"C{number}" for number in range(20_000)]
    start = time.monotonic()
    form, problems = read(",".join(names) + "\n1,2\n" * 300, columns=tuple(names))
    assert time.monotonic() - start < 60
    assert form is not None
    assert form.frame.shape == (300, 20_000)
    assert form.frame.iloc[299, :3].tolist() == ["1", "2", ""]
    assert len(problems) == 1


def test_many_columns_without_a_name_or_of_one_name_are_one_finding(read: Read) -> None:
    _, problems = read("A" + "," * 30 + "\n1\n")
    assert problems[0] == (
        "raw/ae.csv:1: RAW013 form 'ae' has no names for 30 empty columns: 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, "
        "15, 16, 17, 18, 19, 20, 21 ... (take the delimiters out of the header)"
    )
    assert len(problems) == 2
    _, problems = read(",".join(["A"] * 30) + "\n")
    assert problems[0] == (
        "raw/ae.csv:1: RAW012 form 'ae' has the column A 30 times, at places 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, "
        "13, 14, 15, 16, 17, 18, 19, 20 ... (only the first is read; give the others names of their own)"
    )


def test_circles_of_links(folder: Path) -> None:
    (folder / "ae.csv").symlink_to(folder / "dm.csv")
    (folder / "dm.csv").symlink_to(folder / "ae.csv")
    form, (problem,) = read_form(FormSource("ae", "ae.csv"), folder)
    assert form is None
    assert str(problem).startswith("raw/ae.csv: RAW002 form 'ae' has a path that cannot be used: ")


def test_an_absolute_path_into_the_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "site").mkdir()
    path = folder / "site" / "ae.csv"
    path.write_text("A\n1\n")
    monkeypatch.chdir(folder.parent)
    for base in (folder, Path("raw")):
        form, (problem,) = read_form(FormSource("ae", path.as_posix()), base)
        assert form is None
        assert (problem.code, problem.message) == ("RAW002", f"form 'ae' has the absolute path '{path.as_posix()}'")
        assert problem.hint == "name it relative to the folder of the export: site/ae.csv"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_the_right_to_read_it(folder: Path) -> None:
    (folder / "ae.csv").write_text("A\n1\n")
    (folder / "ae.csv").chmod(0)
    form, (problem,) = read_form(FormSource("ae", "ae.csv"), folder)
    assert form is None
    assert (problem.code, problem.hint) == ("RAW003", "check the permissions of the file")
