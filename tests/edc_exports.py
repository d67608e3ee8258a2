"""Tiny whole exports in the layouts of several EDC systems, for the tests that draft a study from each."""

from __future__ import annotations

from pathlib import Path

SUBJECTS = {
    "001": [
        ("SE.BL", "DM", {"SEX": "1", "DOB": "1960-05-02"}),
        ("SE.BL", "VS", {"VSDAT": "2024-01-02", "SBP": "120"}),
        ("SE.W4", "VS", {"VSDAT": "2024-01-30", "SBP": "121"}),
        ("SE.LOG", "AE", {"AETERM": "Headache", "AESTDAT": "2024-01", "AESEV": "mi", "AESER": "false"}),
    ],
    "002": [("SE.BL", "DM", {"SEX": "2", "DOB": "1971-02-03"})],
}
_ITEMS = {
    "DM": {"SEX": ("Sex", "integer", "SEX"), "DOB": ("Date of birth", "date", "")},
    "VS": {"VSDAT": ("Date of measurement", "date", ""), "SBP": ("Systolic blood pressure (mmHg)", "integer", "")},
    "AE": {
        "AETERM": ("Adverse event term", "text", ""),
        "AESTDAT": ("Start date", "partialDate", ""),
        "AESEV": ("Severity", "text", "SEV"),
        "AESER": ("Serious", "boolean", ""),
    },
}
_FORMS = {"DM": "Demographics", "VS": "Vital Signs", "AE": "Adverse Events"}
_EVENTS = {"SE.BL": ("Baseline", ("DM", "VS")), "SE.W4": ("Week 4", ("VS",)), "SE.LOG": ("Log", ("AE",))}
_CODES = {"SEX": {"1": "Male", "2": "Female"}, "SEV": {"mi": "Mild", "se": "Severe"}}


def say(text: str) -> str:
    return f'<TranslatedText xml:lang="en">{text}</TranslatedText>'


def write_metadata() -> str:
    """The study of an ODM-XML file."""
    parts = [f'<StudyEventRef StudyEventOID="{oid}" Mandatory="No"/>' for oid in _EVENTS]
    parts = ["<Protocol>", *parts, "</Protocol>"]
    for oid, (name, forms) in _EVENTS.items():
        refs = "".join(f'<FormRef FormOID="F.{form}" Mandatory="No"/>' for form in forms)
        parts.append(f'<StudyEventDef OID="{oid}" Name="{name}" Repeating="No" Type="Scheduled">{refs}</StudyEventDef>')
    for form, label in _FORMS.items():
        ref = f'<ItemGroupRef ItemGroupOID="IG.{form}" Mandatory="Yes"/>'
        parts.append(f'<FormDef OID="F.{form}" Name="{label}" Repeating="No">{ref}</FormDef>')
    for form, items in _ITEMS.items():
        refs = "".join(f'<ItemRef ItemOID="I.{name}" Mandatory="No"/>' for name in items)
        parts.append(f'<ItemGroupDef OID="IG.{form}" Name="{form}" Repeating="No">{refs}</ItemGroupDef>')
    for name, (label, kind, codes) in (one for items in _ITEMS.values() for one in items.items()):
        ref = f'<CodeListRef CodeListOID="CL.{codes}"/>' if codes else ""
        question = f"<Question>{say(label)}</Question>{ref}"
        parts.append(f'<ItemDef OID="I.{name}" Name="{name}" DataType="{kind}">{question}</ItemDef>')
    for name, codes in _CODES.items():
        listed = "".join(
            f'<CodeListItem CodedValue="{code}"><Decode>{say(word)}</Decode></CodeListItem>'
            for code, word in codes.items()
        )
        parts.append(f'<CodeList OID="CL.{name}" Name="{name}" DataType="text">{listed}</CodeList>')
    names = "<StudyName>S1</StudyName><StudyDescription>x</StudyDescription><ProtocolName>P1</ProtocolName>"
    version = f'<MetaDataVersion OID="M1" Name="v1">{"".join(parts)}</MetaDataVersion>'
    return f'<Study OID="S1"><GlobalVariables>{names}</GlobalVariables>{version}</Study>'


def write_form(event: str, form: str, items: dict[str, str]) -> str:
    """The data of a form."""
    data = "".join(f'<ItemData ItemOID="I.{name}" Value="{value}"/>' for name, value in items.items())
    group = f'<ItemGroupData ItemGroupOID="IG.{form}">{data}</ItemGroupData>'
    inner = f'<FormData FormOID="F.{form}">{group}</FormData>'
    return f'<StudyEventData StudyEventOID="{event}" StudyEventRepeatKey="1">{inner}</StudyEventData>'


def write_odm(said: str, kind: str, clinical: str) -> str:
    """An ODM-XML file; `said` are further attributes of its root."""
    head = f'<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" {said} FileType="{kind}" FileOID="F" ODMVersion="1.3.2">'
    return f"{head}{write_metadata()}{clinical}</ODM>"


