"""What is read: text as it stands in the file."""

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc_conv.raw import FormSource, read_form, read_forms
from tests.raw.conftest import Read


def test_every_value_is_text_as_it_stands(read: Read) -> None:
    form, problems = read('A,B\n 001 ,NA\n1.50,NULL\n,"a ""b"", c"\n"x\ny",\u4e2d\n')
    assert problems == []
    assert form is not None
    expected = pd.DataFrame({"A": [" 001 ", "1.50", "", "x\ny"], "B": ["NA", "NULL", 'a "b", c', "中"]}, dtype="str")
    pd.testing.assert_frame_equal(form.frame, expected)
    assert (form.name, form.path) == ("ae", "raw/ae.csv")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_platform(read: Read, end: str) -> None:
    form, problems = read(f"A,B{end}1,2{end}{end}3,4")
    assert problems == []
    assert form is not None
    assert form.frame.to_dict("list") == {"A": ["1", "3"], "B": ["2", "4"]}


def test_blank_lines_are_not_rows(read: Read) -> None:
    form, problems = read("\n\nA,B\n\n1,2\n\n\n")
    assert problems == []
    assert form is not None
    assert form.frame.to_dict("list") == {"A": ["1"], "B": ["2"]}


def test_a_quote_inside_an_unquoted_value_is_a_character(read: Read) -> None:
    form, problems = read('A,B\n6" nail,x"y"\n"q",2\n')
    assert problems == []
    assert form is not None
    assert form.frame.to_dict("list") == {"A": ['6" nail', "q"], "B": ['x"y"', "2"]}


def test_blanks_around_names_of_columns_go(read: Read) -> None:
    form, problems = read(" A ,B\n1,2\n", columns=("A", "B"))
    assert problems == []
    assert form is not None
    assert list(form.frame) == ["A", "B"]


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("utf-8", "A\né中\n".encode("utf-8-sig")),
        ("utf-8-sig", "A\né中\n".encode()),
        ("utf-16", "A\né中\n".encode("utf-16")),
        ("utf-16-le", "A\né中\n".encode("utf-16-le")),
        ("gb18030", "A\né中\n".encode("gb18030")),
    ],
)
def test_encodings(read: Read, encoding: str, data: bytes) -> None:
    form, problems = read(data, encoding=encoding)
    assert problems == []
    assert form is not None
    assert form.frame.to_dict("list") == {"A": ["é中"]}


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_delimiters(read: Read, delimiter: str) -> None:
    form, problems = read(f'A{delimiter}B\n"1{delimiter}2"{delimiter},\n', delimiter=delimiter)
    assert problems == []
    assert form is not None
    assert form.frame.to_dict("list") == {"A": [f"1{delimiter}2"], "B": [","]}


def test_a_projection_still_checks_the_key(read: Read) -> None:
    form, problems = read("A,B,C\n1,2,3\n1,2,4\n", usecols={"C"}, key=("A",))
    assert form is not None
    assert form.frame.to_dict("list") == {"C": ["3", "4"]}
    assert len(problems) == 1


def test_a_projection_to_nothing_keeps_the_rows(read: Read) -> None:
    form, problems = read("A,B\n1,2\n1,2\n", usecols=set())
    assert form is not None
    assert form.frame.shape == (2, 0)
    assert problems == []


def test_values_longer_than_a_block(read: Read) -> None:
    long = "x" * 40_000_000
    form, problems = read(f'A,B\n1,2\n"{long}",3\n4,5\n')
    assert problems == []
    assert form is not None
    assert form.frame["A"].str.len().tolist() == [1, 40_000_000, 1]


def test_forms_in_folders_of_the_folder(folder: Path) -> None:
    (folder / "site").mkdir()
    (folder / "site" / "ae.csv").write_text("A\n1\n")
    form, problems = read_form(FormSource("ae", "site/ae.csv"), folder)
    assert problems == []
    assert form is not None
    assert form.path == "raw/site/ae.csv"


def test_all_forms_with_all_their_problems(folder: Path) -> None:
    (folder / "ae.csv").write_text("A\n1\n")
    (folder / "dm.csv").write_text("")
    sources = [FormSource("ae", "ae.csv"), FormSource("dm", "dm.csv"), FormSource("vs", "vs.csv")]
    forms, problems = read_forms(sources, folder)
    assert list(forms) == ["ae"]
    assert [problem.code for problem in problems] == ["RAW006", "RAW001"]


def test_control_characters_of_text_are_no_binary_data(folder: Path) -> None:
    (folder / "f.csv").write_text("A,B\n\x1f\x1f\x1f,\x1f\x1f\x1f\n")
    form, problems = read_form(FormSource("f", "f.csv"), folder)
    assert problems == [] and form is not None
    assert form.frame["B"].tolist() == ["\x1f\x1f\x1f"]


CELLS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=6) | st.text(
    alphabet="a\",;\r\n \t'", max_size=6
)


@settings(deadline=None, max_examples=200)
@given(
    rows=st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=6)),
    delimiter=st.sampled_from(",;\t|"),
    # With "\n" as its line end, the csv module leaves a lone "\r" without quotes.
    style=st.sampled_from([("\n", csv.QUOTE_ALL), ("\r\n", csv.QUOTE_ALL), ("\r\n", csv.QUOTE_MINIMAL)]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    delimiter: str,
    style: tuple[str, int],
    encoding: str,
) -> None:
    width = len(rows[0]) if rows else 2
    names = [f"C{place}" for place in range(width)]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=style[1], lineterminator=style[0]).writerows([names, *rows])
    folder = tmp_path_factory.mktemp("raw")
    (folder / "f.csv").write_bytes(out.getvalue().encode(encoding))
    form, problems = read_form(FormSource("f", "f.csv", encoding=encoding, delimiter=delimiter), folder)
    text = "".join(cell for row in rows for cell in row)
    expected = {code for sign, code in (("\0", "RAW015"), ("\ufeff", "RAW018")) if sign in text}
    assert {problem.code for problem in problems} == (expected if rows else {"RAW007"})
    assert form is not None
    expected = pd.DataFrame({name: [row[place] for row in rows] for place, name in enumerate(names)}, dtype="str")
    pd.testing.assert_frame_equal(form.frame, expected, check_index_type=False)


def test_the_csv_module_is_left_as_it_was(read: Read) -> None:
    before = csv.field_size_limit()
    read('A,B\n"1"x,2\n3\n')
    assert csv.field_size_limit() == before
