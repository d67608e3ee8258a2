"""Rows, headers and keys that are wrong: the whole message of each."""

from pathlib import Path

import pytest

from cdisc_conv.problems import Severity
from cdisc_conv.raw import FormSource, read_form
from tests.raw.conftest import Read


def test_rows_with_too_few_and_too_many_fields_keep_their_place(read: Read) -> None:
    form, problems = read('A,B\n1,"x\ny"\n2\n\n3,4,5\n6,7\n8,"9\n",0\n')
    assert problems == [
        "raw/ae.csv:4: RAW010 form 'ae' has 1 row with fewer fields than its 2 columns: row 2 has 1 "
        "(a line break inside a value needs quotes around it)",
        "raw/ae.csv:6: RAW010 form 'ae' has 2 rows with more fields than its 2 columns: row 3 has 3, row 5 has 3 "
        "(a delimiter inside a value needs quotes around it)",
    ]
    assert form is not None
    assert form.frame.to_dict("list") == {"A": ["1", "2", "3", "6", "8"], "B": ["x\ny", "", "4", "7", "9\n"]}


def test_only_ragged_rows(folder: Path) -> None:
    (folder / "ae.csv").write_text("A,B\n" + "1\n" * 20)
    form, (problem,) = read_form(FormSource("ae", "ae.csv"), folder)
    assert form is not None
    assert form.frame.shape == (20, 2)
    assert problem.message == (
        "form 'ae' has 20 rows with fewer fields than its 2 columns: row 1 has 1, row 2 has 1, row 3 has 1 ..."
    )
    assert problem.place.rows == tuple(range(1, 11))
    assert problem.count == 20
    assert problem.value == "1"


def test_ragged_rows_in_a_projection(read: Read) -> None:
    form, _ = read("A,B,C\n1,2,3\n4,5\n6,7,8,9\n", usecols={"C"})
    assert form is not None
    assert form.frame.to_dict("list") == {"C": ["3", "", "8"]}


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('A,B\n1,2\n3,"x\n4,5\n', "raw/ae.csv:3: RAW011 form 'ae' has a quote in row 2 that is never closed"),
        ('A,"B\n1,2\n', "raw/ae.csv:1: RAW011 form 'ae' has a quote in the header that is never closed"),
        ('A,B\n1,"', "raw/ae.csv:2: RAW011 form 'ae' has a quote in row 1 that is never closed"),
    ],
)
def test_quotes_that_are_never_closed(read: Read, content: str, place: str) -> None:
    assert read(content) == (None, [f"{place} (quotes inside a quoted value are doubled)"])


def test_text_behind_a_closing_quote(read: Read) -> None:
    form, problems = read('A,B\n"a\nb",2\n3,"6" nail"\n')
    assert form is not None
    assert problems == [
        "raw/ae.csv:4: RAW011 form 'ae' has text behind a closing quote in row 2 "
        "(quotes inside a quoted value are doubled)"
    ]


def test_two_stray_quotes_do_not_hide_a_record(read: Read) -> None:
    _, problems = read('A,B\n1,"x\n2,"y\n')
    assert problems == [
        "raw/ae.csv:2: RAW011 form 'ae' has text behind a closing quote in row 1 "
        "(quotes inside a quoted value are doubled)"
    ]


def test_missing_columns(read: Read) -> None:
    form, problems = read("SUBJID,AETREM\n1,2\n", columns=("SUBJID", "AETERM", "VISIT"), key=("SUBJID", "FSEQ"))
    assert form is not None
    assert problems[:3] == [
        "raw/ae.csv:1: RAW004 form 'ae' has no column AETERM (did you mean AETREM?)",
        "raw/ae.csv:1: RAW004 form 'ae' has no column VISIT (the columns are SUBJID, AETREM)",
        "raw/ae.csv:1: RAW004 form 'ae' has no column FSEQ (the columns are SUBJID, AETREM)",
    ]


def test_undeclared_columns_are_a_note(folder: Path) -> None:
    (folder / "ae.csv").write_text("A,B,C\n1,2,3\n")
    _, (problem,) = read_form(FormSource("ae", "ae.csv", columns=("B",)), folder)
    assert str(problem) == "raw/ae.csv:1: RAW005 form 'ae' has 2 columns not in forms.yaml: A, C"
    assert problem.severity is Severity.NOTE


@pytest.mark.parametrize("columns", [None, ()])
def test_without_declared_columns_every_column_is_fine(read: Read, columns: tuple[str, ...] | None) -> None:
    assert read("A,B\n1,2\n", columns=columns)[1] == []


def test_duplicate_names_of_columns(read: Read) -> None:
    form, problems = read("A,B,A,B,A\n1,2,3,4,5\n")
    assert problems == [
        "raw/ae.csv:1: RAW012 form 'ae' has the column A 3 times, at places 1, 3, 5 "
        "(only the first is read; give the others names of their own)",
        "raw/ae.csv:1: RAW012 form 'ae' has the column B 2 times, at places 2, 4 "
        "(only the first is read; give the others names of their own)",
    ]
    assert form is not None
    assert form.frame.to_dict("list") == {"A": ["1"], "B": ["2"]}


def test_columns_without_a_name(folder: Path) -> None:
    (folder / "ae.csv").write_text("A,,B, \n1,,2,x\n3,,4,\n")
    form, problems = read_form(FormSource("ae", "ae.csv"), folder)
    assert [(problem.severity, str(problem)) for problem in problems] == [
        (
            Severity.WARNING,
            "raw/ae.csv:1: RAW013 form 'ae' has no name for column 2 (take the delimiter out of the header)",
        ),
        (
            Severity.ERROR,
            "raw/ae.csv:1: RAW013 form 'ae' has no name for column 4, which has 1 value "
            "(the column is not read; name it in the header)",
        ),
    ]
    assert form is not None
    assert list(form.frame) == ["A", "B"]


def test_duplicate_keys_show_their_values(folder: Path) -> None:
    (folder / "ae.csv").write_text('ID,SEQ,T\n001,1,"a\nb"\n002,1,c\n001,1,d\n002,2,e\n001,1,f\n002,2,g\n')
    form, (problem,) = read_form(FormSource("ae", "ae.csv", key=("ID", "SEQ")), folder)
    assert form is not None
    assert len(form.frame) == 6
    assert str(problem) == (
        "raw/ae.csv:2: RAW014 form 'ae' has 5 rows that share their key ID, SEQ with another: "
        "'001', '1' in rows 1, 3, 5; '002', '2' in rows 4, 6 "
        "(remove the copies, or add the column that tells them apart to the key)"
    )
    assert (problem.severity, problem.place.rows, problem.count) == (Severity.WARNING, (1, 3, 4, 5, 6), 5)


def test_many_duplicate_keys_are_cut_short(read: Read) -> None:
    _, problems = read("ID\n" + "".join(f"{n}\n{n}\n" for n in range(5)), key=("ID",))
    assert problems == [
        "raw/ae.csv:2: RAW014 form 'ae' has 10 rows that share their key ID with another: "
        "'0' in rows 1, 2; '1' in rows 3, 4; '2' in rows 5, 6; and 2 more "
        "(remove the copies, or add the column that tells them apart to the key)"
    ]


def test_all_findings_at_once(folder: Path) -> None:
    (folder / "ae.csv").write_bytes(b"ID,X,X\n1,\xff,2\n1,3\n")
    source = FormSource("ae", "ae.csv", columns=("ID", "Y"), key=("ID",))
    _, problems = read_form(source, folder)
    assert [problem.code for problem in problems] == ["RAW012", "RAW004", "RAW005", "RAW010", "RAW009", "RAW014"]
