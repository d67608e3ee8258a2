"""Analysis results metadata: reading the displays of study.yaml."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from cdisc_conv.dataset import Condition
from cdisc_conv.define import Document, DocumentKind, build_define, check_define, check_inputs
from cdisc_conv.define.building.displays import (
    AnalysisDataset,
    AnalysisResult,
    DocumentReference,
    Programming,
    ResultDisplay,
)
from cdisc_conv.define.read_displays import read_displays
from cdisc_conv.problems import Severity
from cdisc_conv.spec.yaml.nodes import read_yaml_text

DISPLAYS = """\
- id: T-14-2-1
  title: Table 14.2.1
  description: >-
    Progression-free survival,
    full analysis set
  documents: [{id: tables, pages: 3}]
  results:
    - id: MEDIAN
      description: Median with 95 % confidence interval
      reason: SPECIFIED IN SAP
      purpose: PRIMARY OUTCOME MEASURE
      datasets:
        - {dataset: ADTTE, variables: [AVAL, CNSR], where: 'PARAMCD == "PFS" and ADSL.FASFL == "Y"'}
        - {dataset: ADSL, variables: SEX}
      comment: Joined by USUBJID.
      documentation: Kaplan-Meier estimate.
      documents: [sap, {id: tables, pages: [4, 5]}]
      programming:
        context: R 4.4.1
        code: |
          fit <- survfit(Surv(AVAL, CNSR == 0) ~ 1)
          print(fit)
        documents: [t_pfs]
