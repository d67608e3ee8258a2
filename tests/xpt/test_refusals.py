"""What the writer refuses, in whole messages, all at once, and that nothing is left behind."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from cdisc_conv.problems import Severity
from cdisc_conv.xpt import XptError, XptVariable, read_xpt, write_xpt


def text(name="A", length=5, **more):
    return XptVariable(name, numeric=False, length=length, **more)


def number(name="A", length=8, **more):
    return XptVariable(name, numeric=True, length=length, **more)


def refusals(tmp_path, frame, variables=None, name="AE", **more):
    """The messages; also that no file appeared, not even a temporary one."""
    with pytest.raises(XptError) as error:
        write_xpt(frame, tmp_path / "x.xpt", name=name, variables=variables, **more)
    assert list(tmp_path.iterdir()) == []
    assert {problem.severity for problem in error.value.problems} == {Severity.ERROR}
    return [str(problem) for problem in error.value.problems]


ONE_TEXT = pd.DataFrame({"A": ["x"]})
ONE_NUMBER = pd.DataFrame({"A": [1.0]})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("AESTDTCXX", "the variable name 'AESTDTCXX' has 9 characters"),
        ("1ST", "the variable name '1ST' is not a SAS name"),
        ("A B", "the variable name 'A B' is not a SAS name"),
        ("ÄE", "the variable name 'ÄE' is not a SAS name"),
        ("", "the variable name '' is not a SAS name"),
        ("A\n", "the variable name 'A\\n' is not a SAS name"),
    ],
)
def test_variable_names(tmp_path, name, message):
    found = refusals(tmp_path, pd.DataFrame({name: ["x"]}))
    place = f"AE.{name}" if name else "AE"
    assert found == [f"{place}: XPT001 {message} (expected 1 to 8 letters, digits or underscores, no digit first)"]


def test_dataset_name_label_and_type(tmp_path):
    found = refusals(tmp_path, ONE_TEXT, name="ADVERSEEV", label="ä" * 21, type="CATALOGUE")
    assert found == [
        "ADVERSEEV: XPT001 the dataset name 'ADVERSEEV' has 9 characters "
        "(expected 1 to 8 letters, digits or underscores, no digit first)",
        f"ADVERSEEV: XPT003 the dataset label has 42 bytes: '{'ä' * 21}' (shorten it to 40 bytes)",
        "ADVERSEEV: XPT003 the dataset label has characters that are not printable ASCII: 'ä' (U+00E4) "
        "(replace them or name them in the transliteration map)",
        "ADVERSEEV: XPT003 the dataset type has 9 bytes: 'CATALOGUE' (shorten it to 8 bytes)",
    ]


def test_duplicate_names_whatever_their_case(tmp_path):
    frame = pd.DataFrame([["x", "y", "z"]], columns=["AETERM", "AEterm", "AESEQ"])
    assert refusals(tmp_path, frame) == [
        "AE.AETERM: XPT002 the name is used 2 times: AETERM, AEterm "
        "(names must differ by more than upper and lower case: rename or drop one)"
    ]


def test_duplicate_columns(tmp_path):
    frame = pd.DataFrame([["x", "y"]], columns=["A", "A"])
    assert refusals(tmp_path, frame, [text()]) == [
        "AE.A: XPT002 the frame has 2 columns of this name (rename or drop all but one)"
    ]


def test_variable_labels(tmp_path):
    variables = [text(label="x" * 41), text("B", label="Größe\t")]
    assert refusals(tmp_path, pd.DataFrame({"A": ["x"], "B": ["y"]}), variables) == [
        f"AE.A: XPT003 the label has 41 bytes: '{'x' * 41}' (shorten it to 40 bytes)",
        "AE.B: XPT003 the label has characters that are not printable ASCII: 'ö' (U+00F6), 'ß' (U+00DF), U+0009 "
        "(replace them or name them in the transliteration map)",
    ]


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        (text(length=0), "a text variable cannot have a length of 0 bytes (expected 1 to 200)"),
        (text(length=201), "a text variable cannot have a length of 201 bytes (expected 1 to 200)"),
        (text(length=-1), "a text variable cannot have a length of -1 bytes (expected 1 to 200)"),
        (number(length=2), "a numeric variable cannot have a length of 2 bytes (expected 3 to 8)"),
        (number(length=9), "a numeric variable cannot have a length of 9 bytes (expected 3 to 8)"),
    ],
)
def test_lengths(tmp_path, variable, message):
    frame = ONE_NUMBER if variable.numeric else ONE_TEXT
    assert refusals(tmp_path, frame, [variable]) == [f"AE.A: XPT004 {message}"]


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        (
            number(format="VERYLONGF9."),
            "the format 'VERYLONGF9.' is none that a transport file can hold (expected a name of at most 8 characters, "
            "width, point and decimals, such as DATE9., 8.2 or $20.)",
        ),
        (
            number(informat="$5."),
            "the informat '$5.' is for text, the variable is numeric (leave the $ out or make the variable text)",
        ),
        (
            text(format="DATE9."),
            "the format 'DATE9.' is for numbers, the variable is text (begin it with $ or make the variable numeric)",
        ),
    ],
)
def test_formats(tmp_path, variable, message):
    frame = ONE_NUMBER if variable.numeric else ONE_TEXT
    assert refusals(tmp_path, frame, [variable]) == [f"AE.A: XPT005 {message}"]


def test_frame_and_variables_that_do_not_match(tmp_path):
    frame = pd.DataFrame({"AETERM": ["x"], "AESEQ": [1.0], "EXTRA": ["y"]})
    assert refusals(tmp_path, frame, [text("AETERMS"), number("AESEQ"), text("ZZZ")]) == [
        "AE.AETERMS: XPT006 the variable is declared but the frame has no such column (did you mean AETERM?)",
        "AE.ZZZ: XPT006 the variable is declared but the frame has no such column "
        "(add the column or take the variable out)",
        "AE.AETERM: XPT006 the frame has the column but it is not declared (did you mean AETERMS?)",
        "AE.EXTRA: XPT006 the frame has the column but it is not declared (declare it or drop the column)",
    ]


def test_pieces_without_variables(tmp_path):
    assert refusals(tmp_path, [ONE_TEXT]) == [
        "AE: XPT006 lengths cannot be inferred from frames that come one after another "
        "(give the variables, or one frame)"
    ]


@pytest.mark.parametrize("year", [1959, 2060])
def test_timestamps_of_another_century(tmp_path, year):
    assert refusals(tmp_path, ONE_TEXT, created=datetime(year, 1, 2)) == [
        f"AE: XPT007 the timestamp {year}-01-02 cannot be told apart from another century "
        "(the year has two digits in the file: use one of 1960 to 2059)"
    ]


def test_source_date_epoch_that_is_no_number(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    assert refusals(tmp_path, ONE_TEXT) == [
        "AE: XPT007 SOURCE_DATE_EPOCH is 'today' (expected seconds since 1970-01-01 as a whole number)"
    ]


def test_too_many_variables(tmp_path):
    frame = pd.DataFrame([range(10_000)], columns=[f"V{column}" for column in range(10_000)])
    assert refusals(tmp_path, frame) == [
        "AE: XPT008 10,000 variables do not fit: the file counts them with four digits "
        "(split the dataset; at most 9,999 variables)"
    ]


@pytest.mark.parametrize(
    ("column", "variable", "message"),
    [
        (
            pd.Series(["1", "2"], dtype="str"),
            number(),
            "the variable is declared numeric but the column has dtype str and values that are not "
            "(convert the column to numbers (dates to SAS days) or declare the variable as text)",
        ),
        (
            pd.Series(pd.to_datetime(["2020-01-01", "2020-01-02"])),
            number(),
            "the variable is declared numeric but the column has dtype datetime64[us] and values that are not "
            "(convert the column to numbers (dates to SAS days) or declare the variable as text)",
        ),
        (
            pd.Series([1.0, 2.0]),
            text(),
            "the variable is declared text but the column has dtype float64 and values that are not "
            "(convert the column to text, or to numbers (dates to SAS days) and declare the variable as numeric)",
        ),
        (
            pd.Series(["a", 2], dtype=object),
            text(),
            "the variable is declared text but the column has dtype object and values that are not "
            "(convert the column to text, or to numbers (dates to SAS days) and declare the variable as numeric)",
        ),
        (
            pd.Series(["a\ud800"], dtype=object),
            text(),
            "the variable is declared text but the column has dtype object and values that are not "
            "(convert the column to text, or to numbers (dates to SAS days) and declare the variable as numeric)",
        ),
        (
            pd.Series([b"a", b"b"], dtype=object),
            text(),
            "the variable is declared text but the column has dtype object and values that are not "
            "(convert the column to text, or to numbers (dates to SAS days) and declare the variable as numeric)",
        ),
    ],
)
def test_columns_of_the_other_kind(tmp_path, column, variable, message):
    assert refusals(tmp_path, column.to_frame("A"), [variable]) == [f"AE.A: XPT009 {message}"]


def test_values_over_the_declared_length(tmp_path):
    frame = pd.DataFrame({"A": ["12345", "123456", "1234567  ", "12     "], "B": ["x", "y" * 70, "", "zz"]})
    assert refusals(tmp_path, frame, [text("A", 5), text("B", 1)]) == [
        "AE.A rows 2, 3: XPT010 2 values are longer than the declared length of 5 bytes; the longest has 7: "
        "'1234567  ' (declare a length of 7 or shorten the values)",
        "AE.B rows 2, 4: XPT010 2 values are longer than the declared length of 1 byte; the longest has 70: "
        f"'{'y' * 57}...' (declare a length of 70 or shorten the values)",
    ]


def test_values_over_200_bytes(tmp_path):
    frame = pd.DataFrame({"A": ["", "x" * 201]})
    assert refusals(tmp_path, frame) == [
        "AE.A row 2: XPT010 1 value is longer than the declared length of 200 bytes; the longest has 201: "
        f"'{'x' * 57}...' (a text variable holds at most 200 bytes: split the value into supplemental qualifiers)"
    ]


def test_lengths_count_bytes_and_characters_are_named(tmp_path):
    frame = pd.DataFrame({"A": ["plain", "Ménière", "µg", "Ménière", "a\tb", "日本語"]})
    with pytest.raises(XptError) as error:
        write_xpt(frame, tmp_path / "x.xpt", name="AE", variables=[text("A", 8)])
    assert [str(problem) for problem in error.value.problems] == [
        "AE.A rows 2, 4, 6: XPT010 3 values are longer than the declared length of 8 bytes; the longest has 9: "
        "'Ménière' (declare a length of 9 or shorten the values)",
        "AE.A rows 2, 3, 4, 5, 6: XPT011 5 values have characters that are not printable ASCII: first 'é' (U+00E9) in "
        "row 2, 'è' (U+00E8) in row 2, 'µ' (U+00B5) in row 3, U+0009 in row 5, '日' (U+65E5) in row 6 and 2 more "
        "(replace them in the data or name them in the transliteration map)",
    ]
    assert [(problem.count, problem.value) for problem in error.value.problems] == [(3, "Ménière"), (5, "Ménière")]


def test_infinities(tmp_path):
    frame = pd.DataFrame({"A": [1.0, np.inf, np.nan, -np.inf]})
    assert refusals(tmp_path, frame) == [
        "AE.A rows 2, 4: XPT012 2 values are infinite, the first is inf "
        "(only finite numbers and missing values can be written: correct the derivation or set it to missing)"
    ]


def test_magnitudes(tmp_path):
    frame = pd.DataFrame({"A": [1.0, 1e76, 0.0, -1e300, 1e-79, 5e-324]})
    assert refusals(tmp_path, frame) == [
        "AE.A rows 2, 4: XPT013 2 values are too large, the first is 1e+76 "
        "(the largest magnitude of a transport file is 7.237006e+75: use another unit or set it to missing)",
        "AE.A rows 5, 6: XPT013 2 values are too close to zero, the first is 1e-79 "
        "(the smallest magnitude of a transport file is 5.397605e-79: round to zero where that is meant)",
    ]


def test_integers_beyond_double_precision(tmp_path):
    frame = pd.DataFrame({"A": [1, 2**53 + 1, 2**53 + 2]})
    assert refusals(tmp_path, frame) == [
        "AE.A row 2: XPT014 1 value needs more digits than 8 bytes hold, the first is 9007199254740993 "
        "(integers are exact up to 9007199254740992: use text)"
    ]


def test_numbers_that_lose_bits_in_a_short_variable(tmp_path):
    frame = pd.DataFrame({"A": [1.0, 0.1, 65537.0]})
    assert refusals(tmp_path, frame, [number(length=3)]) == [
        "AE.A rows 2, 3: XPT014 2 values need more digits than 3 bytes hold, the first is 0.1 (declare a length of 8)"
    ]


def test_rows_without_variables(tmp_path):
    assert refusals(tmp_path, pd.DataFrame(index=range(3))) == [
        "AE: XPT015 3 rows without a variable cannot be written (add a variable or drop the rows)"
    ]


def test_all_problems_at_once_also_of_values(tmp_path):
    frame = pd.DataFrame({"TOOLONGNAME": ["x"], "B": [np.inf], "C": ["é"], "D": ["12"]})
    variables = [text("TOOLONGNAME"), number("B"), text("C", label="l" * 50), text("D", 1)]
    codes = [message.split(": ")[1][:6] for message in refusals(tmp_path, frame, variables, name="1")]
    assert codes == ["XPT001", "XPT001", "XPT003", "XPT012", "XPT011", "XPT010"]


def test_rows_are_numbered_over_blocks_and_pieces(tmp_path):
    bad = {40_000: "é", 69_999: "toolong"}
    column = pd.Series([bad.get(row, "ok") for row in range(70_000)], dtype="str")
    pieces = [column.iloc[:50_000].to_frame("A"), column.iloc[50_000:].to_frame("A")]
    with pytest.raises(XptError) as error:
        write_xpt(pieces, tmp_path / "x.xpt", name="AE", variables=[text()])
    assert [problem.place.rows for problem in error.value.problems] == [(70_000,), (40_001,)]


def test_many_faulty_rows_are_counted_and_the_first_ten_named(tmp_path):
    with pytest.raises(XptError) as error:
        write_xpt(pd.DataFrame({"A": [np.inf] * 50_000}), tmp_path / "x.xpt", name="AE")
    assert error.value.problems[0].count == 50_000
    assert error.value.problems[0].place.rows == tuple(range(1, 11))


def test_the_previous_file_stays_when_a_new_one_is_refused_or_interrupted(tmp_path):
    write_xpt(ONE_TEXT, tmp_path / "x.xpt", name="AE")
    before = (tmp_path / "x.xpt").read_bytes()
    with pytest.raises(XptError):
        write_xpt(pd.DataFrame({"A": ["é"]}), tmp_path / "x.xpt", name="AE")

    def interrupted():
        yield ONE_TEXT
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_xpt(interrupted(), tmp_path / "x.xpt", name="AE", variables=[text()])
    assert (tmp_path / "x.xpt").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["x.xpt"]
    write_xpt(pd.DataFrame({"A": ["new"]}), tmp_path / "x.xpt", name="AE")
    assert read_xpt(tmp_path / "x.xpt").frame["A"].tolist() == ["new"]


def test_the_folder_must_exist(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_xpt(ONE_TEXT, tmp_path / "none" / "x.xpt", name="AE")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("x.xpt", ONE_TEXT), "write_xpt takes the frame before the path: write_xpt(frame, path, name=...)"),
        ((ONE_TEXT, ONE_TEXT), "write_xpt needs the path of a file as its second argument, not DataFrame"),
    ],
)
def test_swapped_arguments_are_named(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TypeError) as error:
        write_xpt(*arguments, name="AE")
    assert str(error.value) == message
    assert list(tmp_path.iterdir()) == []
