"""Files that are not what they should be: the whole message of each."""

import os
from pathlib import Path

import pytest

from cdisc_conv.problems import Severity
from cdisc_conv.raw import FormSource, read_form, read_forms
from tests.raw.conftest import Read


def refuse(path: str, folder: Path) -> list[str]:
    form, problems = read_form(FormSource("ae", path), folder)
    assert form is None
    return [str(problem) for problem in problems]


def test_missing_file_with_a_likely_one(folder: Path) -> None:
    (folder / "ae_v2.csv").write_text("A\n")
    assert refuse("ae_v1.csv", folder) == [
        "raw/ae_v1.csv: RAW001 form 'ae' has no file ae_v1.csv in raw (did you mean ae_v2.csv?)"
    ]


def test_missing_file_with_others(folder: Path) -> None:
    for name in ("dm", "vs", "lb"):
        (folder / f"{name}.csv").write_text("A\n")
    (folder / "x").mkdir()
    assert refuse("adverse_events.txt", folder) == [
        "raw/adverse_events.txt: RAW001 form 'ae' has no file adverse_events.txt in raw "
        "(the files are dm.csv, lb.csv, vs.csv)"
    ]


def test_missing_file_in_an_empty_or_missing_folder(folder: Path) -> None:
    assert refuse("ae.csv", folder) == [
        "raw/ae.csv: RAW001 form 'ae' has no file ae.csv in raw (the folder has no files)"
    ]
    assert refuse("site/ae.csv", folder) == [
        "raw/site/ae.csv: RAW001 form 'ae' has no file site/ae.csv in raw (there is no folder site)"
    ]


def test_file_that_differs_in_case(folder: Path) -> None:
    (folder / "AE.csv").write_text("A\n1\n")
    if (folder / "ae.csv").exists():
        pytest.skip("this file system does not tell capital and small letters apart")
    assert refuse("ae.csv", folder) == [
        "raw/ae.csv: RAW001 form 'ae' has no file ae.csv in raw "
        "(there is AE.csv; upper and lower case are distinguished)"
    ]


def test_missing_folder(tmp_path: Path) -> None:
    forms, problems = read_forms([FormSource("ae", "ae.csv"), FormSource("dm", "dm.csv")], tmp_path / "raw")
    assert forms == {}
    assert [str(problem) for problem in problems] == [
        "raw: RAW001 there is no folder raw to read the forms from (name the folder of the raw export)"
    ]


@pytest.mark.parametrize("path", ["../secret.csv", "a/../../secret.csv", "..\\secret.csv"])
def test_paths_out_of_the_folder(folder: Path, path: str) -> None:
    (folder.parent / "secret.csv").write_text("A\n1\n")
    (message,) = refuse(path, folder)
    assert message == (
        f"raw/{path.replace(chr(92), '/')}: RAW002 form 'ae' has the path '{path}', which leads out of raw "
        "(name a file inside the folder)"
    )


def test_absolute_paths(folder: Path) -> None:
    path = folder.parent / "secret.csv"
    path.write_text("A\n1\n")
    (message,) = refuse(path.as_posix(), folder)
    assert f"RAW002 form 'ae' has the path '{path.as_posix()}', which leads out of raw" in message


def link(at: Path, to: Path) -> None:
    try:
        at.symlink_to(to)
    except OSError:
        pytest.skip("links need a right that this user does not have")


def test_links_out_of_the_folder(folder: Path) -> None:
    (folder.parent / "secret.csv").write_text("A\n1\n")
    link(folder / "ae.csv", folder.parent / "secret.csv")
    assert refuse("ae.csv", folder) == [
        "raw/ae.csv: RAW002 form 'ae' is a link to a place outside raw (put the file itself into the folder)"
    ]


def test_linked_folders_out_of_the_folder(folder: Path) -> None:
    (folder.parent / "other").mkdir()
    (folder.parent / "other" / "ae.csv").write_text("A\n1\n")
    link(folder / "site", folder.parent / "other")
    assert refuse("site/ae.csv", folder) == [
        "raw/site/ae.csv: RAW002 form 'ae' is a link to a place outside raw (put the file itself into the folder)"
    ]


def test_links_inside_the_folder_are_fine(folder: Path) -> None:
    (folder / "ae_2024.csv").write_text("A\n1\n")
    link(folder / "ae.csv", folder / "ae_2024.csv")
    form, problems = read_form(FormSource("ae", "ae.csv"), folder)
    assert form is not None
    assert problems == []


def test_a_folder_is_no_file(folder: Path) -> None:
    (folder / "ae.csv").mkdir()
    assert refuse("ae.csv", folder) == ["raw/ae.csv: RAW002 form 'ae' is a folder, not a file (name a file in it)"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_is_no_file(folder: Path) -> None:
    os.mkfifo(folder / "ae.csv")
    assert refuse("ae.csv", folder) == ["raw/ae.csv: RAW002 form 'ae' is not a plain file (name a delimited text file)"]


def test_a_name_no_file_can_have(folder: Path) -> None:
    (message,) = refuse("a\0e.csv", folder)
    assert "RAW002 form 'ae' has a path that cannot be used: " in message


def test_a_file_that_cannot_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "ae.csv").write_text("A\n1\n")

    def refuse_to_open(self: Path, *settings: object, **more: object) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse_to_open)
    assert refuse("ae.csv", folder) == [
        "raw/ae.csv: RAW003 form 'ae' cannot be read: Permission denied (check the permissions of the file)"
    ]


