"""Lint: codelists that do not exist, and values in the mapping that their codelist does not have."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

AE = "sdtm/ae.yaml"
FORMS = (
    "forms.yaml",
    "  ae:\n",
    "  vs: {label: Vital Signs, columns: {HEIGHT: Height, WEIGHT: Weight, VSDAT: Date}}\n  ae:\n",
)
VS = """\
dataset: VS
records:
  - form: vs
    for_each:
      - {VSTESTCD: HEIGHT, VSTEST: Height, RESULT: raw.HEIGHT, VSORRESU: cm}
      - {VSTESTCD: WEIGHT, VSTEST: Weight, RESULT: raw.WEIGHT, VSORRESU: kg}
    where: RESULT != ""
variables:
  VSORRES:  {copy: RESULT}
  VSSTRESC: {copy: RESULT}
  VSSTRESN: {copy: RESULT}
  VSSTRESU: {copy: VSORRESU}
  VSLOBXFL: &blank {constant: ""}
  VISITNUM: *blank
  VSDTC:    {datetime: VSDAT}
value_level:
  VSORRES:
    - {where: 'VSTESTCD == "HEIGHT"', codelist: NY}
"""


def test_a_codelist_that_does_not_exist(lint):
    assert lint((AE, "{term: AESER}", "{term: AESER, codelist: NX}")) == [
        "tiny/sdtm/ae.yaml:21: LINT211 AE.AESER: SDTM CT 2025-03-28 has no codelist 'NX' "
        "(name it by its C-code or short name, such as C66742 or NY)"
    ]


def test_a_codelist_by_code_and_by_short_name(lint):
    assert lint((AE, "{copy: AENOTE,", "{term: AENOTE, codelist: C66742,")) == []
    assert lint((AE, "{copy: AENOTE,", "{term: AENOTE, codelist: NY,")) == []


def test_a_constant_outside_its_codelist(lint):
    (message,) = lint((AE, "{term: AESER}", "{constant: Yes}"))
    place, code, words = message.split(" ", 2)
    assert (place, code.rstrip("0123456789")) == ("tiny/sdtm/ae.yaml:21:", "DRV")
    assert words == "AE.AESER: 'Yes' is not in codelist NY (C66742) (did you mean Y?)"


def test_for_each(lint):
    assert lint(FORMS, files={"sdtm/vs.yaml": VS}) == []


def test_a_literal_of_for_each_outside_the_codelist(lint):
    text = VS.replace("VSTESTCD: WEIGHT", "VSTESTCD: WEIGTH").replace("VSORRESU: kg", "VSORRESU: kgs")
    assert lint(FORMS, files={"sdtm/vs.yaml": text}) == [
        "tiny/sdtm/vs.yaml:6: LINT212 VS.VSORRESU: 'kgs' is not in codelist VSRESU (C66770) (did you mean kg?)",
        "tiny/sdtm/vs.yaml:6: LINT212 VS.VSTESTCD: 'WEIGTH' is not in codelist VSTESTCD (C66741) (did you mean WEIGHT?)",
    ]


def test_value_level(lint):
    spec = VS.split("value_level:")[0]
    level = """value_level:
  VSORRES:
    - {where: 'VSTESTCD == "HEIGHT"', codelist: NYY}
    - {where: 'VSTESTCDD == "HEIGHT"'}
    - {where: 'VSTESTCD == 1'}
    - {where: 'VSTESTCD = 1'}
  VSORES:
    - {where: 'VSTESTCD == "HEIGHT"'}
  VSDTC:
    - {where: 'VSTESTCD == "HEIGHT"'}
"""
    assert lint(FORMS, files={"sdtm/vs.yaml": spec + level}) == [
        "tiny/sdtm/vs.yaml:18: LINT211 'value_level' of VS.VSORRES: SDTM CT 2025-03-28 has no codelist 'NYY' "
        "(name it by its C-code or short name, such as NY)",
        "tiny/sdtm/vs.yaml:19: LINT301 'value_level' of VS.VSORRES reads VSTESTCDD, which is not a variable of VS "
        "(did you mean VSTESTCD?)",
        "tiny/sdtm/vs.yaml:20: EXPR009 VSTESTCD is a text and 1 is a number, which do not compare, at character 10 of: "
        'VSTESTCD == 1 (write "1")',
        'tiny/sdtm/vs.yaml:21: EXPR002 "=" is not an operator, at character 10 of: VSTESTCD = 1 (write == to compare)',
        "tiny/sdtm/vs.yaml:23: LINT213 'value_level' of VS names VSORES, which is not mapped (did you mean VSORRES?)",
        "tiny/sdtm/vs.yaml:25: LINT213 'value_level' of VS names VSDTC, which is not described test by test "
        "(results are: VSORRES, VSSTRESC, VSSTRESN, VSORRESU, VSSTRESU)",
    ]


def test_a_condition_of_value_level_that_is_no_where_clause(lint):
    level = """value_level:
  VSORRES:
    - {where: 'VSTESTCD == "HEIGHT" or VSTESTCD == "WEIGHT"'}
    - {where: 'VSTESTCD == "HEIGHT" and (VSORRESU == "cm" or VSDTC != "")'}
"""
    assert lint(FORMS, files={"sdtm/vs.yaml": VS.split("value_level:")[0] + level}) == [
        'tiny/sdtm/vs.yaml:19: LINT216 \'value_level\' of VS.VSORRES: VSORRESU == "cm" or VSDTC != "" cannot be part of a '
        "where-clause (a where-clause compares variables with values (==, !=, <, <=, >, >=, in, not in), joined by 'and')"
    ]
