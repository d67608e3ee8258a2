"""Veeva EDC: Study Data Extracts of any version, and the Study Design Specification."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cdisc_conv.raw.dictionaries import Dictionary

Read = Callable[..., Dictionary]
Show = Callable[..., list[tuple]]

HEADER = "STUDYID,COUNTRY,SITENUM,SUBJID,EGROUP,EVENT,EVENTEID,EVENTDT,ESEQ,FORM,FORMEID,FSEQ,IGSEQ,"
AE = HEADER + "AETERM,AESEV,AESEV_DEC,AESTDAT,AESTDAT_RAW\n"
AE += "S,DEU,01,01-001,Log,Adverse events,e_ae,,1,Adverse Events,ae,1,1,Headache,1,Mild,2024-03-01,UN-MAR-2024\n"
SDS: dict[str, list[list[Any]]] = {
    "Cover": [["Study Design Specification"], ["S"]],
    "Forms": [["Form External ID", "Form Label", "Repeating"], ["ae", "Adverse Events form", "Yes"]],
    "Items": [
        ["Form External ID", "Item Group", "Item External ID", "Item Label", "Data Type", "Codelist", "Unit"],
        ["ae", "ig", "AETERM", "Reported term", "Text", "", ""],
        ["ae", "ig", "AESEV", "Severity", "Codelist", "SEV", ""],
        ["ae", "ig", "AEDOSE", "Dose", "Number", "", "mg"],
    ],
    "Codelists": [
        ["Codelist", "Codelist Item Code", "Codelist Item Label"],
        ["SEV", "1", "Mild"],
        ["SEV", "2", "Severe"],
    ],
    "Schedule": [
        ["Event External ID", "Event Label", "Day Offset", "Form External ID"],
        ["e_scr", "Screening", "-7", "ae"],
    ],
}


def test_an_extract_alone(read: Read, show: Show) -> None:
    dictionary = read({"AE.csv": AE})
    form = dictionary.forms["AE"]
    assert (dictionary.edc, form.label, form.file, form.events) == ("veeva", "Adverse Events", "AE.csv", ("e_ae",))
    assert form.key == ("SUBJID", "EVENTEID", "ESEQ", "FORMEID", "FSEQ", "IGSEQ")
    assert show(dictionary, "AE") == [
        ("AETERM", "", "text", "item", {}, 1),
        ("AESEV", "", "coded", "item", {}, 1),
        ("AESEV_DEC", "AESEV (decode)", "text", "item", {}, 1),
        ("AESTDAT", "", "text", "item", {}, 1),
        ("AESTDAT_RAW", "AESTDAT (as entered)", "text", "item", {}, 1),
    ]
    assert form.columns["AESEV"].decode == "AESEV_DEC"
    assert (dictionary.subject, [event.eid for event in dictionary.events]) == ("SUBJID", ["e_ae"])


def test_key_columns_go_by_name(read: Read) -> None:
    newer = AE.replace("EVENT,EVENTEID", "EVENTDEF,EVENT,EVENTEID").replace("Log,", "Log,def,")
    assert read({"AE.csv": newer}).forms["AE"].columns["EVENTDEF"].role == "system"


def test_the_specification_explains_the_extract(read: Read, show: Show) -> None:
    dictionary = read({"AE.csv": AE, "sds.xlsx": SDS})
    form = dictionary.forms["AE"]
    assert form.label == "Adverse Events form"
    assert show(dictionary, "AE")[:2] == [
        ("AETERM", "Reported term", "text", "item", {}, 2),
        ("AESEV", "Severity", "coded", "item", {"1": "Mild", "2": "Severe"}, 3),
    ]
    assert form.columns["AESEV"].decode == "AESEV_DEC"
    assert [str(problem) for problem in dictionary.problems] == [
        "edc/sds.xlsx, sheet Items:4: DICT011 item AEDOSE of form AE is in the specification, and "
        "edc/AE.csv has no column "
        "for it (did you mean AESEV?)"
    ]


def test_the_specification_alone_as_excel_xml_of_2003(read: Read) -> None:
    def row(cells: list[str]) -> str:
        return "<Row>" + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in cells) + "</Row>"

    sheets = "".join(
        f'<Worksheet ss:Name="{name}"><Table>{"".join(row(cells) for cells in rows)}</Table></Worksheet>'
        for name, rows in SDS.items()
    )
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    dictionary = read(
        {"sds.xml": f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}">{sheets}</Workbook>'}
    )
    form = dictionary.forms["ae"]
    assert (form.label, form.repeating, form.events) == ("Adverse Events form", True, ("e_scr",))
    assert form.columns["AEDOSE"].unit == "mg"
    assert form.columns["AEDOSE"].place.line == 4
    assert [(event.name, event.eid, event.day) for event in dictionary.events] == [("Screening", "e_scr", -7.0)]
