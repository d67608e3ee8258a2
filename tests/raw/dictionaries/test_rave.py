"""Rave: metadata of clinical views, the Architect Loader Spreadsheet, and both together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cdisc_conv.raw.dictionaries import Dictionary

Read = Callable[..., Dictionary]
Show = Callable[..., list[tuple]]

VIEWS = """projectname,viewname,ordinal,varname,vartype,varlength,varformat,varlabel
"P","V_P_AE","2","Subject","char","50","$50.","Subject name or identifier"
"P","V_P_AE","1","projectid","num","8","10.","projectid"
"P","V_P_AE","3","RecordId","num","8","10.","Internal id for the record"
"P","V_P_AE","4","AESTDAT","num","8","datetime22.3","Start date"
"P","V_P_AE","5","AESTDAT_RAW","char","11","$11.","Start date(Character)"
"P","V_P_AE","6","AESTDAT_INT","num","8","datetime22.3","Start dateInterpolated"
"P","V_P_AE","7","AESTDAT_YYYY","num","8","10.","Start dateYear"
"P","V_P_AE","8","AESEV","char","20","$20.","Severity"
"P","V_P_AE","9","AESEV_STD","char","2","$2.","Severity"
"P","V_P_AE","10","DOSE","num","8","5.1","Dose"
"P","V_P_AE","11","DOSE_RAW","char","6","$6.","DOSE(Character)"
"P","V_P_AE_RAW","1","AESEV","char","20","$20.","Severity"
EOF
"""
FIELDS = (
    "FormOID FieldOID Ordinal DraftFieldName DraftFieldActive VariableOID DataFormat "
    "DataDictionaryName UnitDictionaryName "
    "ControlType PreText FixedUnit SASLabel IsLog"
)
ALS: dict[str, list[list[Any]]] = {
    "CRFDraft": [["DraftName", "ProjectName"], ["1.0", "P"]],
    "Forms": [
        ["OID", "Ordinal", "DraftFormName", "DraftFormActive", "LogDirection"],
        ["AE", 1, "Adverse Events", True, "Portrait"],
        ["DM", 2, "Demographics", "TRUE", ""],
        ["OLD", 3, "Not in use", False, ""],
    ],
    "Fields": [
        FIELDS.split(),
        [
            "AE",
            "AESTDAT",
            1,
            "",
            True,
            "AESTDAT",
            "dd- MMM- yyyy",
            "",
            "",
            "DateTime",
            "<b>Start</b> date",
            "",
            "",
            True,
        ],
        ["AE", "AESEV", 2, "", True, "AESEV", "1", "SEV", "", "DropDownList", "Severity", "", "", True],
        ["AE", "DOSE", 3, "", True, "DOSE", "5.1", "", "", "Text", "Dose", "mg", "", True],
        ["AE", "HEAD", 4, "", True, "", "", "", "", "", "A heading", "", "", False],
        ["AE", "GONE", 5, "", False, "GONE", "$10", "", "", "Text", "Gone", "", "", False],
        ["DM", "INIT", 1, "", True, "INIT", "$3", "", "", "Text", "Initials", "", "", False],
        ["XX", "X", 1, "", True, "X", "$3", "", "", "Text", "X", "", "", False],
    ],
    "Folders": [["OID", "Ordinal", "FolderName", "Targetdays", "IsReusable"], ["SCR", 1, "Screening", -7, False]],
    "DataDictionaryEntries": [
        ["DataDictionaryName", "CodedData", "Ordinal", "UserDataString", "Specify"],
        ["SEV", "1", 1, "Mild", False],
        ["SEV", "2", 2, "Severe", False],
    ],
    "Matrix1#MAIN": [["Matrix: MAIN", "Subject", "SCR"], ["AE", "", "X"], ["DM", "X", ""]],
}


def test_views_alone(read: Read, show: Show) -> None:
    dictionary = read({"views.csv": VIEWS})
    assert dictionary.edc == "rave"
    form = dictionary.forms["AE"]
    assert (form.label, form.file, form.key, list(dictionary.forms)) == ("AE", "V_P_AE.csv", ("RecordId",), ["AE"])
    assert show(dictionary, "AE") == [
        ("AESTDAT", "Start date", "datetime", "item", {}, 5),
        ("AESTDAT_RAW", "Start date(Character)", "text", "item", {}, 6),
        ("AESTDAT_INT", "Start dateInterpolated", "datetime", "derived", {}, 7),
        ("AESTDAT_YYYY", "Start dateYear", "integer", "item", {}, 8),
        ("AESEV", "Severity", "text", "item", {}, 9),
        ("AESEV_STD", "Severity", "coded", "item", {}, 10),
        ("DOSE", "Dose", "decimal", "item", {}, 11),
        ("DOSE_RAW", "DOSE(Character)", "text", "item", {}, 12),
    ]
    assert form.columns["AESEV_STD"].decode == "AESEV"
    assert list(form.columns)[:3] == ["projectid", "Subject", "RecordId"]
    assert (dictionary.subject, dictionary.problems) == ("Subject", ())


def test_the_loader_spreadsheet_alone(read: Read, show: Show) -> None:
    dictionary = read({"als.xlsx": ALS})
    assert {name: (form.label, form.repeating, form.events) for name, form in dictionary.forms.items()} == {
        "AE": ("Adverse Events", True, ("SCR",)),
        "DM": ("Demographics", False, ("Subject",)),
    }
    assert show(dictionary, "AE") == [
        ("AESTDAT", "Start date", "date", "item", {}, 2),
        ("AESTDAT_RAW", "Start date (as entered)", "text", "item", {}, 2),
        ("AESTDAT_INT", "Start date (interpolated)", "datetime", "derived", {}, 2),
        ("AESTDAT_YYYY", "Start date (year)", "integer", "item", {}, 2),
        ("AESTDAT_MM", "Start date (month)", "integer", "item", {}, 2),
        ("AESTDAT_DD", "Start date (day)", "integer", "item", {}, 2),
        ("AESEV", "Severity", "text", "item", {}, 3),
        ("AESEV_STD", "Severity (code)", "coded", "item", {"1": "Mild", "2": "Severe"}, 3),
        ("DOSE", "Dose", "decimal", "item", {}, 4),
        ("DOSE_RAW", "Dose (as entered)", "text", "item", {}, 4),
    ]
    assert dictionary.forms["AE"].columns["DOSE"].unit == "mg"
    assert [(event.name, event.eid, event.day) for event in dictionary.events] == [("Screening", "SCR", -7.0)]
    assert [str(problem) for problem in dictionary.problems] == [
        "edc/als.xlsx, sheet Fields:8: DICT007 field X is of form XX, which is not in the sheet Forms "
        "(the form is not active, or not in the sheet Forms)"
    ]


def test_the_spreadsheet_explains_the_views(read: Read) -> None:
    dictionary = read({"views.csv": VIEWS, "als.xlsx": ALS})
    form = dictionary.forms["AE"]
    assert (form.label, form.repeating) == ("Adverse Events", True)
    assert form.columns["AESEV_STD"].values == {"1": "Mild", "2": "Severe"}
    assert form.columns["DOSE"].unit == "mg"
    assert list(dictionary.forms) == ["AE"]


def test_a_field_that_no_view_has(read: Read) -> None:
    views = VIEWS.replace('"P","V_P_AE","10","DOSE","num","8","5.1","Dose"\n', "")
    dictionary = read({"views.csv": views, "als.xlsx": ALS})
    assert [str(problem) for problem in dictionary.problems if problem.code == "DICT011"] == [
        "edc/als.xlsx, sheet Fields:4: DICT011 field DOSE of form AE is in the ALS, and the view has no column for it "
        "(did you mean DOSE_RAW?)"
    ]


def test_records_in_xml_and_pairs_in_json(read: Read) -> None:
    row = '<record projectname="P" viewname="V_P_DM" ordinal="{0}" varname="{1}" vartype="char" varlabel="{2}" />\n'
    rows = row.format(1, "Subject", "Subject") + row.format(2, "INIT", "Initials")
    xml = f"<datasets>\n<dataset>\n{rows}</dataset></datasets>"
    assert read({"m.xml": xml}).forms["DM"].columns["INIT"].place.line == 4
    rawplus = (
        '{"subject_nsv": ["string", "Subject"], "sex": ["string", "Sex"], "sex_std_nsv": ["string", "Sex_Coded"], '
        '"datapagename": ["string", "Page"], "recordid": ["string", "Record"]}'
    )
    dictionary = read({"m.xml": "<a/>", "dm_metadata.json": rawplus})
    assert dictionary.forms["dm"].columns["sex_std_nsv"].decode == "sex"
    assert dictionary.subject == "subject_nsv"


def test_a_column_twice(read: Read) -> None:
    dictionary = read({"views.csv": VIEWS.replace('"AESEV_STD"', '"AESEV"')})
    assert [str(problem) for problem in dictionary.problems] == [
        "edc/views.csv:10: DICT006 form AE has the column AESEV twice (the first is edc/views.csv:9)"
    ]