def write_snapshot(said: str, keys: str) -> str:
    """A snapshot; `keys` are the attributes of a subject, with ``{}`` for its number."""
    subjects = "".join(
        f"<SubjectData {keys.format(subject)}>{''.join(write_form(*one) for one in forms)}</SubjectData>"
        for subject, forms in SUBJECTS.items()
    )
    return write_odm(said, "Snapshot", f'<ClinicalData StudyOID="S1" MetaDataVersionOID="M1">{subjects}</ClinicalData>')


def write_transactions() -> str:
    """An audit trail: a pressure that is corrected, and an event that is entered and removed."""
    steps = [(subject, one, "Upsert") for subject, forms in SUBJECTS.items() for one in forms]
    steps[1] = ("001", ("SE.BL", "VS", {"VSDAT": "2024-01-02", "SBP": "199"}), "Insert")
    steps.append(("001", ("SE.BL", "VS", {"SBP": "120"}), "Update"))
    steps.append(("002", ("SE.LOG", "AE", {"AETERM": "Entered by mistake"}), "Insert"))
    clinical = "".join(
        f'<ClinicalData StudyOID="S1" MetaDataVersionOID="M1"><SubjectData SubjectKey="{subject}" '
        f'TransactionType="Upsert">{write_form(*one)}</SubjectData></ClinicalData>'
        for subject, one, _ in steps
    )
    gone = '<StudyEventData StudyEventOID="SE.LOG" StudyEventRepeatKey="1" TransactionType="Remove"/>'
    clinical += '<ClinicalData StudyOID="S1" MetaDataVersionOID="M1"><SubjectData SubjectKey="002" '
    clinical += f'TransactionType="Update">{gone}</SubjectData></ClinicalData>'
    return write_odm("", "Transactional", clinical)


def write_table(*rows: str) -> str:
    """Rows as secuTrial writes them: quoted, with tabs, and an empty column at the end."""
    return "".join("\t".join(f'"{cell}"' for cell in [*row.split("|"), ""]) + "\n" for row in rows)


SECUTRIAL = {
    "is": (
        "ffid|fgid|ffcolname|fflabel|itemtype|unit",
        *("1|10|gender|Gender|Radio button|", "2|10|dob|Date of birth|Date (dd.mm.yyyy)|"),
        *("4|20|aeterm|Adverse event|Text|", "5|20|aestart|Start date|Date (dd.mm.yyyy)|"),
        *("7|20|aesev|Severity|Radio button|", "8|20|aeser|Serious|Radio button|"),
        *("9|30|vsdat|Date of measurement|Date (dd.mm.yyyy)|", "10|30|sbp|Systolic blood pressure|Integer number|mmHg"),
    ),
    "qs": (
        "fgid|fglabel|formname|formtablename",
        *(
            "10|Demography|Demography|mnpxdem",
            "20|Adverse events|Adverse events|mnpxae",
            "30|Vitals|Vital signs|mnpxvs",
        ),
    ),
    "fs": ("formid|formname|formtablename", "1|Demography|mnpxdem", "2|Adverse events|mnpxae", "3|Vital signs|mnpxvs"),
    "cl": (
        "column|code|value",
        *("mnpxdem.gender|1|Male", "mnpxdem.gender|2|Female", "mnpxae.aesev|1|mild", "mnpxae.aesev|2|severe"),
        *("mnpxae.aeser|0|no", "mnpxae.aeser|1|yes"),
    ),
    "vp": ("mnpvisid|mnpvislabel|visitnumber", "100|Baseline|1", "101|Week 4|2"),
    "vpfs": ("mnpvisid|formid", "100|1", "100|3", "101|3"),
    "cn": ("mnppid|mnpaid|mnpctrid|mnpcvpid", "5|001|3|1", "6|002|3|2"),
    "ctr": ("mnpctrid|mnpctrname", "3|Basel"),
    "dem": (
        "mnppid|mnpaid|mnpctrid|mnpvisid|mnpvislabel|mnpdocid|mnplastedit|gender|dob",
        *("5|001|3|100|Baseline|900|201903052356|1|19600502", "6|002|3|100|Baseline|901|201903052356|2|197102"),
    ),
    "ae": (
        "mnppid|mnpaid|mnpctrid|mnpdocid|mnplastedit|aeterm|aestart|aesev|aeser",
        *("5|001|3|910|201903052356|Headache|202401|1|0", "6|002|3|911|201903052356|Rash|20240203||"),
    ),
    "vs": (
        "mnppid|mnpaid|mnpctrid|mnpvisid|mnpvislabel|mnpdocid|mnplastedit|vsdat|sbp",
        *("5|001|3|100|Baseline|920|201903052356|20240102|120", "5|001|3|101|Week 4|921|201903052356|20240130|121"),
    ),
}
"""The tables of a project by the first letters of their files."""

