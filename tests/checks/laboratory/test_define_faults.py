"""Faults planted in a define.xml, or in the data beside it: each is found, and found once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from cdisc_conv.checks.define import check_against, read_statements
from cdisc_conv.checks.define.against import check_links, check_pages
from cdisc_conv.checks.define.terms import check_terms
from cdisc_conv.checks.findings import Finding
from cdisc_conv.checks.package.definitions import _check_document
from cdisc_conv.columns.distinct import TEXT
from cdisc_conv.dataset import (
    Codelist,
    Column,
    Condition,
    Dataset,
    Item,
    Origin,
    OriginSource,
    OriginType,
    Term,
    ValueLevel,
)
from cdisc_conv.define import DefineStudy, Document, DocumentKind, Standard, build_define, check_define
from cdisc_conv.define.checking.check import check_references
from cdisc_conv.define.checking.schema import check_schema
from cdisc_conv.define.reading.document import DefineDocument
from tests.checks.conftest import TERMINOLOGY

ASSIGNED = Origin(OriginType.ASSIGNED, OriginSource.SPONSOR)
DERIVED = Origin(OriginType.DERIVED, OriginSource.SPONSOR)
COLLECTED = Origin(OriginType.COLLECTED, OriginSource.INVESTIGATOR, (9,))
NO_YES = Codelist("No Yes Response", "NY", "C66742", "SDTM/NCI 2025-03-28", terms=(
    Term("N", "C49487", "No"), Term("Y", "C49488", "Yes")))  # fmt: skip
TESTS = Codelist("Vital Signs Test Code", "VSTESTCD", "C66741", "SDTM/NCI 2025-03-28", terms=(
    Term("HEIGHT", "C25347", "Height"), Term("FRMSIZE", "C49680", "Body Frame Size")))  # fmt: skip
SIZES = Codelist("Size", "SIZE", "C66733", "SDTM/NCI 2025-03-28", terms=(
    Term("SMALL", "C25376", "Small"), Term("LARGE", "C49508", "Large")))  # fmt: skip


def column(name: str, item: Item, key: int = 0, **other: object) -> Column:
    return Column(name, f"Label of {name}", item.type in ("integer", "float"), item, key=key, **other)  # type: ignore[arg-type]


def text(length: int, origin: Origin = ASSIGNED, **other: object) -> Item:
    return Item("text", length, origin=origin, **other)  # type: ignore[arg-type]


def make_datasets() -> dict[str, Dataset]:
    """DM and VS, sound and as define.xml describes them."""
    dm = {"STUDYID": ["S", "S"], "USUBJID": ["01", "02"], "AGE": [61.0, 66.0], "DTHFL": ["", "Y"]}
    vs = {
        "STUDYID": ["S"] * 3,
        "USUBJID": ["01", "01", "02"],
        "VSTESTCD": ["HEIGHT", "FRMSIZE", "HEIGHT"],
        "VSORRES": ["170.5", "SMALL", "165"],
        "VSSTRESN": [170.5, float("nan"), 165.0],
        "VSDTC": ["2022-01-03", "2022-01-03", "2022-01-05"],
        "VSDUR": ["PT5M", "", ""],
    }
    levels = (
        ValueLevel((Condition("VSTESTCD", "EQ", ("HEIGHT",)),), Item("float", 5, 1, origin=COLLECTED), label="Height"),
        ValueLevel((Condition("VSTESTCD", "EQ", ("FRMSIZE",)),), text(5, COLLECTED, codelist=SIZES), label="Size"),
    )
    return {
        "DM": make("DM", "Demographics", dm, (
            column("STUDYID", text(1), 1, core="Req"),
            column("USUBJID", text(2), 2, core="Req"),
            column("AGE", Item("integer", 2, origin=DERIVED, method="Years since birth.")),
            column("DTHFL", text(1, codelist=NO_YES)),
        ), repeating=False, class_name="SPECIAL PURPOSE"),
        "VS": make("VS", "Vital Signs", vs, (
            column("STUDYID", text(1), 1, core="Req"),
            column("USUBJID", text(2), 2, core="Req"),
            column("VSTESTCD", text(8, codelist=TESTS), 3, core="Req"),
            column("VSORRES", text(5, COLLECTED), value_level=levels),
            column("VSSTRESN", Item("float", 5, 1, origin=DERIVED, method="VSORRES as a number.")),
            column("VSDTC", Item("date", 10, origin=COLLECTED)),
            column("VSDUR", Item("durationDatetime", 5, origin=COLLECTED)),
        ), class_name="FINDINGS"),
    }  # fmt: skip


def make(name: str, label: str, data: dict[str, list], columns: tuple[Column, ...], **other: object) -> Dataset:
    kinds = {key: TEXT if isinstance(values[0], str) else "float64" for key, values in data.items()}
    frame = pd.DataFrame({key: pd.Series(values, dtype=kinds[key]) for key, values in data.items()})
    return Dataset(name, label, frame, columns, structure="One record", **other)  # type: ignore[arg-type]


STUDY = DefineStudy(
    name="S", description="A study", protocol_name="P", created="2025-06-30T12:00:00",
    standards=(Standard("SDTMIG", "IG", "3.4"), Standard("CDISC/NCI", "CT", "2025-03-28", publishing_set="SDTM")),
    documents=(Document("acrf", "Annotated CRF", "acrf.pdf", DocumentKind.ANNOTATED_CRF),),
)  # fmt: skip
XML = build_define(STUDY, list(make_datasets().values()))


def find(xml: bytes = XML, change: Callable[[dict[str, Dataset]], None] = lambda datasets: None) -> list[Finding]:
    """Everything between a define.xml and the datasets."""
    datasets = make_datasets()
    change(datasets)
    return list(check_against(read_statements([DefineDocument(xml)]), list(datasets.values())))


def swap(old: str, new: str, times: int = 1) -> bytes:
    assert old in XML.decode(), old
    return XML.decode().replace(old, new, times).encode()


def put(dataset: str, name: str, *values: object) -> Callable[[dict[str, Dataset]], None]:
    """Other values of a variable."""

    def change(datasets: dict[str, Dataset]) -> None:
        found = datasets[dataset]
        dtype = TEXT if isinstance(values[0], str) else "float64"
        datasets[dataset] = replace(found, frame=found.frame.assign(**{name: pd.Series(values, dtype=dtype)}))

    return change


def edit(dataset: str, **fields: object) -> Callable[[dict[str, Dataset]], None]:
    def change(datasets: dict[str, Dataset]) -> None:
        datasets[dataset] = replace(datasets[dataset], **fields)  # type: ignore[arg-type]

    return change


def drop(dataset: str, name: str) -> Callable[[dict[str, Dataset]], None]:
    def change(datasets: dict[str, Dataset]) -> None:
        found = datasets[dataset]
        columns = tuple(one for one in found.columns if one.name != name)
        datasets[dataset] = replace(found, frame=found.frame.drop(columns=name), columns=columns)

    return change


def reorder(datasets: dict[str, Dataset]) -> None:
    frame = datasets["DM"].frame
    datasets["DM"] = replace(datasets["DM"], frame=frame[["USUBJID", "STUDYID", "AGE", "DTHFL"]])


def relabel(datasets: dict[str, Dataset]) -> None:
    columns = tuple(replace(one, label="Years") if one.name == "AGE" else one for one in datasets["DM"].columns)
    datasets["DM"] = replace(datasets["DM"], columns=columns)


def rename(datasets: dict[str, Dataset]) -> None:
    datasets["SV"] = replace(datasets["VS"], name="SV")


def empty(datasets: dict[str, Dataset]) -> None:
    datasets["VS"] = replace(datasets["VS"], frame=datasets["VS"].frame.iloc[:0])


def test_what_agrees_is_silent() -> None:
    assert find() == []
    assert check_define(XML) == []
    assert check_schema(DefineDocument(XML).root, "2.1") == []


DATA_FAULTS = {
    "a dataset is missing": ("DEF201", "VS", lambda datasets: datasets.pop("VS")),
    "a dataset is not described": ("DEF202", "SV", rename),
    "a variable is missing": ("DEF203", "VS.VSDUR", drop("VS", "VSDUR")),
    "a variable is not described": ("DEF204", "DM.SEX", put("DM", "SEX", "F", "M")),
    "a dataset without records": ("DEF215", "VS", empty),
    "another class": ("DEF224", "VS", edit("VS", class_name="EVENTS")),
    "the order differs": ("DEF205", "DM.USUBJID", reorder),
    "a label differs": ("DEF206", "DM.AGE", relabel),
    "the dataset's label differs": ("DEF206", "DM", edit("DM", label="Subjects")),
    "text where define.xml has a number": ("DEF207", "DM.AGE", put("DM", "AGE", "61", "66")),
    "a number where define.xml has text": ("DEF207", "DM.DTHFL", put("DM", "DTHFL", 1.0, float("nan"))),
    "an integer with decimals": ("DEF207", "DM.AGE", put("DM", "AGE", 61.5, 66.0)),
    "a date that is partial": ("DEF207", "VS.VSDTC", put("VS", "VSDTC", "2022-01", "2022-01-03", "2022-01-05")),
    "a duration that is none": ("DEF207", "VS.VSDUR", put("VS", "VSDUR", "5 min", "", "")),
    "a result under its where-clause that is no number": (
        "DEF207", "VS.VSORRES", put("VS", "VSORRES", "tall", "SMALL", "165")),
    "a text longer than its length": ("DEF208", "VS.USUBJID", put("VS", "USUBJID", "001", "01", "02")),
    "an integer with more digits": ("DEF208", "DM.AGE", put("DM", "AGE", 610.0, 66.0)),
    "a value that the codelist does not list": ("DEF209", "DM.DTHFL", put("DM", "DTHFL", "", "U")),
    "a value that the codelist under a where-clause does not list": (
        "DEF209", "VS.VSORRES", put("VS", "VSORRES", "170.5", "HUGE", "165")),
    "a key that is not unique": ("DEF213", "VS.VSTESTCD", put("VS", "USUBJID", "01", "01", "01")),
    "a mandatory variable that is blank": ("DEF214", "DM.USUBJID", put("DM", "USUBJID", "01", "")),
    "more decimals than said": ("DEF216", "VS.VSSTRESN", put("VS", "VSSTRESN", 170.55, float("nan"), 165.0)),
    "more decimals under a where-clause": (
        "DEF216", "VS.VSORRES", put("VS", "VSORRES", "170.55", "SMALL", "165")),
}  # fmt: skip


@pytest.mark.parametrize("fault", DATA_FAULTS)
def test_a_fault_in_the_data_is_found_once(fault: str) -> None:
    code, place, change = DATA_FAULTS[fault]
    found = find(change=change)
    shown = [(one.problem.code, ".".join(filter(None, (one.problem.place.dataset, one.problem.place.variable))))
             for one in found]  # fmt: skip
    assert shown == [(code, place)]


DEFINE_FAULTS = {
    "a where-clause that matches nothing": ("DEF211", "<CheckValue>FRMSIZE<", "<CheckValue>WEIGHT<"),
    "no data, but there are": ("DEF215", 'Name="DM" Repeating="No"', 'Name="DM" def:HasNoData="Yes" Repeating="No"'),
    "a variable without data that has some": (
        "DEF215", 'ItemOID="IT.DM.AGE" OrderNumber="3"', 'ItemOID="IT.DM.AGE" def:HasNoData="Yes" OrderNumber="3"'),
    "one record per subject, but several": ("DEF222", 'Name="VS" Repeating="Yes"', 'Name="VS" Repeating="No"'),
    "a predecessor that does not exist": (
        "DEF219",
        '<def:Origin Type="Assigned" Source="Sponsor"/>',
        '<def:Origin Type="Predecessor"><Description><TranslatedText>DM.SEX</TranslatedText></Description>'
        "</def:Origin>",
    ),
    "collected without a page": ("DEF219", '<def:PDFPageRef PageRefs="9" Type="PhysicalRef"/>', ""),
}  # fmt: skip


@pytest.mark.parametrize("fault", DEFINE_FAULTS)
def test_a_fault_in_define_is_found_once(fault: str) -> None:
    code, old, new = DEFINE_FAULTS[fault]
    xml = swap(old, new, -1 if fault == "collected without a page" else 1)
    assert [one.problem.code for one in find(xml)] == [code]


def test_where_clauses_that_overlap() -> None:
    found = [one for one in find(swap("<CheckValue>FRMSIZE<", "<CheckValue>HEIGHT<")) if one.problem.code == "DEF212"]
    assert [one.text for one in found] == ["where-clauses of VSORRES overlap: VSTESTCD EQ HEIGHT; VSTESTCD EQ HEIGHT"]
    assert found[0].records.numbers == (1, 3)


def test_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "define.xml"
    path.write_bytes(XML)
    files = {"DM": tmp_path / "dm.xpt", "VS": tmp_path / "sub" / "vs.xpt"}
    files["DM"].touch()
    document = DefineDocument(path)
    found = check_links(document, path, read_statements([document]), files)
    assert [(one.code, one.message, one.hint) for one in found] == [
        ("DEF218", "the link to vs.xpt leads nowhere", "the dataset is in vs.xpt"),
        ("DEF218", "the link to acrf.pdf leads nowhere", "add the file"),
    ]


SCHEMA_FAULTS = {
    "a value that is not allowed": ('DataType="integer"', 'DataType="whole"', "whole"),
    "an attribute of another kind": ('Repeating="No"', 'Repeating="Maybe"', "Maybe"),
    "an attribute that there is not": ('Name="DM" Repeating', 'Colour="red" Name="DM" Repeating', "Colour"),
    "a number that is none": ('OrderNumber="3"', 'OrderNumber="three"', "three"),
}


@pytest.mark.parametrize("fault", SCHEMA_FAULTS)
def test_the_schema_refuses(fault: str) -> None:
    old, new, word = SCHEMA_FAULTS[fault]
    found = check_schema(DefineDocument(swap(old, new)).root, "2.1")
    assert found
    assert all(problem.code == "DEF015" for problem in found)
    assert word in found[0].message
    assert "{" not in found[0].message


def test_elements_of_other_vendors_are_left_alone() -> None:
    xml = swap("<GlobalVariables>", '<v:Extra xmlns:v="urn:vendor" a="1"/><GlobalVariables>')
    assert check_schema(DefineDocument(xml).root, "2.1") == []


def test_references_of_version_2_0_are_followed() -> None:
    old = swap("def/v2.1", "def/v2.0", -1).replace(b'CodeListOID="CL.NY"', b'CodeListOID="CL.NONE"', 1)
    found = [(problem.code, problem.message) for problem in check_references(old)]
    assert found == [
        ("DEF005", "CodeListRef refers to CodeList CL.NONE, which is not defined"),
        ("DEF006", "nothing refers to CodeList CL.NY"),
    ]


def test_the_domain_of_the_records() -> None:
    told = [str(one.problem) for one in find(change=put("VS", "DOMAIN", "QS", "QS", "QS"))]
    assert told == [
        "VS.DOMAIN: DEF204 define.xml does not describe DOMAIN",
        "VS.DOMAIN: DEF224 the domain is VS in define.xml, but QS in the records",
    ]


def test_terms_have_the_codes_of_the_terminology() -> None:
    assert list(check_terms(DefineDocument(XML), [TERMINOLOGY])) == []
    found = list(check_terms(DefineDocument(swap("C49488", "C49487")), [TERMINOLOGY]))
    assert [one.message for one in found] == [
        "the code of 'Y' in codelist No Yes Response is C49487, but C49488 in C66742"
    ]
    assert list(check_terms(DefineDocument(swap("C66742", "C00000")), [TERMINOLOGY])) == []


@pytest.mark.parametrize(
    ("old", "new", "page"),
    [('PageRefs="9"', 'PageRefs="9 ten"', "ten"), ('PageRefs="9"', 'FirstPage="1" LastPage="0"', "0")],
)
def test_pages_are_numbers(old: str, new: str, page: str) -> None:
    assert list(check_pages(DefineDocument(XML))) == []
    found = list(check_pages(DefineDocument(swap(old, new))))
    assert [(one.code, one.message) for one in found] == [("DEF226", f"the page '{page}' is no number")]
    named = swap(old, new).replace(b'Type="PhysicalRef"', b'Type="NamedDestination"')
    assert list(check_pages(DefineDocument(named))) == []


def test_what_is_there_twice_is_found_once(tmp_path: Path) -> None:
    path = tmp_path / "define.xml"
    path.write_bytes(swap('ItemOID="IT.DM.AGE" OrderNumber="3"', 'ItemOID="IT.DM.AGE" OrderNumber="2"'))
    assert [one.code for one in _check_document(DefineDocument(path), path)] == ["DEF011"]
