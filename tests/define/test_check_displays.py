"""Analysis results metadata: displays that do not fit the datasets, and faults of a file."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from cdisc_conv.dataset import Condition
from cdisc_conv.define import build_define, check_define, check_inputs
from cdisc_conv.define.building.displays import AnalysisDataset, DocumentReference, Programming


def show(problems):
    return [str(problem) for problem in problems]


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