_RAVE = "project,subjectId,Subject,SiteNumber,Folder,FolderName,InstanceRepeatNumber,DataPageName,RecordId,"
_RAVE += "recordposition,RecordActive,"
RAVE = {
    "DM": f"{_RAVE}SEX,SEX_STD,BRTHDAT,BRTHDAT_RAW\n"
    "S1,901,001,S1,SCR,Screening,0,Demographics,1,0,1,Male,1,1960-05-02T00:00:00,02 MAY 1960\n"
    "S1,902,002,S1,SCR,Screening,0,Demographics,2,0,1,Female,2,,UN UNK 1971\n",
    "AE": f"{_RAVE}AETERM,AESTDAT,AESTDAT_RAW,AESTDAT_INT,AESEV,AESEV_STD,AESER,AESER_STD\n"
    "S1,901,001,S1,LOG,Logs,0,Adverse Events,3,1,1,Headache,,UN JAN 2024,2024-01-01T00:00:00,Mild,1,No,0\n",
    "VS": f"{_RAVE}VSDAT,VSDAT_RAW,SBP,SBP_RAW\n"
    "S1,901,001,S1,SCR,Screening,0,Vital Signs,5,0,1,2024-01-02T00:00:00,02 JAN 2024,120,120\n"
    "S1,901,001,S1,W4,Week 4,0,Vital Signs,6,0,1,2024-01-30T00:00:00,30 JAN 2024,121,121\n",
}
"""Clinical views, whose metadata are not there."""
_FIELDS = "FormOID FieldOID Ordinal DraftFieldName DraftFieldActive VariableOID DataFormat DataDictionaryName "
_FIELDS += "UnitDictionaryName ControlType PreText FixedUnit SASLabel IsLog"


def write_architect(path: Path) -> None:
    """The Architect Loader Spreadsheet of the study."""
    import openpyxl

    def field(form: str, name: str, number: int, shape: str, codes: str, text: str, unit: str = "") -> list[object]:
        return [form, name, number, "", True, name, shape, codes, "", "Text", text, unit, "", form == "AE"]

    words = {"SEX": ("Male", "Female"), "SEV": ("Mild", "Severe")}
    entries = [[name, str(n), n, word, False] for name, own in words.items() for n, word in enumerate(own, 1)]
    sheets: dict[str, list[list[object]]] = {
        "CRFDraft": [["DraftName", "ProjectName"], ["1.0", "S1"]],
        "Forms": [
            ["OID", "Ordinal", "DraftFormName", "DraftFormActive", "LogDirection"],
            *([form, n, label, True, ""] for n, (form, label) in enumerate(_FORMS.items(), 1)),
        ],
        "Fields": [
            list(_FIELDS.split()),
            field("DM", "SEX", 1, "1", "SEX", "Sex"),
            field("DM", "BRTHDAT", 2, "dd- MMM- yyyy", "", "Date of birth"),
            field("AE", "AETERM", 1, "$200", "", "Reported term"),
            field("AE", "AESTDAT", 2, "dd- MMM- yyyy", "", "Start date"),
            field("AE", "AESEV", 3, "1", "SEV", "Severity"),
            field("AE", "AESER", 4, "1", "NY", "Serious"),
            field("VS", "VSDAT", 1, "dd- MMM- yyyy", "", "Date"),
            field("VS", "SBP", 2, "3", "", "Systolic blood pressure", "mmHg"),
        ],
        "Folders": [
            ["OID", "Ordinal", "FolderName", "Targetdays", "IsReusable"],
            *(["SCR", 1, "Screening", -7, False], ["W4", 2, "Week 4", 28, False], ["LOG", 3, "Logs", None, False]),
        ],
        "DataDictionaryEntries": [
            ["DataDictionaryName", "CodedData", "Ordinal", "UserDataString", "Specify"],
            *entries,
            *(["NY", "0", 1, "No", False], ["NY", "1", 2, "Yes", False]),
        ],
        "Matrix1#MAIN": [["Matrix: MAIN", "Subject", "SCR", "W4", "LOG"], ["DM", "", "X", "", ""]],
    }
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def write_export(system: str, folder: Path) -> None:
    """The export of a system in a folder."""
    folder.mkdir()
    extension = 'xmlns:OpenClinica="http://www.openclinica.org/ns/odm_ext_v130/v3.1" SourceSystem="LibreClinica"'
    odm = {
        "openedc": lambda: write_snapshot('SourceSystem="OpenEDC"', 'SubjectKey="{0}"'),
        "libreclinica": lambda: write_snapshot(extension, 'SubjectKey="SS_{0}" OpenClinica:StudySubjectID="{0}"'),
        "transactional": write_transactions,
    }
    if system in odm:
        (folder / "export.xml").write_text(odm[system]())
    elif system == "rave":
        write_architect(folder / "als.xlsx")
        for name, text in RAVE.items():
            (folder / f"{name}.csv").write_text(text)
    else:
        (folder / "ExportOptions_20240101-120000.html").write_text("<td>Encoding</td><td>UTF-8</td>")
        for name, rows in SECUTRIAL.items():
            (folder / f"{name}_20240101-120000.xls").write_text(write_table(*rows))
