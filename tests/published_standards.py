"""Terminology and guides in the layouts of their publications, made small."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

COLUMNS = (
    "Code",
    "Codelist Code",
    "Codelist Extensible (Yes/No)",
    "Codelist Name",
    "CDISC Submission Value",
    "CDISC Synonym(s)",
    "CDISC Definition",
    "NCI Preferred Term",
)
VARIABLE_COLUMNS = (
    "Version",
    "Variable Order",
    "Class",
    "Dataset Name",
    "Variable Name",
    "Variable Label",
    "Type",
    "CDISC CT Codelist Code(s)",
    "Codelist Submission Values",
    "Described Value Domain(s)",
    "Value List",
    "Role",
    "CDISC Notes",
    "Core",
)
SEX = (
    ("C66731", "", "No", "Sex", "SEX", "Sex", "The sex.", "CDISC SDTM Sex of Individual Terminology"),
    ("C16576", "C66731", "", "Sex", "F", "Female", "A female.", "Female"),
    ("C20197", "C66731", "", "Sex", "M", "Male; Man", "A male.", "Male"),
)
WALK = (
    ("C115304", "", "Yes", "Category of Functional Test", "FTCAT", "Category of Functional Test", "", "CDISC SDTM FT"),
    ("C1", "C115304", "", "Category of Functional Test", "WALK", "WLK1; Walking", "Walking.", "Walk Functional Test"),
    ("C2", "", "No", "Walk Functional Test Test Code", "WLK1TC", "", "", "CDISC Functional Test Walk Test Code"),
    ("C3", "C2", "", "Walk Functional Test Test Code", "WLK101", "", "", "Walk - Far"),
    ("C4", "C2", "", "Walk Functional Test Test Code", "WLK102", "", "", "Walk - Fast"),
    ("C5", "C2", "", "Walk Functional Test Test Code", "WLK103", "", "", "Walk - Alone"),
    ("C6", "", "No", "Walk Functional Test Test Name", "WLK1TN", "", "", "CDISC Functional Test Walk Test Name"),
    ("C3", "C6", "", "Walk Functional Test Test Name", "WLK1-Far", "", "", "Walk - Far"),
    ("C7", "", "No", "Walk Functional Test ORRES for WLK101 Through WLK102 TN/TC", "WLK101T02OR", "", "", "CDISC X"),
    ("C8", "C7", "", "Walk Functional Test ORRES for WLK101 Through WLK102 TN/TC", "Well", "", "", "Well"),
    (
        "C9",
        "",
        "No",
        "Walk Functional Test STRESC the Same as WLK101 TN/TC",
        "WLK1SET1STR",
        "",
        "Walk standardized character result for WLK101 and WLK103 test and test code.",
        "CDISC Functional Test Walk",
    ),
    ("C10", "C9", "", "Walk Functional Test STRESC the Same as WLK101 TN/TC", "0", "WLK101-0", "", "Walk 0"),
)

Rows = Iterable[Sequence[str]]


def text(rows: Rows) -> str:
    """The NCI's text file."""
    return "".join("\t".join(row) + "\n" for row in (COLUMNS, *rows))


def comma(rows: Rows, said: str = "") -> str:
    """The CSV form, with the name and date of the package in a last column."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    more = (said,) if said else ()
    writer.writerow((*COLUMNS, *(("Standard and Date",) if said else ())))
    writer.writerows((*row, *more) for row in rows)
    return lines.getvalue()


def workbook(path: Path, sheets: dict[str, Rows]) -> Path:
    """A workbook with a sheet per entry, and what the rows say in it; numbers are written as numbers."""
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def odm(rows: Rows, name: str = "SDTM", version: str = "2024-09-27", before: str = "") -> str:
    """ODM-XML as the NCI writes it."""
    lists = [row for row in rows if not row[1]]
    body = "".join(_codelist(head, [row for row in rows if row[1] == head[0]]) for head in lists)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{before}<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" '
        'xmlns:nciodm="http://ncicb.nci.nih.gov/xml/odm/EVS/CDISC" FileType="Snapshot" '
        f'FileOID="CDISC_CT.{name}.{version}" ODMVersion="1.3.2">\n<Study OID="CDISC_CT.{name}.{version}">'
        f"<GlobalVariables><StudyName>CDISC {name} Controlled Terminology</StudyName></GlobalVariables>"
        f'<MetaDataVersion OID="1" Name="CT">\n{body}</MetaDataVersion></Study></ODM>\n'
    )


def _codelist(head: Sequence[str], terms: list[Sequence[str]]) -> str:
    items = "".join(
        f'<EnumeratedItem CodedValue="{value}" nciodm:ExtCodeID="{code}">'
        + "".join(f"<nciodm:CDISCSynonym>{one}</nciodm:CDISCSynonym>" for one in synonyms.split("; ") if one)
        + f"<nciodm:CDISCDefinition>{definition}</nciodm:CDISCDefinition>"
        f"<nciodm:PreferredTerm>{preferred}</nciodm:PreferredTerm></EnumeratedItem>\n"
        for code, _, _, _, value, synonyms, definition, preferred in terms
    )
    code, _, extensible, name, value, synonyms, definition, preferred = head
    return (
        f'<CodeList OID="CL.{code}.{value}" Name="{name}" DataType="text" nciodm:ExtCodeID="{code}" '
        f'nciodm:CodeListExtensible="{extensible}"><Description><TranslatedText>{definition}</TranslatedText>'
        f"</Description>\n{items}<nciodm:CDISCSubmissionValue>{value}</nciodm:CDISCSubmissionValue>"
        f"<nciodm:CDISCSynonym>{synonyms}</nciodm:CDISCSynonym>"
        f"<nciodm:PreferredTerm>{preferred}</nciodm:PreferredTerm></CodeList>\n"
    )