"""


def read(text):
    problems = []
    return read_displays(read_yaml_text(text, "study.yaml"), problems), [str(problem) for problem in problems]


def test_read():
    where = (Condition("PARAMCD", "EQ", ("PFS",)), Condition("ADSL.FASFL", "EQ", ("Y",)))
    result = AnalysisResult(
        "MEDIAN",
        "Median with 95 % confidence interval",
        "SPECIFIED IN SAP",
        "PRIMARY OUTCOME MEASURE",
        (AnalysisDataset("ADTTE", ("AVAL", "CNSR"), where), AnalysisDataset("ADSL", ("SEX",))),
        "Joined by USUBJID.",
        "Kaplan-Meier estimate.",
        (DocumentReference("sap"), DocumentReference("tables", (4, 5))),
        Programming("R 4.4.1", "fit <- survfit(Surv(AVAL, CNSR == 0) ~ 1)\nprint(fit)", (DocumentReference("t_pfs"),)),
    )
    display = ResultDisplay(
        "T-14-2-1",
        "Table 14.2.1",
        "Progression-free survival, full analysis set",
        (result,),
        (DocumentReference("tables", (3,)),),
    )

    assert read(DISPLAYS) == ((display,), [])


def test_nothing_to_read():
    assert read("") == ((), [])
    assert read("[]") == ((), [])


@pytest.mark.parametrize(
    ("where", "conditions"),
    [
        ("PARAMCD in ('PFS', 'OS')", [("PARAMCD", "IN", ("PFS", "OS"))]),
        ("AVISIT not in ('X')", [("AVISIT", "NOTIN", ("X",))]),
        ("AVAL >= 10 and AVAL < 20.5", [("AVAL", "GE", ("10",)), ("AVAL", "LT", ("20.5",))]),
        ("-1 < AVAL", [("AVAL", "GT", ("-1",))]),
        ('"Y" == FASFL and (SEX != "M" and AGE <= 65)',
         [("FASFL", "EQ", ("Y",)), ("SEX", "NE", ("M",)), ("AGE", "LE", ("65",))]),
        ("", []),
    ],
)  # fmt: skip
def test_where_clauses(where, conditions):
    text = DISPLAYS.replace(
        """'PARAMCD == "PFS" and ADSL.FASFL == "Y"'""", f'"{where}"'.replace('"Y"', "'Y'").replace('"M"', "'M'")
    )
    displays, problems = read(text)

    assert problems == []
    assert displays[0].results[0].datasets[0].conditions == tuple(Condition(*one) for one in conditions)


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        (
            "  title: Table 14.2.1\n",
            "  titel: Table 14.2.1\n",
            ["study.yaml:2: SPEC001 display 1 (T-14-2-1) has no 'titel' (did you mean title?)"],
        ),
        (
            "reason: SPECIFIED IN SAP",
            "",
            ["study.yaml:8: SPEC002 display 1 (T-14-2-1), result 1 (MEDIAN) needs 'reason'"],
        ),
        (
            "id: MEDIAN",
            "id: ''",
            ["study.yaml:8: SPEC003 'id' of display 1 (T-14-2-1), result 1: string should have at least 1 character"],
        ),
        (
            "dataset: ADSL, variables: SEX",
            "dataset: ADSL, variable: SEX",
            [
                "study.yaml:14: SPEC001 display 1 (T-14-2-1), result 1 (MEDIAN), dataset 2 has no 'variable' "
                "(did you mean variables?)"
            ],
        ),
        (
            'PARAMCD == "PFS" and',
            'PARAMCD == "PFS" or',
            [
                'study.yaml:13: DEF110 display 1 (T-14-2-1), result 1 (MEDIAN), dataset 1: PARAMCD == "PFS" or '
                'ADSL.FASFL == "Y" cannot be part of a where-clause (a where-clause compares variables with values '
                "(==, !=, <, <=, >, >=, in, not in), joined by 'and')"
            ],
        ),
        (
            'PARAMCD == "PFS" and',
            "AVAL == BASE and not missing(CHG) and",
            [
                "study.yaml:13: DEF110 display 1 (T-14-2-1), result 1 (MEDIAN), dataset 1: AVAL == BASE and "
                "not missing(CHG) cannot be part of a where-clause (a where-clause compares variables with values "
                "(==, !=, <, <=, >, >=, in, not in), joined by 'and')"
            ],
        ),
        (
            'PARAMCD == "PFS" and',
            'PARAMCD = "PFS" and',
            [
                'study.yaml:13: EXPR002 "=" is not an operator, at character 9 of: PARAMCD = "PFS" and ADSL.FASFL == '
                '"Y" '
                "(write == to compare)"
            ],
        ),
        (
            "pages: [4, 5]",
            "pages: four",
            [
                "study.yaml:17: SPEC003 'documents.2.pages' of display 1 (T-14-2-1), result 1 (MEDIAN): a list is "
                "expected"
            ],
        ),
    ],
)
def test_what_cannot_be_read(old, new, messages):
    assert old in DISPLAYS
    assert sorted(read(DISPLAYS.replace(old, new))[1]) == sorted(messages)


def test_all_misspelt_keys_of_a_display_are_found_at_once():
    text = DISPLAYS.replace("  title:", "  titel:").replace("reason:", "reson:")
    text = text.replace("where: 'PARAMCD ==", "wehre: 'PARAMCD =")
    assert read(text)[1] == [
        "study.yaml:2: SPEC001 display 1 (T-14-2-1) has no 'titel' (did you mean title?)",
        "study.yaml:10: SPEC001 display 1 (T-14-2-1), result 1 (MEDIAN) has no 'reson' (did you mean reason?)",
        "study.yaml:13: SPEC001 display 1 (T-14-2-1), result 1 (MEDIAN), dataset 1 has no 'wehre' "
        "(did you mean where?)",
        'study.yaml:13: EXPR002 "=" is not an operator, at character 9 of: PARAMCD = "PFS" and ADSL.FASFL == "Y" '
        "(write == to compare)",
    ]


def test_a_term_that_is_nearly_one_of_the_standard_is_a_warning():
    text = DISPLAYS.replace("SPECIFIED IN SAP", "SPECIFED IN SAP").replace("PRIMARY OUTCOME", "Primary outcome")
    problems = []
    read_displays(read_yaml_text(text, "study.yaml"), problems)
    assert [str(problem) for problem in problems] == [
        "study.yaml:10: DEF110 'reason' of display 1 (T-14-2-1), result 1 (MEDIAN) is 'SPECIFED IN SAP', which is not "
        "a term of the standard (did you mean SPECIFIED IN SAP?)",
        "study.yaml:11: DEF110 'purpose' of display 1 (T-14-2-1), result 1 (MEDIAN) is 'Primary outcome MEASURE', "
        "which is not a term of the standard (did you mean PRIMARY OUTCOME MEASURE?)",
    ]
    assert {problem.severity for problem in problems} == {Severity.WARNING}


def test_a_term_of_the_sponsor_is_no_finding():
    assert read(DISPLAYS.replace("PRIMARY OUTCOME MEASURE", "SAFETY SUMMARY"))[1] == []


def test_all_entries_are_read_though_one_is_wrong():
    displays, problems = read("[{title: A}, 7, {id: B, title: T, description: D, results: []}]")

    assert displays == ()
    assert problems == [
        "study.yaml:1: SPEC002 display 1 needs 'id'",
        "study.yaml:1: SPEC002 display 1 needs 'description'",
        "study.yaml:1: SPEC002 display 1 needs 'results'",
        "study.yaml:1: SPEC003 display 2: 'key: value' lines are expected",
        "study.yaml:1: SPEC003 'results' of display 3 (B): the list is empty",
    ]
    assert read("displays: 1")[1] == ["study.yaml:1: SPEC003 'displays' of 'define': a list is expected"]


def test_the_example_of_the_documentation(adam_study, adsl, adtte, adrs, arm_schema):
    page = (Path(__file__).parents[2] / "docs" / "define-xml.md").read_text(encoding="utf-8")
    text = page.partition("## Analysis results metadata")[2].partition("```yaml")[2].partition("```")[0]
    node, problems = read_yaml_text(text).at(("define", "adam")), []
    documents = tuple(
        Document(one["id"], one["title"], one["href"], DocumentKind(one.get("kind", "supplemental")))
        for one in node.at(("documents",)).plain()
    )

    displays = read_displays(node.get("displays"), problems)
    study = replace(adam_study, documents=documents, displays=displays)

    assert problems == []
    assert check_inputs(study, [adsl, adtte, adrs]) == []
    xml = build_define(study, [adsl, adtte, adrs])
    arm_schema.assertValid(etree.fromstring(xml))
    assert check_define(xml) == []
