"""Analysis results metadata: reading it from study.yaml, checking it, writing it, showing it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from cdisc_conv.dataset import Condition
from cdisc_conv.define import Document, DocumentKind, build_define, check_define, check_inputs, render_html
from cdisc_conv.define.displays import AnalysisDataset, AnalysisResult, DocumentReference, Programming, ResultDisplay
from cdisc_conv.define.read_displays import read_displays
from cdisc_conv.define.xml import find_forbidden
from cdisc_conv.problems import Place

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
PLACE = Place(file="study.yaml", line=40)


def show(problems):
    return [str(problem) for problem in problems]


def read(text):
    problems = []
    return read_displays(yaml.safe_load(text), PLACE, problems), show(problems)


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
            ["study.yaml:40: SPEC001 display 1 (T-14-2-1) has no 'titel' (did you mean title?)"],
        ),
        (
            "reason: SPECIFIED IN SAP",
            "",
            ["study.yaml:40: SPEC002 display 1 (T-14-2-1), result 1 (MEDIAN) needs 'reason'"],
        ),
        (
            "id: MEDIAN",
            "id: ''",
            ["study.yaml:40: SPEC003 'id' of display 1 (T-14-2-1), result 1: string should have at least 1 character"],
        ),
        (
            "dataset: ADSL, variables: SEX",
            "dataset: ADSL, variable: SEX",
            [
                "study.yaml:40: SPEC001 display 1 (T-14-2-1), result 1 (MEDIAN), dataset 2 has no 'variable' "
                "(did you mean variables?)"
            ],
        ),
        (
            'PARAMCD == "PFS" and',
            'PARAMCD == "PFS" or',
            [
                'study.yaml:40: DEF110 display 1 (T-14-2-1), result 1 (MEDIAN), dataset 1: PARAMCD == "PFS" or '
                'ADSL.FASFL == "Y" cannot be part of a where-clause (a where-clause compares variables with values '
                "(==, !=, <, <=, >, >=, in, not in), joined by 'and')"
            ],
        ),
        (
            'PARAMCD == "PFS" and',
            "AVAL == BASE and not missing(CHG) and",
            [
                "study.yaml:40: DEF110 display 1 (T-14-2-1), result 1 (MEDIAN), dataset 1: AVAL == BASE and "
                "not missing(CHG) cannot be part of a where-clause (a where-clause compares variables with values "
                "(==, !=, <, <=, >, >=, in, not in), joined by 'and')"
            ],
        ),
        (
            'PARAMCD == "PFS" and',
            'PARAMCD = "PFS" and',
            [
                'study.yaml:40: EXPR002 "=" is not an operator, at character 9 of: PARAMCD = "PFS" and ADSL.FASFL == '
                '"Y" '
                "(write == to compare)"
            ],
        ),
        (
            "pages: [4, 5]",
            "pages: four",
            [
                "study.yaml:40: SPEC003 'documents.1.pages' of display 1 (T-14-2-1), result 1 (MEDIAN): a list is "
                "expected"
            ],
        ),
    ],
)
def test_what_cannot_be_read(old, new, messages):
    assert old in DISPLAYS
    assert sorted(read(DISPLAYS.replace(old, new))[1]) == sorted(messages)


def test_all_entries_are_read_though_one_is_wrong():
    displays, problems = read("[{title: A}, 7, {id: B, title: T, description: D, results: []}]")

    assert displays == ()
    assert problems == [
        "study.yaml:40: SPEC002 display 1 needs 'id'",
        "study.yaml:40: SPEC002 display 1 needs 'description'",
        "study.yaml:40: SPEC002 display 1 needs 'results'",
        "study.yaml:40: SPEC003 display 2: 'key: value' lines are expected",
        "study.yaml:40: SPEC003 'results' of display 3 (B): the list is empty",
    ]
    assert read("displays: 1")[1] == ["study.yaml:40: SPEC003 'displays' of 'define': a list is expected"]


def test_written(adam_study, adsl, adtte, adrs, read_part):
    xml = build_define(adam_study, [adsl, adtte, adrs])

    assert (
        read_part(xml, "AR.T-14-2-1.MEDIAN")
        == """\
