"""Lint: names of ``for_each`` that nothing reads, and texts that are names of columns."""

# ruff: noqa: E501 (messages stand whole)

from __future__ import annotations

import pytest

FORMS = "forms.yaml"
VS = "sdtm/vs.yaml"
FORM = (FORMS, "  ae:\n", "  vs: {label: Vital Signs, columns: {HEIGHT: Height, WEIGHT: Weight, UNIT: Unit}}\n  ae:\n")
MAPPING = """\
dataset: VS
records:
  - form: vs
    where: RESULT != ""
    for_each:
      - {VSTESTCD: HEIGHT, RESULT: raw.HEIGHT, VSSTRESU: cm}
      - {VSTESTCD: WEIGHT, RESULT: raw.WEIGHT, VSSTRESU: kg}
variables:
  VSTEST:   {decode: VSTESTCD}
  VSORRES:  {copy: RESULT}
  VSORRESU: &blank {constant: ""}
  VSSTRESC: {copy: RESULT}
  VSSTRESN: *blank
  VSLOBXFL: *blank
  VISITNUM: *blank
  VSDTC:    *blank
"""


def test_what_is_read_or_fills_a_variable_is_no_finding(lint):
    assert lint(FORM, files={VS: MAPPING}) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "{VSTESTCD: WEIGHT, RESULT:",
            "{VSTESTCD: WEIGHT, RESLT:",
            "tiny/sdtm/vs.yaml:7: LINT311 'for_each' of VS fills RESLT, which nothing reads (did you mean RESULT?)",
        ),
        (
            "VSSTRESU: kg}",
            "VSTRESU: kg}",
            "tiny/sdtm/vs.yaml:7: LINT311 'for_each' of VS fills VSTRESU, which nothing reads (did you mean VSSTRESU?)",
        ),
        (
            "VSSTRESU: kg}",
            "VSSTRESU: kg, QQQ: 1}",
            "tiny/sdtm/vs.yaml:7: LINT311 'for_each' of VS fills QQQ, which nothing reads (read it, as in {copy: QQQ}, or leave it out)",
        ),
        (
            "VSSTRESU: cm}",
            "VSSTRESU: cm, VSTEST: Height}",
            "tiny/sdtm/vs.yaml:6: LINT311 'for_each' of VS fills VSTEST, which nothing reads: the entry for VS.VSTEST goes first (read it, as in {copy: VSTEST}, or leave it out)",
        ),
        (
            "RESULT: raw.WEIGHT",
            "RESULT: WEIGHT",
            "tiny/sdtm/vs.yaml:7: LINT312 'for_each' of VS fills RESULT with the text 'WEIGHT', and form vs has a column of that name (write raw.WEIGHT to read the column)",
        ),
        (
            "VSSTRESU: cm}",
            "VSSTRESU: UNIT}",
            "tiny/sdtm/vs.yaml:6: LINT212 VS.VSSTRESU: 'UNIT' is not in codelist VSRESU (C66770) (write raw.UNIT to read the column)",
        ),
    ],
)
def test_a_name_that_nothing_reads_and_a_text_that_is_a_column(lint, old, new, message):
    assert lint(FORM, files={VS: MAPPING.replace(old, new)}) == [message]


def test_an_entry_that_cannot_be_read_may_read_any_name(lint):
    found = lint(
        FORM,
        files={VS: MAPPING.replace("VSORRES:  {copy: RESULT}", "VSORRES:  {cpy: ROW}").replace("kg}", "kg, ROW: 1}")},
    )
    assert [text for text in found if "LINT311" in text] == []
