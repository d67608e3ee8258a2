"""How delimited text is written: header rows, labels, quotes, a line that Excel reads, a mark of the end."""

from __future__ import annotations

import pytest

from tests.raw.conftest import Read


def test_labels_above_the_names(read: Read) -> None:
    form, problems = read("Subject,Term\nSUBJID,AETERM\n001,Rash\n", header=("labels", "names"))
    assert form is not None
    assert problems == []
    assert form.frame.to_dict("list") == {"SUBJID": ["001"], "AETERM": ["Rash"]}
    assert form.labels == {"SUBJID": "Subject", "AETERM": "Term"}


def test_names_above_the_labels_and_a_title_above_both(read: Read) -> None:
    form, problems = read("Study X\n\nA,B\n'first','second'\n1,2\n3\n", header=("skip", "names", "labels"), quote="'")
    assert form is not None
    assert form.frame.to_dict("list") == {"A": ["1", "3"], "B": ["2", ""]}
    assert form.labels == {"A": "first", "B": "second"}
    assert problems == [
        "raw/ae.csv:6: RAW010 form 'ae' has 1 row with fewer fields than its 2 columns: row 2 has 1 "
        "(a line break inside a value needs quotes around it)"
    ]


def test_groups_go_before_the_names(read: Read) -> None:
    form, problems = read("SUBJ,ALT,,AST,\n,RES,UNIT,RES,UNIT\n1,2,U,3,V\n", header=("group", "names"))
    assert form is not None
    assert list(form.frame) == ["ALT_RES", "ALT_UNIT", "AST_RES", "AST_UNIT"]
    assert problems == [
        "raw/ae.csv:1: RAW013 form 'ae' has no name for column 1, which has 1 value "
        "(the column is not read; name it in the header)"
    ]


def test_no_header_at_all(read: Read) -> None:
    form, problems = read("1,2\n3,4\n", header=(), columns=("A", "B"))
    assert form is not None
    assert (form.frame.to_dict("list"), problems) == ({"A": ["1", "3"], "B": ["2", "4"]}, [])


@pytest.mark.parametrize("header", ["A,B\n", "Subject,Term\nA,B\n"])
def test_fewer_rows_than_header_rows(read: Read, header: str) -> None:
    form, problems = read(header, header=("labels", "names", "skip"))
    assert (form is None, len(problems)) == (True, 1)
    lines = header.count("\n")
    assert problems == [
        f"raw/ae.csv: RAW006 form 'ae' has {lines} row{'s' * (lines > 1)}, but 3 header rows are declared "
        "(declare with 'header' what each of its header rows holds)"
    ]


def test_without_quotes_a_quote_is_a_sign(read: Read) -> None:
    form, problems = read('A|B\n5" tape|"x\n', delimiter="|", quote="")
    assert form is not None
    assert (form.frame.to_dict("list"), problems) == ({"A": ['5" tape'], "B": ['"x']}, [])


def test_the_line_that_tells_excel_the_delimiter(read: Read) -> None:
    form, problems = read("sep=;\r\nA;B\r\n1;2\r\n3\r\n", delimiter=";")
    assert form is not None
    assert form.frame.to_dict("list") == {"A": ["1", "3"], "B": ["2", ""]}
    assert [problem.split(" ")[0] for problem in problems] == ["raw/ae.csv:4:"]
    assert read("sep=;\nA;B\n1;2\n") == (
        None,
        [
            "raw/ae.csv:1: RAW008 form 'ae' begins with the line 'sep=;', but the delimiter ',' is declared "
            "(declare the delimiter ';')"
        ],
    )


@pytest.mark.parametrize("last", ["EOF", "EOF,", '"EOF",""', " EOF \r\n", "EOF\n\n"])
def test_the_mark_of_the_end_is_no_row(read: Read, last: str) -> None:
    form, problems = read(f"A,B\n1,2\n3,4\n{last}", end="EOF")
    assert form is not None
    assert (form.frame.to_dict("list"), problems) == ({"A": ["1", "3"], "B": ["2", "4"]}, [])


def test_a_file_without_its_mark_is_cut_short(read: Read) -> None:
    form, problems = read("A,B\n1,2\nEOF,3\n", end="EOF")
    assert form is not None
    assert form.frame["A"].tolist() == ["1", "EOF"]
    assert problems == [
        "raw/ae.csv: RAW021 form 'ae' does not end with the line 'EOF', so it was cut short (ask for the file again, "
        "or take 'end' out of its declaration)"
    ]


def test_a_mark_of_the_end_that_is_not_declared(read: Read) -> None:
    assert read("A,B\n1,2\nEOF\n")[1] == [
        "raw/ae.csv:3: RAW010 form 'ae' has 1 row with fewer fields than its 2 columns: row 2 has 1 (a line break "
        "inside a value needs quotes around it; if the last line only marks the end of the file, declare it with 'end')"
    ]


def test_records_longer_than_a_block(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cdisc_conv.raw.delimited.stream.BLOCK", 64)
    monkeypatch.setattr("cdisc_conv.raw.delimited.reader.BLOCK", 64)
    rows = [f'{number},"x ""{number}"" é"\n' for number in range(40)]
    rows[7], rows[20], rows[30] = "7\n", f"20,{'long ' * 50}\n", "30,a,b\n"
    form, problems = read("A,B\n" + "".join(rows))
    assert form is not None
    assert form.frame["A"].tolist() == [str(number) for number in range(40)]
    assert form.frame["B"].tolist()[5:9] == ['x "5" é', 'x "6" é', "", 'x "8" é']
    assert form.frame["B"][20] == "long " * 50
    assert [problem.split(": ")[1].split(" ")[0] + problem.split(": ")[2] for problem in problems] == [
        "RAW010row 8 has 1 (a line break inside a value needs quotes around it)",
        "RAW010row 31 has 3 (a delimiter inside a value needs quotes around it)",
    ]


def test_small_blocks_change_nothing(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f'{number},"\n{"é" * (number % 5)}",\ufeff{number}\n' + "\n" * (number % 3) for number in range(50))
    content = f"A,B,C\n{rows}x\n1,2\n".encode("utf-16")
    whole = read(content, encoding="utf-16")
    monkeypatch.setattr("cdisc_conv.raw.delimited.stream.BLOCK", 31)
    form, problems = read(content, encoding="utf-16")
    assert form is not None
    assert whole[0] is not None
    assert form.frame.equals(whole[0].frame)
    assert problems == whole[1]
    assert len(problems) == 2
