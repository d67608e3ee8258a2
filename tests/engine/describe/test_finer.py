"""Entries of `value_level` that tell records of one test apart: none is dropped, and where-clauses are true."""

from __future__ import annotations

import pytest

from cdisc_conv.engine.describe.finer import meets_conditions

FORM = {
    "vs": {
        "SUBJID": ["1", "1", "1", "1", "1"],
        "POS": ["SITTING", "STANDING", "SUPINE", "", "SITTING"],
        "LOC": ["ARM", "LEG", "ARM", "ARM", "LEG"],
        "DAY": ["1", "2", "3", "", "5"],
        "SYS": ["120", "118", "121", "119", "122"],
    }
}
VS = """\
keys: [USUBJID, VSTESTCD, VSORRES]
records: [{form: vs}]
variables:
  VSTESTCD: {constant: SYSBP}
  VSTEST: {constant: Systolic Blood Pressure}
  VSPOS: {copy: POS}
  VSLOC: {copy: LOC}
  VSDY: {expr: number(DAY)}
  VSTPT: {constant: ""}
  VSORRES: {copy: SYS}
value_level:
  VSORRES:
"""


@pytest.fixture
def said(lab, dataset):
    """What is said of which results, and the findings about entries."""

    def read(*entries: str) -> tuple[dict[str, list[str]], list[str]]:
        text = VS + "".join(
            f"    - {{where: '{where}', {rest}}}\n" for where, rest in (e.split(" | ") for e in entries)
        )
        run = lab.convert(FORM, {"VS": text})
        vs = dataset(run, "VS")
        found: dict[str, list[str]] = {}
        for level in vs.column("VSORRES").value_level:
            told = f"{level.item.origin.type}: {level.item.comment}"
            found.setdefault(told, []).extend(vs.frame["VSORRES"][meets_conditions(level.conditions, vs.frame)])
        assert sorted(value for values in found.values() for value in values) == [
            "118",
            "119",
            "120",
            "121",
            "122",
        ]  # every record once
        return found, [str(problem) for problem in run.problems if problem.code == "LEVEL001"]

    return read


def test_the_finer_entry_counts_beside_one_for_the_whole_test(said):
    found, problems = said(
        'VSTESTCD == "SYSBP" | comment: Any., origin: {type: Assigned}', 'VSPOS == "SITTING" | comment: Seated.'
    )
    assert found == {"Assigned: Seated.": ["120", "122"], "Assigned: Any.": ["118", "119", "121"]}
    assert problems == []


def test_entries_for_the_whole_test_say_together_what_they_say(said):
    whole = 'VSTESTCD == "SYSBP" |'
    assert said(f"{whole} comment: Any.", f"{whole} origin: {{type: Assigned}}") == (
        {"Assigned: Any.": ["118", "119", "120", "121", "122"]},
        [],
    )


def test_several_entries_with_several_conditions(said):
    found, problems = said(
        'VSPOS == "SITTING" and VSLOC == "ARM" | comment: One.',
        'VSPOS == "STANDING" and VSLOC == "LEG" | comment: Two.',
        'VSPOS == "SITTING" | comment: Three.',
    )
    assert {told.split(": ")[1]: values for told, values in found.items()} == {
        "One.": ["120"],
        "Two.": ["118"],
        "Three.": ["122"],
        "": ["119", "121"],
    }
    assert problems == []


def test_numbers_that_are_missing(said):
    found, _ = said("VSDY > 2 | comment: Late.", 'VSPOS != "SITTING" | comment: Not seated.')
    assert {told.split(": ")[1]: values for told, values in found.items()} == {
        "Late.": ["121", "122"],
        "Not seated.": ["118"],
        "": ["119", "120"],
    }


def test_a_condition_on_a_variable_that_is_empty_holds_for_blanks(said):
    found, problems = said('VSTPT == "" and VSPOS == "SUPINE" | comment: Lying.', 'VSTPT == "X" | comment: Never.')
    assert {told.split(": ")[1]: values for told, values in found.items()} == {
        "Lying.": ["121"],
        "": ["118", "119", "120", "122"],
    }
    assert problems == [
        "VS.VSORRES: LEVEL001 'value_level': no record with a value of VSORRES meets VSTPT == \"X\", so that the "
        "entry says nothing (right where the data do not have it yet; else correct the condition)"
    ]
