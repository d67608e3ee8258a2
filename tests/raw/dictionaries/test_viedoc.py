"""Viedoc: Items, CodeLists and the headers of the form files; the workbook of an Excel export."""

from __future__ import annotations

from collections.abc import Callable

from cdisc_conv.raw.dictionaries import Dictionary

Read = Callable[..., Dictionary]
Show = Callable[..., list[tuple]]

ITEMS = """\
"ID","Label","Data Type","Mandatory","Decimals","Min Length","Max Length","Format Name","Content Length"
"ID","Label","DataType","Mandatory","Decimals","MinLength","MaxLength","FormatName","ContentLength"
"SubjectId","Subject Id","text","","","","","","7"
"AETERM","Term","string","True","","1","","","9"
"AESEV","Severity","text","True","","1","","","8"
"AESEVCD","Severity - Code","integer","True","","1","","SEV","1"
"AESTDAT","Start","date","True","","1","","","10"
"DOSE","Dose","double","","2","","","","4"
"""
CODES = """\
"Format Name","Data Type","Code Value","Code Text"
"FormatName","DataType","CodeValue","CodeText"
"SEV","integer","1","Mild"
"SEV","integer","2","Severe"
"""
AE = """\
Site seq,Subject seq,Subject Id,Event Id,Event name,Form seq,Reported term,Severity,Severity - Code,Start
SiteSeq,SubjectSeq,SubjectId,EventId,EventName,FormSeq,AETERM,AESEV,AESEVCD,AESTDAT
1,1,DE-01,AE,Adverse events,1,Headache,Mild,1,2023-10-NK
"""
PREFIX = "STUDY_20240903_072908_"


def test_an_export(read: Read, show: Show) -> None:
    dictionary = read({f"{PREFIX}Items.csv": ITEMS, f"{PREFIX}CodeLists.csv": CODES, f"{PREFIX}AE.csv": AE})
    assert dictionary.edc == "viedoc"
    form = dictionary.forms["AE"]
    assert (form.file, form.key, form.events) == ("STUDY_*_AE.csv", ("SubjectId", "EventId", "FormSeq"), ("AE",))
    assert show(dictionary, "AE") == [
        ("AETERM", "Reported term", "text", "item", {}, 4),
        ("AESEV", "Severity", "text", "item", {}, 5),
        ("AESEVCD", "Severity - Code", "coded", "item", {"1": "Mild", "2": "Severe"}, 6),
        ("AESTDAT", "Start", "date", "item", {}, 7),
    ]
    assert form.columns["AESEVCD"].decode == "AESEV"
    assert [str(column.role) for column in form.columns.values()][:6] == [
        "system",
        "system",
        "subject",
        "event",
        "event_name",
        "repeat",
    ]
    assert [(event.name, event.eid) for event in dictionary.events] == [("Adverse events", "AE")]
    assert (dictionary.subject, dictionary.problems) == ("SubjectId", ())


def test_items_without_form_files(read: Read) -> None:
    dictionary = read({"Items.csv": ITEMS, "CodeLists.csv": CODES})
    assert dictionary.forms == {}
    assert dictionary.items["DOSE"].type == "decimal"
    assert dictionary.items["AESEVCD"].values == {"1": "Mild", "2": "Severe"}


def test_the_workbook(read: Read, show: Show) -> None:
    def rows(text: str) -> list[list[str]]:
        return [line.replace('"', "").split(",") for line in text.splitlines()]

    sheets = {"README": [["Viedoc"]], "AE": rows(AE), "Items": rows(ITEMS), "CodeLists": rows(CODES)}
    dictionary = read({"export.xlsx": sheets})
    form = dictionary.forms["AE"]
    assert (form.file, form.table) == ("export.xlsx", "AE")
    assert [column[:4] for column in show(dictionary, "AE")][2] == ("AESEVCD", "Severity - Code", "coded", "item")
    assert form.columns["AESEVCD"].place.file == "edc/export.xlsx, sheet Items"


def test_what_is_wrong(read: Read) -> None:
    items = ITEMS + '"AESEV","Severity","date","","","","","","8"\n"ODD","Odd","blob","","","","","GONE","1"\n'
    dictionary = read({"x_Items.csv": items, "x_CodeLists.csv": CODES, "x_AE.csv": AE.replace("AESTDAT", "AEDAT")})
    assert [str(problem) for problem in dictionary.problems] == [
        "edc/x_Items.csv:9: DICT006 item AESEV is there twice, with another type or code list "
        "(the first, of edc/x_Items.csv:5, counts)",
        "edc/x_Items.csv:10: DICT009 item ODD has the type 'blob', which Viedoc does not have; it is read as text",
        "edc/x_Items.csv:10: DICT007 item ODD has the code list GONE, which is not in the dictionary",
        "edc/x_AE.csv:2: DICT007 column AEDAT of form AE is not among the items "
        "(are Items and the form files of one export?)",
    ]


def test_one_item_a_row(read: Read, show: Show) -> None:
    text = (
        "sitecode,subjectid,eventseq,eventid,eventname,formid,subjectformseq,itemname,itemvalue,itemid\n"
        "SiteCode,SubjectId,EventSeq,EventId,EventName,FormId,SubjectFormSeq,ItemName,ItemValue,ItemId\n"
        "DE,DE-01,1,V1,Visit 1,VS,1,Systolic,120,VS_SYSBP\nDE,DE-01,1,V1,Visit 1,VS,1,Pulse,60,VS_PULSE\n"
    )
    dictionary = read({"export.csv": text})
    form = dictionary.forms["VS"]
    assert (dictionary.edc, form.file, form.rows) == ("viedoc", "export.csv", {"FormId": ("VS",)})
    assert form.reading == {
        "header": ["labels", "names"],
        "long": {
            "item": ["ItemId"],
            "value": "ItemValue",
            "by": ["SiteCode", "SubjectId", "EventSeq", "EventId", "SubjectFormSeq"],
            "keep": ["EventName"],
            "prefix": "VS_",
        },
    }
    assert show(dictionary, "VS") == [
        ("SYSBP", "Systolic", "text", "item", {}, 3),
        ("PULSE", "Pulse", "text", "item", {}, 4),
    ]
    assert [(event.name, event.eid) for event in dictionary.events] == [("Visit 1", "V1")]
