"""Value-level metadata of findings: one item per test that has values, described by its own values and entries."""

from __future__ import annotations

import pytest

FORM = {
    "vs": {
        "SUBJID": ["1", "2"],
        "HEIGHT": ["170", "165.5"],
        "WEIGHT": ["70", "80"],
        "POS": ["SITTING", ""],
        "EMPTY": ["", ""],
    }
}
FORMS = """\
forms:
  dm: {label: Demographics, columns: {SUBJID: Subject}}
  vs:
    label: Vital Signs
    columns:
      SUBJID: Subject
      HEIGHT: {label: Height, page: 4}
      WEIGHT: {label: Weight, page: 5}
      POS: {label: Position, page: 6}
      EMPTY: {label: Empty, page: 7}
"""
VS = """\
keys: [USUBJID, VSTESTCD]
records:
  - form: vs
    for_each:
      - {VSTESTCD: HEIGHT, VSTEST: Height, RESULT: raw.HEIGHT}
      - {VSTESTCD: POSIT, VSTEST: Position, RESULT: raw.POS}
      - {VSTESTCD: NONE, VSTEST: Nothing, RESULT: raw.EMPTY}
  - form: vs
    set:
      VSTESTCD: {constant: WEIGHT}
      VSTEST: {constant: Weight}
      VSORRES: {expr: 'concat(WEIGHT, "")'}
variables:
  VSORRES: {copy: RESULT}
  VSSTRESC: {copy: VSORRES}
"""


@pytest.fixture
def levels(lab, dataset):
    def read(text: str = VS, column: str = "VSORRES") -> dict:
        run = lab.convert(FORM, {"VS": text}, forms_yaml=FORMS)
        return {level.conditions[0].values[0]: level for level in dataset(run, "VS").column(column).value_level}

    return read


def test_each_test_that_has_values_is_described(levels):
    found = levels()
    assert list(found) == ["HEIGHT", "POSIT", "WEIGHT"]
    assert [level.label for level in found.values()] == ["Height", "Position", "Weight"]
    assert {(level.conditions[0].variable, level.conditions[0].comparator) for level in found.values()} == {
        ("VSTESTCD", "EQ")
    }


def test_text_that_is_all_numbers_is_described_as_numbers(levels):
    items = {code: level.item for code, level in levels().items()}
    assert (items["HEIGHT"].type, items["HEIGHT"].length, items["HEIGHT"].significant_digits) == ("float", 5, 1)
    assert (items["WEIGHT"].type, items["WEIGHT"].length, items["WEIGHT"].significant_digits) == ("integer", 2, None)
    assert (items["POSIT"].type, items["POSIT"].length) == ("text", 7)


def test_origin_and_method_are_those_of_the_records_of_the_test(levels):
    items = {code: level.item for code, level in levels().items()}
    assert str(items["WEIGHT"].origin.type) == "Derived"
    assert items["WEIGHT"].method != ""
    assert str(items["POSIT"].origin.type) == "Collected"
    assert items["POSIT"].method == ""


def test_what_the_mapping_adds(levels):
    text = (
        VS
        + """\
value_level:
  VSORRES:
    - {where: 'VSTESTCD == "POSIT"', codelist: POSITION, method: As seen., comment: Of the body.}
    - {where: 'VSTESTCD == "HEIGHT" and VSLOC == ""', origin: {type: Assigned, source: Vendor}}
"""
    )
    items = {code: level.item for code, level in levels(text + "").items()}
    assert items["POSIT"].codelist.short_name == "POSITION"
    assert [term.value for term in items["POSIT"].codelist.terms] == ["SITTING"]
    assert (items["POSIT"].method, items["POSIT"].comment) == ("As seen.", "Of the body.")
    assert (str(items["HEIGHT"].origin.type), str(items["HEIGHT"].origin.source)) == ("Assigned", "Vendor")


def test_a_condition_on_a_variable_that_was_left_out_is_a_condition_on_blanks(levels):
    text = (
        VS + "  VSLOC: {constant: ''}\nvalue_level:\n  VSORRES:\n    - {where: 'VSLOC == \"\"', comment: No place.}\n"
    )
    assert {level.item.comment for level in levels(text).values()} == {"No place."}


def test_a_single_test_needs_no_value_level(lab, dataset):
    text = (
        "keys: [USUBJID]\nrecords: [{form: vs}]\nvariables: {VSTESTCD: {constant: HEIGHT}, VSORRES: {copy: HEIGHT}}\n"
    )
    run = lab.convert(FORM, {"VS": text}, forms_yaml=FORMS)
    assert dataset(run, "VS").column("VSORRES").value_level == ()


def test_other_columns_have_none(lab, dataset):
    run = lab.convert(FORM, {"VS": VS}, forms_yaml=FORMS)
    assert dataset(run, "VS").column("VSTEST").value_level == ()


def test_an_entry_finer_than_a_test_is_used(lab, dataset):
    form = {"vs": {"SUBJID": ["1", "1", "1"], "POS": ["SITTING", "STANDING", ""], "SYS": ["120", "118.5", "121"]}}
    text = """\
keys: [USUBJID, VSTESTCD, VSPOS]
records:
  - form: vs
    set:
      VSTESTCD: {constant: SYSBP}
      VSTEST: {constant: Systolic Blood Pressure}
variables:
  VSORRES: {copy: SYS}
  VSPOS: {copy: POS}
value_level:
  VSORRES:
    - {where: 'VSTESTCD == "SYSBP" and VSPOS == "STANDING"', comment: After three minutes of standing.}
"""
    run = lab.convert(form, {"VS": text})
    levels = dataset(run, "VS").column("VSORRES").value_level
    found = [
        ([(one.variable, one.comparator, one.values) for one in level.conditions], level.item.comment, level.item.type)
        for level in levels
    ]
    assert found == [
        (
            [("VSTESTCD", "EQ", ("SYSBP",)), ("VSPOS", "EQ", ("STANDING",))],
            "After three minutes of standing.",
            "float",
        ),
        ([("VSTESTCD", "EQ", ("SYSBP",)), ("VSPOS", "NE", ("STANDING",))], "", "integer"),
    ]


def test_trailing_zeros_are_digits(lab, dataset):
    form = {"vs": {"SUBJID": ["1", "2"], "TEMP": ["36.60", "37"], "SYS": ["120", "95"]}}
    text = """\
keys: [USUBJID, VSTESTCD]
records:
  - form: vs
    for_each:
      - {VSTESTCD: TEMP, VSTEST: Temperature, RESULT: raw.TEMP}
      - {VSTESTCD: SYSBP, VSTEST: Systolic Blood Pressure, RESULT: raw.SYS}
variables:
  VSORRES: {copy: RESULT}
"""
    levels = dataset(lab.convert(form, {"VS": text}), "VS").column("VSORRES").value_level
    assert [(one.item.type, one.item.length, one.item.significant_digits) for one in levels] == [
        ("integer", 3, None),
        ("float", 5, 2),
    ]
