"""One finding per cause: what lint reported is not found again by the conformance rules of a run."""

from __future__ import annotations

import json

import pytest
from studies import edit, write_files

AE = "tiny/sdtm/ae.yaml"
VS = """\
dataset: VS
records:
  - form: dm
    for_each: [{VSTESTCD: WEIGHT, VSTEST: Weight, VSORRES: raw.AGE}]
variables:
  VISITNUM: &blank {constant: ""}
  VSDTC: *blank
  VSLOBXFL: *blank
  VSSTRESC: {copy: VSORRES}
  VSSTRESN: *blank
  VSSTRESU: *blank
"""


@pytest.fixture
def found(cli, tmp_path):
    """The findings of a run after some edits of the tiny study, as text."""

    def run(*edits, files=None):
        for name, old, new in edits:
            edit(tmp_path / name, old, new)
        write_files(tmp_path, files or {})
        cli("run", "tiny", "--raw", "raw", "--out", "out")
        problems = json.loads((tmp_path / "out/report/findings.json").read_text(encoding="utf-8"))["findings"]
        return [f"{problem['code']} {problem['message']}" for problem in problems]

    return run


def test_an_expected_variable_that_is_not_mapped(found):
    assert found((AE, "  AESER:    {term: AESER}\n", ""), ("tiny/study.yaml", "  ae.AEYN:", "  ae.AE*:")) == [
        "LINT203 AE does not map AESER (Serious Event), which the standard expects"
    ]


def test_a_collected_text_that_is_no_term_of_a_codelist_that_may_be_extended(found):
    messages = found(
        ("tiny/sdtm/dm.yaml", "AGEU:     {constant: YEARS}", "AGEU:     {constant: ''}"),
        files={"tiny/sdtm/vs.yaml": VS + "  VSORRESU: {term: SEX_DEC}\n"},
    )
    assert [message for message in messages if "'Female'" in message] == [
        "TERM001 'Female' is not in VSRESU (C66770); it is kept as it is"
    ]