<arm:AnalysisResult OID="AR.T-14-2-1.MEDIAN" ParameterOID="IT.ADTTE.PARAMCD" AnalysisReason="SPECIFIED IN SAP" AnalysisPurpose="PRIMARY OUTCOME MEASURE">
  <Description>
    <TranslatedText xml:lang="en">Median progression-free survival with 95 % confidence interval</TranslatedText>
  </Description>
  <arm:AnalysisDatasets def:CommentOID="COM.AR.T-14-2-1.MEDIAN">
    <arm:AnalysisDataset ItemGroupOID="IG.ADTTE">
      <def:WhereClauseRef WhereClauseOID="WC.ADTTE.PARAMCD.EQ.PFS"/>
      <arm:AnalysisVariable ItemOID="IT.ADTTE.AVAL"/>
      <arm:AnalysisVariable ItemOID="IT.ADTTE.CNSR"/>
    </arm:AnalysisDataset>
    <arm:AnalysisDataset ItemGroupOID="IG.ADSL">
      <def:WhereClauseRef WhereClauseOID="WC.ADSL.FASFL.EQ.Y"/>
      <arm:AnalysisVariable ItemOID="IT.ADSL.FASFL"/>
    </arm:AnalysisDataset>
  </arm:AnalysisDatasets>
  <arm:Documentation>
    <Description>
      <TranslatedText xml:lang="en">Kaplan-Meier estimate; the interval is made with the log-log transformation.</TranslatedText>
    </Description>
    <def:DocumentRef leafID="LF.DOC.sap">
      <def:PDFPageRef PageRefs="24 25" Type="PhysicalRef"/>
    </def:DocumentRef>
  </arm:Documentation>
  <arm:ProgrammingCode Context="R 4.4.1">
    <arm:Code>survfit(Surv(AVAL, CNSR == 0) ~ 1, conf.type = 'log-log')</arm:Code>
  </arm:ProgrammingCode>
</arm:AnalysisResult>"""  # noqa: E501
    )


def test_the_where_clause_of_a_result_is_that_of_the_value_level(adam_study, adsl, adtte, adrs):
    xml = build_define(adam_study, [adsl, adtte, adrs]).decode()
    assert xml.count('<def:WhereClauseDef OID="WC.ADTTE.PARAMCD.EQ.PFS"') == 1
    assert xml.count('<def:WhereClauseRef WhereClauseOID="WC.ADTTE.PARAMCD.EQ.PFS"/>') == 2


def test_only_what_is_given(adam_study, adsl, arm_schema, read_part):
    """No documents, no documentation, no program, no condition, no parameter."""
    result = AnalysisResult("N", "Number", "DATA DRIVEN", "EXPLORATORY OUTCOME MEASURE", (AnalysisDataset("ADSL"),))
    study = replace(adam_study, documents=(), displays=(ResultDisplay("T1", "Table 1", "Subjects", (result,)),))

    xml = build_define(study, [adsl])

    arm_schema.assertValid(etree.fromstring(xml))
    assert check_define(xml) == []
    assert (
        read_part(xml, "RD.T1")
        == """\
<arm:ResultDisplay OID="RD.T1" Name="Table 1">
  <Description>
    <TranslatedText xml:lang="en">Subjects</TranslatedText>
  </Description>
  <arm:AnalysisResult OID="AR.T1.N" AnalysisReason="DATA DRIVEN" AnalysisPurpose="EXPLORATORY OUTCOME MEASURE">
    <Description>
      <TranslatedText xml:lang="en">Number</TranslatedText>
    </Description>
    <arm:AnalysisDatasets>
      <arm:AnalysisDataset ItemGroupOID="IG.ADSL"/>
    </arm:AnalysisDatasets>
  </arm:AnalysisResult>
