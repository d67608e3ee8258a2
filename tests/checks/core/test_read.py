"""Rule files: what is read, what is refused, and that nothing in them is executed."""

from __future__ import annotations

import pytest

from cdisc_conv.checks.core.rule.model import Check, Every, Not, Reach, Some
from cdisc_conv.checks.core.rule.read import read_rule
from cdisc_conv.checks.core.rule.support import find_reach
from cdisc_conv.problems import ProblemsError
from tests.checks.core.packages import make_rule

WHOLE = """
Authorities:
  - Organization: CDISC
    Standards:
      - {Name: SDTMIG, Version: "3.4", References: [{Rule Identifier: {Id: CG9001, Version: "1"}}]}
      - {Name: TIG, Version: "1.0", Substandard: SDTM, References: [{Rule Identifier: {Id: TIG9001}}]}
Check:
  all:
    - {name: --DOSE, operator: greater_than, value: 0}
    - not:
        any:
          - {name: --DOSU, operator: non_empty}
          - {name: --DOSTXT, operator: equal_to, value: --TRT, value_is_literal: true}
Core: {Id: X-9, Status: Draft, Version: "1"}
Match_Datasets: [{Name: DM, Keys: [USUBJID, {Left: A, Right: B}], Join_Type: left}]
Operations: [{id: $n, operator: record_count, domain: DM, group: [USUBJID], filter: {SEX: F}}]
Outcome: {Message: "A dose has no unit", Output Variables: [--DOSE]}
Rule Type: Record Data
Scope:
  Classes: {Include: [INTERVENTIONS]}
  Domains: {Exclude: [EX], include_split_datasets: true}
  Use Case: INDH, PROD
Sensitivity: Record
Something New: {of: a later schema}
"""


def test_everything_that_a_rule_says() -> None:
    rule = read_rule(WHOLE, "X-9/rule.yml")
    assert rule.condition == Every(
        (
            Check("--DOSE", "greater_than", 0),
            Not(
                Some(
                    (Check("--DOSU", "non_empty"), Check("--DOSTXT", "equal_to", "--TRT", literal=True)),
                )
            ),
        )
    )
    assert (rule.id, rule.draft, rule.ids, rule.outputs) == ("X-9", True, ("CG9001", "TIG9001"), ("--DOSE",))
    assert (rule.scope.use_cases, rule.scope.split, rule.scope.domains.exclude) == (("INDH", "PROD"), True, ("EX",))
    assert (rule.joins[0].left, rule.joins[0].right, rule.joins[0].how) == (("USUBJID", "A"), ("USUBJID", "B"), "left")
    assert (rule.operations[0].group, rule.operations[0].filter) == (("USUBJID",), {"SEX": "F"})
    assert [rule.is_for("sdtmig", "3-4"), rule.is_for("SDTMIG", "3.3"), rule.is_for("tig", "1.0", "sdtm")] == [
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Core: [", "CORE001 this is not valid YAML (line 1)"),
        ("just text", "CORE001 this is no rule: it has no 'Core' with the rule's 'Id'"),
        ("Core: {Id: X}", "CORE002 rule X has no condition ('Check')"),
        ("{Core: {Id: X}, Check: {all: []}}", "CORE002 rule X has 'all' without conditions"),
        ("{Core: {Id: X}, Check: {all: [word]}}", "CORE002 rule X has a condition that is 'word'"),
        ("{Core: {Id: X}, Check: {all: [{name: A}]}}", "CORE002 rule X is not finished: a condition has no operator"),
        (
            "{Core: {Id: X}, Check: {operator: empty}}",
            "CORE002 rule X is not finished: a condition with empty names no",
        ),
        ("a: &a [1]\nCore: {Id: X}\nCheck: *a\n", "CORE001 aliases of YAML are not read in rules"),
        ("Core: !!python/object/apply:os.system ['false']", "CORE001 this is not valid YAML"),
    ],
)
def test_what_is_no_rule_is_said(text: str, message: str) -> None:
    with pytest.raises(ProblemsError) as error:
        read_rule(text)
    assert str(error.value.problems[0]).startswith(message)


def test_conditions_in_conditions_end_somewhere() -> None:
    text = "{Core: {Id: X}, Check: " + "{not: " * 60 + "{name: A, operator: empty}" + "}" * 60 + "}"
    with pytest.raises(ProblemsError, match="conditions in conditions, over 40 deep"):
        read_rule(text)


@pytest.mark.parametrize(
    ("check", "more", "reach"),
    [
        ("{all: [{name: AETERM, operator: empty}]}", "", Reach.RECORD),
        ("{all: [{name: AESEQ, operator: is_not_unique_set, value: [USUBJID]}]}", "", Reach.SUBJECT),
        ("{all: [{name: AESEQ, operator: is_not_unique_set, value: [DOMAIN]}]}", "", Reach.DATASET),
        ("{all: [{name: A, operator: empty}]}", "Match Datasets: [{Name: DM, Keys: [USUBJID]}]", Reach.SUBJECT),
        ("{all: [{name: A, operator: empty}]}", "Match Datasets: [{Name: TA, Keys: [ARM]}]", Reach.STUDY),
        ("{all: [{name: $a, operator: empty}]}", "Operations: [{id: $a, operator: dy, name: --DTC}]", Reach.SUBJECT),
        (
            "{all: [{name: $a, operator: empty}]}",
            "Operations: [{id: $a, operator: distinct, name: ARM, domain: TA}]",
            Reach.STUDY,
        ),
    ],
)
def test_how_far_a_rule_looks(check: str, more: str, reach: Reach) -> None:
    assert find_reach(make_rule(check, more)) is reach
