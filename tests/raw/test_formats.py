"""Which reader a file gets, by its content and its name, and what is said of files that none can read."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from cdisc_conv.raw import FormSource, read_form, registry
from cdisc_conv.raw.source import Reporter
from cdisc_conv.raw.tables import Container, NumberRows, RawBatch, RawFile, RawTable, Reader


def refuse(folder: Path, name: str, content: bytes, **settings: str) -> str:
    (folder / name).write_bytes(content)
    form, problems = read_form(FormSource("ae", name, **settings), folder)
    assert form is None
    (problem,) = problems
    known = "one of the formats " + ", ".join(registry.load_readers())
    return str(problem).replace(known, "one of the formats FORMATS")


PAGE = "it may be an error page or a web table saved under this name; export the data again"
BARE_XML = "of XML, only ODM is read; export it as ODM, CSV or XLSX"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "ae.csv",
            gzip.compress(b"A,B\n1,2\n", mtime=0),
            "a gzip file, not FORMATS (unpack it and give the file in it)",
        ),
        ("ae.xls", b"<html><body><table>", f"an HTML page, not FORMATS ({PAGE})"),
        ("ae.xpt", b"\n<!DOCTYPE html>\n<html>404", f"an HTML page, not FORMATS ({PAGE})"),
        ("ae.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel file, or one with a password, not FORMATS "
         "(save it as .xlsx without a password, or as CSV)"),
        ("ae.csv", b"%PDF-1.7", "a PDF document, not FORMATS (export the data as CSV, XLSX or SAS files)"),
        ("ae.csv", b'{"resourceType": "Bundle"}', "JSON, but not Dataset-JSON, not FORMATS "
         "(export it as Dataset-JSON 1.1, CSV or XLSX)"),
        ("ae.xml", b'<?xml version="1.0"?><Observation/>',
         f"XML with the root element Observation, not FORMATS ({BARE_XML})"),
    ],
)  # fmt: skip
def test_files_that_are_something_else(folder: Path, name: str, content: bytes, message: str) -> None:
    message = message.replace("FORMATS", "one of the formats FORMATS")
    assert refuse(folder, name, content) == f"raw/{name}: RAW019 form 'ae' is {message}"


@pytest.mark.parametrize(
    ("name", "label"),
    [("ae.xlsx", "an Excel workbook"), ("ae.sas7bdat", "a SAS data set"), ("ae.json", "a Dataset-JSON file"),
     ("ae.xml", "an ODM-XML file"), ("ae.zip", "a zip archive")],
)  # fmt: skip
def test_text_under_the_name_of_another_format(folder: Path, name: str, label: str) -> None:
    assert refuse(folder, name, b"SUBJID,TERM\n1,x\n") == (
        f"raw/{name}: RAW019 form 'ae' is not what its name says, {label} "
        "(ask for the file again, or declare 'format: csv' if it is delimited text)"
    )
    form, problems = read_form(FormSource("ae", name, format="csv"), folder)
    assert form is not None
    assert (form.frame.to_dict("list"), problems) == ({"SUBJID": ["1"], "TERM": ["x"]}, [])


def test_binary_data(folder: Path) -> None:
    assert refuse(folder, "ae.csv", bytes(range(256)) * 4) == (
        "raw/ae.csv: RAW019 form 'ae' is binary data, not one of the formats FORMATS "
        "(give the file that the EDC exported)"
    )


def test_wide_text_is_no_binary_data(folder: Path) -> None:
    text = "A,B\n" + "".join(f"{chr(0x4E00 + number * 7)},{chr(0x5101 + number)}\n" for number in range(200))
    (folder / "ae.csv").write_bytes(text.encode("utf-16-le"))
    form, problems = read_form(FormSource("ae", "ae.csv", encoding="utf-16-le"), folder)
    assert form is not None
    assert (len(form.frame), problems) == (200, [])


def test_a_declared_format_that_does_not_exist(folder: Path) -> None:
    assert refuse(folder, "ae.csv", b"A\n1\n", format="cvs") == (
        "raw/ae.csv: RAW019 form 'ae' has the format 'cvs', which is unknown (did you mean csv?)"
    )


def test_a_declared_format_that_the_file_does_not_have(folder: Path) -> None:
    assert refuse(folder, "ae.csv", gzip.compress(b"A\n1\n", mtime=0), format="csv") == (
        "raw/ae.csv: RAW019 form 'ae' is a gzip file, not delimited text (unpack it and give the file in it)"
    )


@pytest.mark.parametrize("header", ["<AE>,B", "[A],B", "{A},B", "<5 mg,B"])
def test_headers_that_only_begin_like_something_else(folder: Path, header: str) -> None:
    (folder / "ae.csv").write_text(f"{header}\n1,2\n")
    form, problems = read_form(FormSource("ae", "ae.csv"), folder)
    assert form is not None
    assert (list(form.frame), problems) == (header.split(","), [])


class _Lines(RawTable):
    header = ("LINE",)

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    def read(self, places: Sequence[int]) -> Iterator[RawBatch]:
        number = NumberRows()
        for line in self._lines:
            columns = [pa.array([line], pa.large_string())] * len(places)
            yield RawBatch(pa.record_batch(columns, [str(place) for place in places]), number.take(1))


class _Sections(Container):
    def __init__(self, text: str) -> None:
        self._sections = dict(part.split("\n", 1) for part in text.split("%%")[1:])
        self.tables = list(self._sections)

    def table(self, name: str, source: FormSource, reporter: Reporter) -> RawTable:
        return _Lines(self._sections[name].split())


class _SectionsReader(Reader):
    name = "sections"
    label = "a file of sections"
    suffixes = (".sec",)
    opened = 0

    def recognises(self, head: bytes, name: str) -> bool:
        return head.startswith(b"%%")

    def open(self, file: RawFile, reporter: Reporter) -> Container:
        type(self).opened += 1
        return _Sections(file.path.read_text())


@pytest.fixture
def sections(monkeypatch: pytest.MonkeyPatch) -> None:
    readers = dict(registry.load_readers())
    monkeypatch.setattr(registry, "_registered", readers)
    registry.register(_SectionsReader)


@pytest.mark.usefixtures("sections")
def test_a_reader_of_a_plug_in(folder: Path) -> None:
    (folder / "all.sec").write_text("%%AE\na\nb\n%%DM\nc\n")
    form, problems = read_form(FormSource("ae", "all.sec"), folder)
    assert form is not None
    assert (form.frame.to_dict("list"), problems) == ({"LINE": ["a", "b"]}, [])
    form, problems = read_form(FormSource("vs", "all.sec", table="dm"), folder)
    assert form is not None
    assert (form.frame.to_dict("list"), problems) == ({"LINE": ["c"]}, [])


@pytest.mark.usefixtures("sections")
def test_a_file_without_the_form(folder: Path) -> None:
    assert refuse(folder, "all.sec", b"%%AE\na\n%%DM\nc\n", table="DX") == (
        "raw/all.sec: RAW020 form 'ae' is to be table 'DX', which the file does not hold "
        "(it holds AE, DM; name the form's with 'table')"
    )


def test_two_readers_of_one_name() -> None:
    with pytest.raises(ValueError, match="the reader 'csv' is registered twice"):
        registry.register(type("Other", (_SectionsReader,), {"name": "csv"}))