@pytest.mark.parametrize("content", [b"", b"\n\r\n", b"  \n", b"\xef\xbb\xbf"])
def test_empty_file(read: Read, content: bytes) -> None:
    assert read(content) == (
        None,
        ["raw/ae.csv: RAW006 form 'ae' is empty, without even a header (export it again)"],
    )


def test_header_only_is_a_warning(folder: Path) -> None:
    (folder / "ae.csv").write_text("A,B\n")
    form, (problem,) = read_form(FormSource("ae", "ae.csv", key=("A",)), folder)
    assert form is not None
    assert form.frame.shape == (0, 2)
    assert set(map(str, form.frame.dtypes)) == {"str"}
    assert problem.severity is Severity.WARNING
    assert str(problem) == (
        "raw/ae.csv: RAW007 form 'ae' has a header and no rows (export it again if subjects have data there)"
    )


@pytest.mark.parametrize(
    ("content", "declared", "message"),
    [
        (
            '"A";"B"\n1;2\n',
            ",",
            "form 'ae' has one column when split at a comma, but its header holds a semicolon "
            "(declare the delimiter ';')",
        ),
        (
            "A\tB\n1\t2\n",
            ",",
            "form 'ae' has one column when split at a comma, but its header holds a tab (declare the delimiter '\\t')",
        ),
        (
            "A|B|C\n",
            ";",
            "form 'ae' has one column when split at a semicolon, but its header holds a vertical bar "
            "(declare the delimiter '|')",
        ),
        (
            "A,B\n",
            "#",
            "form 'ae' has one column when split at '#', but its header holds a comma (declare the delimiter ',')",
        ),
    ],
)
def test_wrong_delimiter(read: Read, content: str, declared: str, message: str) -> None:
    assert read(content, delimiter=declared, columns=("A", "B")) == (None, [f"raw/ae.csv:1: RAW008 {message}"])


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n", "¦"])
def test_impossible_delimiter(read: Read, delimiter: str) -> None:
    assert read("A\n1\n", delimiter=delimiter) == (
        None,
        [
            f"raw/ae.csv: RAW008 form 'ae' is declared with the delimiter {delimiter!r}, which cannot be one "
            "(one character such as , ; | or a tab)"
        ],
    )


def test_one_column_is_fine(read: Read) -> None:
    assert read("A\n1;2\n")[1] == []


BYTES_HINT = "(declare the encoding it has, such as cp1252 or gb18030; what cannot be read stands as U+FFFD)"


def test_bytes_that_are_not_utf8(read: Read) -> None:
    form, problems = read(b'A,B\n1,"x\ny"\n2,caf\xe9\n3,\xff\n')
    assert problems == [
        "raw/ae.csv:4: RAW009 form 'ae' is not utf-8: 0xE9 at byte 18, in row 2, column B (2 rows in all) " + BYTES_HINT
    ]
    assert form is not None
    assert form.frame["B"].tolist() == ["x\ny", "caf\ufffd", "\ufffd"]


def test_bytes_that_are_not_the_declared_encoding(read: Read) -> None:
    assert read(b"A,B\n1,\x81\n", encoding="cp1252")[1] == [
        "raw/ae.csv:2: RAW009 form 'ae' is not cp1252: 0x81 at byte 7, in row 1, column B " + BYTES_HINT
    ]


def test_bad_bytes_in_the_header(read: Read) -> None:
    assert read(b"A,B\xe9\n1,2\n")[1] == [
        "raw/ae.csv: RAW009 form 'ae' is not utf-8: 0xE9 at byte 4, in the header or a field that is not read "
        + BYTES_HINT
    ]


@pytest.mark.parametrize(
    ("data", "declared", "actual"),
    [
        ("A,B\n1,é\n".encode("utf-16"), "utf-8", "utf-16"),
        ("A,B\n1,é\n".encode("utf-16-le"), "utf-8", "utf-16-le"),
        ("A,B\n1,é\n".encode("utf-16-be"), "cp1252", "utf-16-be"),
        ("A,B\n1,é\n".encode("utf-32"), "utf-8", "utf-32"),
        ("A,B\n1,é\n".encode("utf-8-sig"), "cp1252", "utf-8"),
    ],
)
def test_another_encoding_that_shows_itself(read: Read, data: bytes, declared: str, actual: str) -> None:
    form, problems = read(data, encoding=declared)
    assert problems == [
        f"raw/ae.csv: RAW009 form 'ae' is {actual}, but {declared} is declared (declare the encoding {actual})"
    ]
    assert form is not None
    assert form.frame.to_dict("list") == {"A": ["1"], "B": ["é"]}


@pytest.mark.parametrize("encoding", ["utf-9", "hex", "", "undefined"])
def test_encodings_that_do_not_exist(read: Read, encoding: str) -> None:
    assert read("A\n1\n", encoding=encoding) == (
        None,
        [
            f"raw/ae.csv: RAW009 form 'ae' is declared with the encoding '{encoding}', which does not exist "
            "(common ones are utf-8, utf-16, cp1252, gb18030, shift_jis)"
        ],
    )


def test_nul_characters(read: Read) -> None:
    form, problems = read("A,B\n1,2\n3,x\0y\n\0,\0\n")
    assert problems == [
        "raw/ae.csv:3: RAW015 form 'ae' holds NUL characters, first in row 2, column B (2 rows in all) "
        "(the file is damaged or no text; export it again)"
    ]
    assert form is not None
    assert form.frame["B"].tolist() == ["2", "x\0y", "\0"]