</arm:ResultDisplay>"""
    )


def change_result(study, **fields):
    first, *others = study.displays
    changed = replace(first, results=(replace(first.results[0], **fields),))
    return replace(study, displays=(changed, *others))


ONE = "display T-14-2-1, result MEDIAN"


@pytest.mark.parametrize(
    ("fields", "messages"),
    [
        ({"reason": ""}, [f"DEF110 {ONE} has no reason"]),
        (
            {"purpose": "PRIMARY OUTCOME"},
            [f"DEF110 {ONE} has the purpose 'PRIMARY OUTCOME' (did you mean PRIMARY OUTCOME MEASURE?)"],
        ),
        ({"reason": "HOUSE RULES"}, []),
        ({"datasets": ()}, [f"DEF110 {ONE} names no dataset"]),
        (
            {"datasets": (AnalysisDataset("ADTE"),)},
            [f"DEF110 {ONE} names the dataset ADTE, which is not there (did you mean ADTTE?)"],
        ),
        (
            {"datasets": (AnalysisDataset("ADTTE", ("AVAL", "CNRS", "AVAL")),)},
            [
                f"DEF110 {ONE} names CNRS, which ADTTE does not have (did you mean CNSR?)",
                f"DEF110 {ONE}: 2 variables of ADTTE are called AVAL",
            ],
        ),
        (
            {"datasets": (AnalysisDataset("ADTTE"), AnalysisDataset("ADSL"), AnalysisDataset("ADSL")), "comment": ""},
            [
                f"DEF110 {ONE}: 2 datasets are called ADSL",
                f"DEF110 {ONE} does not say how its datasets are joined (say it in 'comment')",
            ],
        ),
        (
            {"datasets": (AnalysisDataset("ADTTE", (), (Condition("PARAMCD", "EQ", ("PSF",)),)),)},
            [f"DEF110 {ONE}: no record of ADTTE has the PARAMCD 'PSF' (did you mean PFS?)"],
        ),
        (
            {"datasets": (AnalysisDataset("ADTTE", (), (Condition("ADSL.FASF", "EQ", ("Y",)),)),)},
            [f"DEF110 {ONE}: the where-clause names FASF, which ADSL does not have (did you mean FASFL?)"],
        ),
        (
            {"documents": (DocumentReference("spa", (0,)),)},
            [
                f"DEF110 {ONE} names the document 'spa', which is not there (did you mean sap?)",
                f"DEF110 {ONE} names a page below 1 of the document 'spa'",
            ],
        ),
        ({"programming": Programming("SAS 9.4")}, [f"DEF110 {ONE} has neither code nor a program"]),
        (
            {"programming": Programming("", "run;")},
            [
                f"DEF110 {ONE} has code and does not say of what (name the software and its version in 'context')",
            ],
        ),
    ],
)
def test_what_does_not_fit(adam_study, adsl, adtte, adrs, fields, messages):
    assert show(check_inputs(change_result(adam_study, **fields), [adsl, adtte, adrs])) == messages


def test_displays_that_do_not_fit(adam_study, adsl, adtte, adrs):
    first, second = adam_study.displays
    wrong = replace(second, id="T-14-2-1", description="", results=())

    assert show(check_inputs(replace(adam_study, displays=(first, wrong)), [adsl, adtte, adrs])) == [
        "DEF110 2 displays are called T-14-2-1",
        "DEF110 display T-14-2-1 has no results",
        "DEF110 display T-14-2-1 has no description",
    ]


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        (
            ' ParameterOID="IT.ADTTE.PARAMCD"',
            ' ParameterOID="IT.ADTTE.PARAM"',
            ["DEF005 arm:AnalysisResult AR.T-14-2-1.MEDIAN refers to ItemDef IT.ADTTE.PARAM, which is not defined"],
        ),
        (
            ' ParameterOID="IT.ADTTE.PARAMCD"',
            ' ParameterOID="IT.ADTTE.AVAL"',
            ["DEF014 the parameter of arm:AnalysisResult AR.T-14-2-1.MEDIAN is AVAL instead of PARAMCD"],
        ),
        (
            ' ParameterOID="IT.ADTTE.PARAMCD"',
            ' ParameterOID="IT.ADRS.PARAMCD"',
            [
                "DEF014 the parameter IT.ADRS.PARAMCD of arm:AnalysisResult AR.T-14-2-1.MEDIAN is in none of its "
                "datasets"
            ],
        ),
        (
            ' ParameterOID="IT.ADTTE.PARAMCD"',
            "",
            ["DEF014 arm:AnalysisResult AR.T-14-2-1.MEDIAN has no ParameterOID, though a dataset of it has PARAMCD"],
        ),
        (
            'ItemGroupOID="IG.ADTTE"',
            'ItemGroupOID="IG.ADXX"',
            [
                "DEF005 arm:AnalysisDataset refers to ItemGroupDef IG.ADXX, which is not defined",
                "DEF014 the parameter IT.ADTTE.PARAMCD of arm:AnalysisResult AR.T-14-2-1.MEDIAN is in none of its "
                "datasets",
            ],
        ),
        (
            'ItemGroupOID="IG.ADSL"',
            'ItemGroupOID="IG.ADTTE"',
            [
                "DEF014 arm:AnalysisResult AR.T-14-2-1.MEDIAN refers to IG.ADTTE 2 times",
                "DEF014 the analysis variable IT.ADSL.FASFL of arm:AnalysisResult AR.T-14-2-1.MEDIAN is not in "
                "IG.ADTTE",
            ],
        ),
        (
            'arm:AnalysisVariable ItemOID="IT.ADTTE.CNSR"',
            'arm:AnalysisVariable ItemOID="IT.ADTTE.EVNT"',
            [
                "DEF005 arm:AnalysisVariable IT.ADTTE.EVNT refers to ItemDef IT.ADTTE.EVNT, which is not defined",
                "DEF014 the analysis variable IT.ADTTE.EVNT of arm:AnalysisResult AR.T-14-2-1.MEDIAN is not in "
                "IG.ADTTE",
            ],
        ),
        (
            ' def:CommentOID="COM.AR.T-14-2-1.MEDIAN"',
            "",
            [
                "DEF006 nothing refers to def:CommentDef COM.AR.T-14-2-1.MEDIAN",
                "DEF014 arm:AnalysisResult AR.T-14-2-1.MEDIAN has no comment that says how its 2 datasets are joined",
            ],
        ),
        (
            ' Context="R 4.4.1"',
            "",
            ["DEF014 the code of arm:AnalysisResult AR.T-14-2-1.MEDIAN has no Context that names the software"],
        ),
        (
            'leafID="LF.DOC.t_bor"',
            'leafID="LF.DOC.sap"',
            ["DEF006 nothing refers to def:leaf LF.DOC.t_bor"],
        ),
        (
            'OID="RD.T-14-2-2"',
            'OID="RD.T-14-2-1"',
            ["DEF004 2 definitions arm:ResultDisplay have the OID RD.T-14-2-1"],
        ),
        (
            ' AnalysisReason="SPECIFIED IN SAP"',
            "",
            ["DEF003 arm:AnalysisResult AR.T-14-2-1.MEDIAN has no AnalysisReason"],
        ),
    ],
)
def test_faults_of_a_file(adam_study, adsl, adtte, adrs, old, new, messages):
    xml = build_define(adam_study, [adsl, adtte, adrs]).decode()
    assert old in xml

    problems = check_define(xml.replace(old, new, 1).encode())

    assert sorted(f"{problem.code} {problem.message}" for problem in problems) == sorted(messages)


def test_elements_that_are_missing_or_too_many(adam_study, adsl, adtte, adrs):
    root = etree.fromstring(build_define(adam_study, [adsl, adtte, adrs]))
    first, second = root.iter("{*}AnalysisResult")
    first.remove(first.find("{*}AnalysisDatasets"))
    first.append(etree.fromstring(etree.tostring(first.find("{*}Documentation"))))
    second.find("{*}ProgrammingCode").clear()

    problems = check_define(etree.tostring(root))

    assert sorted(f"{problem.code} {problem.message}" for problem in problems) == [
        "DEF006 nothing refers to def:CommentDef COM.AR.T-14-2-1.MEDIAN",
        "DEF006 nothing refers to def:WhereClauseDef WC.ADSL.FASFL.EQ.Y",
        "DEF006 nothing refers to def:leaf LF.DOC.t_bor",
        "DEF007 arm:Documentation has to stand before arm:ProgrammingCode in arm:AnalysisResult AR.T-14-2-1.MEDIAN",
        "DEF014 arm:AnalysisResult AR.T-14-2-1.MEDIAN has 2 arm:Documentation instead of one",
        "DEF014 arm:AnalysisResult AR.T-14-2-1.MEDIAN has no arm:AnalysisDatasets",
        "DEF014 the parameter IT.ADTTE.PARAMCD of arm:AnalysisResult AR.T-14-2-1.MEDIAN is in none of its datasets",
        "DEF014 the programming of arm:AnalysisResult AR.T-14-2-2.RATE has neither code nor a document",
    ]


@pytest.fixture
def page(adam_study, adsl, adtte, adrs):
    return html.fromstring(render_html(build_define(adam_study, [adsl, adtte, adrs])).decode())


def words(element) -> str:
    return " ".join(element.text_content().split())


def test_page_of_a_result(page):
    cells = [words(cell) for cell in page.get_element_by_id("AR.T-14-2-1.MEDIAN")]

    assert cells == [
        "Median progression-free survival with 95 % confidence intervalPRIMARY OUTCOME MEASURESPECIFIED IN SAP",
        "ADTTE where PARAMCD is “PFS” (Progression-Free Survival (days))ADSL where FASFL is “Y” (Yes)"
        "Comment A record of ADTTE is joined with the record of ADSL that has the same USUBJID.",
        "ADTTE.AVALAnalysis ValueADTTE.CNSRCensorADSL.FASFLFull Analysis Set Population Flagparameter: ADTTE.PARAMCD",
        "Kaplan-Meier estimate; the interval is made with the log-log transformation."
        "Statistical Analysis Plan, page 24, 25Program R 4.4.1"
        "survfit(Surv(AVAL, CNSR == 0) ~ 1, conf.type = 'log-log')",
    ]


def test_page_leads_from_a_result_to_its_variables_and_documents(page):
    links = [link.get("href") for link in page.get_element_by_id("AR.T-14-2-1.MEDIAN").iter("a")]
    assert links == [
        "#IG.ADTTE", "#IG.ADSL", "#COM.AR.T-14-2-1.MEDIAN", "#ADTTE.AVAL", "#ADTTE.CNSR", "#ADSL.FASFL",
        "#ADTTE.PARAMCD", "sap.pdf", "sap.pdf#page=24", "sap.pdf#page=25",
    ]  # fmt: skip


def test_page_lists_the_displays_first(page):
    assert [words(one) for one in page.iterfind(".//main//h2")][:2] == ["Analysis results", "Datasets"]
    assert [words(one) for one in page.iterfind(".//nav/details[1]//li")] == [
        "Table 14.2.1 Progression-free survival, full analysis set",
        "Table 14.2.2 Best overall response, full analysis set",
    ]
    assert words(page.get_element_by_id("COM.AR.T-14-2-1.MEDIAN")[0]) == (
        "Table 14.2.1: Median progression-free survival with 95 % confidence interval"
    )


def test_links_inside_the_page_lead_somewhere(page):
    goals = {element.get("id") for element in page.iter() if element.get("id")}
    assert {link.get("href")[1:] for link in page.iter("a") if link.get("href").startswith("#")} <= goals


def test_code_becomes_no_markup(adam_study, adsl, adtte, adrs):
    study = change_result(adam_study, programming=Programming("R", "<script>alert(1)</script>"))
    page = render_html(build_define(study, [adsl, adtte, adrs]))
    assert b"&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert b"<script>alert" not in page


def test_the_example_of_the_documentation(adam_study, adsl, adtte, adrs, arm_schema):
    page = (Path(__file__).parents[2] / "docs" / "define-xml.md").read_text(encoding="utf-8")
    example = yaml.safe_load(
        page.partition("## Analysis results metadata")[2].partition("```yaml")[2].partition("```")[0]
    )
    said, problems = example["define"]["adam"], []
    documents = tuple(
        Document(one["id"], one["title"], one["href"], DocumentKind(one.get("kind", "supplemental")))
        for one in said["documents"]
    )

    displays = read_displays(said["displays"], PLACE, problems)
    study = replace(adam_study, documents=documents, displays=displays)

    assert problems == []
    assert check_inputs(study, [adsl, adtte, adrs]) == []
    xml = build_define(study, [adsl, adtte, adrs])
    arm_schema.assertValid(etree.fromstring(xml))
    assert check_define(xml) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=20).filter(lambda text: find_forbidden(text) is None))
def test_texts_of_displays_come_back(adam_study, adsl, arm_schema, text):
    """Law: whatever they are, the document is valid and says them again."""
    result = AnalysisResult(
        text, text, text, text, (AnalysisDataset("ADSL"),), text, text, programming=Programming(text, text)
    )
    study = replace(adam_study, documents=(), displays=(ResultDisplay(text, text, text, (result,)),))

    xml = build_define(study, [adsl])

    root = etree.fromstring(xml)
    arm_schema.assertValid(root)
    assert check_define(xml) == []
    display = root.find(".//{*}ResultDisplay")
    assert display.get("Name") == text
    assert display.findtext("{*}Description/{*}TranslatedText") == text
    assert display.findtext(".//{*}Code") == text
    assert render_html(xml).startswith(b"<!DOCTYPE html")
