"""What cannot become a define.xml: each message whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cdisc_conv.dataset import Codelist, Condition, Item, Origin, OriginSource, OriginType, Term, ValueLevel
from cdisc_conv.define import Document, DocumentKind, Standard, build_define, check_inputs
from cdisc_conv.problems import ProblemsError

PACKAGE = "SDTM/NCI 2025-03-28"


def show(problems):
    return [str(problem) for problem in problems]


def test_nothing_wrong(study, vs, dm):
    assert check_inputs(study, [vs, dm]) == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, "DEF102 the study has no name"),
        ({"protocol_name": ""}, "DEF102 the study has no protocol name"),
        (
            {"created": "30.6.2025"},
            "DEF102 the creation time '30.6.2025' is not an ISO 8601 date and time (write it like 2025-06-30T12:00:00)",
        ),
        ({"context": "Test"}, "DEF102 the context 'Test' is unknown (Submission or Other)"),
        (
            {"dataset_folder": "../out"},
            "DEF102 the dataset folder '../out' is not a relative path (use letters, digits, dots, blanks and hyphens, "
            "and slashes between folders; no '..', no drive, no address)",
        ),
        (
            {"stylesheet": '"?><x/>'},
            "DEF102 the stylesheet '\"?><x/>' is not a relative path (use letters, digits, dots, blanks and hyphens, "
            "and slashes between folders; no '..', no drive, no address)",
        ),
        (
            {"documents": (Document("acrf", "CRF", "javascript:alert(1)", DocumentKind.ANNOTATED_CRF),)},
            "DEF103 the document 'acrf' is at 'javascript:alert(1)', which is not a relative path (use letters, "
            "digits, dots, blanks and hyphens, and slashes between folders; no '..', no drive, no address)",
        ),
        (
            {"documents": (Document("a", "A", "a.pdf"), Document("a", "B", "b.pdf"))},
            "DEF103 2 documents have the id 'a'",
        ),
        (
            {"documents": tuple(Document(x, x, x, DocumentKind.ANNOTATED_CRF) for x in "ab")},
            "DEF103 more than one document is the annotated CRF (page numbers need one)",
        ),
        (
            {"standards": (Standard("SDTMIG", "IG", "3.4"), Standard("SDTMIG", "IG", "3.4"))},
            "DEF104 the standard SDTMIG 3.4 is listed 2 times",
        ),
        (
            {"standards": (Standard("SDTMIG", "IG", "3.4"), Standard("X", "Guide", "1"))},
            "DEF104 the standard X has the type 'Guide' (IG or CT)",
        ),
    ],
)
def test_study(study, fields, message):
    assert show(check_inputs(replace(study, **fields), [])) == [message]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"name": "demographics"},
            "demographics: DEF105 'demographics' is not a dataset name (one to 8 capital letters, digits and "
            "underscores, no digit first)",
        ),
        ({"label": ""}, "DM: DEF105 the dataset has no label"),
        ({"structure": ""}, "DM: DEF105 the dataset has no structure"),
        (
            {"class_name": "SPECIAL-PURPOSE"},
            "DM: DEF105 the class 'SPECIAL-PURPOSE' is unknown (did you mean SPECIAL PURPOSE?)",
        ),
        ({"purpose": "Fun"}, "DM: DEF105 the purpose 'Fun' is unknown (Tabulation or Analysis)"),
        (
            {"reference_data": True, "repeating": True},
            "DM: DEF105 the dataset is reference data and repeating (reference data are written with Repeating No)",
        ),
        ({"class_name": "TRIAL DESIGN"}, "DM: DEF105 a trial design dataset has to be reference data"),
        (
            {"standard": "SDTMIG 3.3"},
            "DM: DEF104 the implementation guide 'SDTMIG 3.3' is not among the study's standards "
            "(did you mean SDTMIG 3.4?)",
        ),
        ({"columns": ()}, "DM: DEF105 the dataset has no variables"),
    ],
)
def test_dataset(study, dm, fields, message):
    assert show(check_inputs(study, [replace(dm, **fields)])) == [message]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"label": ""}, "DEF105 the variable has no label"),
        (
            {"item": Item("number", 8)},
            "DEF106 the data type 'number' is unknown (one of text, integer, float, date, datetime, time, partialDate, "
            "partialDatetime, partialTime, incompleteDate, incompleteDatetime, incompleteTime, durationDatetime, "
            "intervalDatetime)",
        ),
        ({"item": Item("text", 0)}, "DEF106 the type text needs a length of at least 1, not 0"),
        (
            {"item": Item("float", 8)},
            "DEF106 the type float needs significant digits (the number of digits after the decimal point)",
        ),
        (
            {"item": Item("text", 1, method="x", method_type="Guess")},
            "DEF106 the method type 'Guess' is unknown (Computation or Imputation)",
        ),
        (
            {"origin": Origin(OriginType.PREDECESSOR)},
            "DEF107 the origin is Predecessor, but no predecessor is named (name it as DATASET.VARIABLE)",
        ),
        (
            {"origin": Origin(OriginType.DERIVED, predecessor="EC.ECTRT")},
            "DEF107 the origin is Derived, but a predecessor is named",
        ),
        (
            {"origin": Origin(OriginType.COLLECTED, OriginSource.INVESTIGATOR, (0,))},
            "DEF107 a CRF page is below 1",
        ),
        (
            {"codelist": Codelist("A", "A", terms=(Term("x"), Term("x")))},
            "DEF108 codelist A lists 'x' 2 times",
        ),
        (
            {"codelist": Codelist("A", "A", type="date", terms=(Term("x"),))},
            "DEF108 codelist A has the type 'date' (one of text, integer, float)",
        ),
        (
            {"codelist": Codelist("A", "A", terms=(Term("x"),), dictionary="MedDRA", version="27.1")},
            "DEF108 codelist A has terms and is an external dictionary (one of both)",
        ),
        (
            {"codelist": Codelist("A", "A", dictionary="MedDRA")},
            "DEF108 the dictionary MedDRA has no version",
        ),
        (
            {"codelist": Codelist("A", "A", code="C1", terms=(Term("x"),))},
            "DEF108 codelist A has a NCI code but no standard",
        ),
        (
            {"codelist": Codelist("A", "A", standard=PACKAGE, terms=(Term("x"),))},
            "DEF108 codelist A has a standard but no NCI code",
        ),
        (
            {"codelist": Codelist("", "A", terms=(Term("x"),))},
            "DEF108 a codelist has no name or no short name",
        ),
        (
            {"codelist": Codelist("A", "A", "C1", "SDTM/NCI 2024-09-27", terms=(Term("x"),))},
            "DEF104 codelist A is of 'SDTM/NCI 2024-09-27', which is not among the study's standards "
            "(did you mean SDTM/NCI 2025-03-28?)",
        ),
    ],
)
def test_variable(study, dm, change, fields, message):
    assert show(check_inputs(study, [change(dm, "COUNTRY", **fields)])) == [f"DM.COUNTRY: {message}"]


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ((), "DEF109 a value-level item has no where-clause"),
        (
            (Condition("VSTESTCD", "LIKE", ("A",)),),
            "DEF109 the comparator 'LIKE' is unknown (one of EQ, NE, IN, NOTIN, LT, LE, GT, GE)",
        ),
        (
            (Condition("VSTESTCD", "EQ", ("A", "B")),),
            "DEF109 VSTESTCD EQ has 2 values (EQ compares with one value)",
        ),
        ((Condition("VSTESTCD", "IN", ()),), "DEF109 VSTESTCD IN has 0 values (IN compares with values)"),
        (
            (Condition("VSTSTCD", "EQ", ("A",)),),
            "DEF109 the where-clause names VSTSTCD, which VS does not have (did you mean VSTESTCD?)",
        ),
        (
            (Condition("XX.ARM", "EQ", ("A",)),),
            "DEF109 the where-clause names XX.ARM, but there is no dataset XX",
        ),
    ],
)
def test_where_clause(study, vs, conditions, message):
    level = (ValueLevel(conditions, Item("text", 4)),)
    columns = tuple(replace(one, value_level=level if one.value_level else ()) for one in vs.columns)

    assert show(check_inputs(study, [replace(vs, columns=columns)])) == [f"VS.VSORRES: {message}"]


def test_where_clause_that_cannot_be_joined(study, vs, dm, change):
    dm = change(dm, "COUNTRY", key=2)
    level = (ValueLevel((Condition("DM.COUNTRY", "EQ", ("CHN",)),), Item("text", 4)),)
    columns = tuple(replace(one, value_level=level if one.value_level else ()) for one in vs.columns)

    assert show(check_inputs(study, [dm, replace(vs, columns=columns)])) == [
        "VS.VSORRES: DEF109 the where-clause names DM.COUNTRY, but VS lacks the key of DM (the key is USUBJID, COUNTRY)"
    ]


def test_same_clause_twice(study, vs):
    level = vs.column("VSORRES").value_level
    columns = tuple(
        replace(one, value_level=(level[0], replace(level[1], conditions=level[0].conditions)))
        if one.value_level else one for one in vs.columns
    )  # fmt: skip

    assert show(check_inputs(study, [replace(vs, columns=columns)])) == [
        "VS.VSORRES: DEF109 2 value-level items hold where VSTESTCD EQ 'SYSBP' "
        "(one where-clause can describe a value once)"
    ]


def test_pages_without_annotated_crf(study, vs):
    problems = show(check_inputs(replace(study, documents=()), [vs]))

    assert problems == [
        "VS.VSORRES: DEF107 CRF pages are given, but the study has no annotated CRF "
        "(name it among the study's documents)",
        "VS.VSORRES: DEF107 CRF pages are given where VSTESTCD EQ 'SYSBP', but the study has no annotated CRF "
        "(name it among the study's documents)",
        "VS.VSDTC: DEF107 CRF pages are given, but the study has no annotated CRF "
        "(name it among the study's documents)",
    ]


def test_names_used_twice(study, dm):
    twice = replace(dm, columns=(*dm.columns, dm.columns[1]))

    assert show(check_inputs(study, [twice, replace(dm, label="Again")])) == [
        "DM: DEF105 2 datasets are named DM",
        "DM: DEF105 2 variables are named COUNTRY",
    ]


def test_column_missing_in_the_data(study, dm):
    assert show(check_inputs(study, [replace(dm, frame=dm.frame[["USUBJID"]])])) == [
        "DM.COUNTRY: DEF105 the data have no such column"
    ]


def test_control_character(study, dm, change):
    dm = change(dm, "COUNTRY", codelist=Codelist("A", "A", terms=(Term("x\x0by"),)), method="a\x00b")

    assert show(check_inputs(replace(study, description="\ud800"), [dm])) == [
        "DEF101 description has the character U+D800 at position 1, which XML cannot hold (take it out of the source)",
        "DM.COUNTRY: DEF101 item codelist terms value has the character U+000B at position 2, which XML cannot hold "
        "(take it out of the source)",
        "DM.COUNTRY: DEF101 item method has the character U+0000 at position 2, which XML cannot hold "
        "(take it out of the source)",
    ]


def test_build_raises_everything_at_once(study, dm):
    with pytest.raises(ProblemsError) as caught:
        build_define(replace(study, context="Test"), [replace(dm, label="")])

    assert show(caught.value.problems) == [
        "DEF102 the context 'Test' is unknown (Submission or Other)",
        "DM: DEF105 the dataset has no label",
    ]
