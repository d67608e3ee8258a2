"""A study and small datasets for the define.xml tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import odmlib
import pandas as pd
import pytest
from lxml import etree

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
from cdisc_conv.define import DefineStudy, Document, DocumentKind, Standard

TEXT = pd.StringDtype(na_value=float("nan"))
ASSIGNED = Origin(OriginType.ASSIGNED, OriginSource.SPONSOR)
DERIVED = Origin(OriginType.DERIVED, OriginSource.SPONSOR)
PACKAGE = "SDTM/NCI 2025-03-28"
YES = Codelist("No Yes Response", "NY", "C66742", PACKAGE, terms=(Term("Y", "C49488", "Yes"),))
TESTS = Codelist(
    "Vital Signs Test Code",
    "VSTESTCD",
    "C66741",
    PACKAGE,
    terms=(Term("SYSBP", "C25298", "Systolic Blood Pressure"), Term("LIVER", "", "Liver Span", extended=True)),
)


def collect(*pages: int) -> Origin:
    return Origin(OriginType.COLLECTED, OriginSource.INVESTIGATOR, pages)


def text_column(name: str, label: str, length: int, origin: Origin = ASSIGNED, **other: object) -> Column:
    item_fields = {key: other.pop(key) for key in ("codelist", "method", "comment", "method_type") if key in other}
    return Column(name, label, False, Item("text", length, origin=origin, **item_fields), **other)  # type: ignore[arg-type]


@pytest.fixture
def study() -> DefineStudy:
    return DefineStudy(
        name="ABC-1",
        description="A study of A & B",
        protocol_name="P-1",
        created="2025-06-30T12:00:00",
        standards=(
            Standard("SDTMIG", "IG", "3.4"),
            Standard("CDISC/NCI", "CT", "2025-03-28", publishing_set="SDTM"),
        ),
        documents=(
            Document("acrf", "Annotated CRF", "acrf.pdf", DocumentKind.ANNOTATED_CRF),
            Document("csdrg", "Reviewer's Guide", "docs/csdrg.pdf"),
        ),
    )


@pytest.fixture
def vs() -> Dataset:
    """Two vital signs of one subject: value level by test, a method, a codelist with a sponsor's term."""
    frame = pd.DataFrame(
        {
            "USUBJID": pd.Series(["01", "01"], dtype=TEXT),
            "VSTESTCD": pd.Series(["SYSBP", "LIVER"], dtype=TEXT),
            "VSORRES": pd.Series(["120", "10.5"], dtype=TEXT),
            "VSDTC": pd.Series(["2024-01-02", "2024-01-02"], dtype=TEXT),
            "VSLOBXFL": pd.Series(["Y", ""], dtype=TEXT),
            "VSDY": pd.Series([1.0, 1.0]),
        }
    )
    level = (
        ValueLevel(
            (Condition("VSTESTCD", "EQ", ("SYSBP",)),), Item("integer", 3, origin=collect(9)), True, "Systolic BP"
        ),
        ValueLevel(
            (Condition("VSTESTCD", "EQ", ("LIVER",)),),
            Item("float", 4, 1, "4.1", DERIVED, method="The span in cm.", comment="By palpation."),
            False,
            "Liver Span",
        ),
    )
    columns = (
        text_column("USUBJID", "Unique Subject Identifier", 2, key=1, role="Identifier", core="Req"),
        text_column("VSTESTCD", "Vital Signs Test Short Name", 8, codelist=TESTS, key=2, role="Topic", core="Req"),
        text_column("VSORRES", "Result", 4, collect(9, 10, 9), value_level=level, role="Result Qualifier"),
        Column("VSDTC", "Date/Time", False, Item("date", 10, origin=collect(9)), role="Timing"),
        text_column("VSLOBXFL", "Last Obs Flag", 1, DERIVED, codelist=YES, method="Last record before <dose>."),
        Column("VSDY", "Study Day", True, Item("integer", 1, origin=DERIVED, method="Date - RFSTDTC + 1.")),
    )
    return Dataset("VS", "Vital Signs", frame, columns, "FINDINGS", "One record per test per subject")


@pytest.fixture
def dm() -> Dataset:
    frame = pd.DataFrame({"USUBJID": pd.Series(["01"], dtype=TEXT), "COUNTRY": pd.Series(["CHN"], dtype=TEXT)})
    country = Codelist("Country", "COUNTRY", dictionary="ISO 3166", version="2020-08")
    columns = (
        text_column("USUBJID", "Unique Subject Identifier", 2, key=1, core="Req"),
        text_column("COUNTRY", "Country", 3, codelist=country),
    )
    return Dataset("DM", "Demographics", frame, columns, "SPECIAL PURPOSE", "One record per subject", repeating=False)


@pytest.fixture
def read_part() -> Callable[..., str]:
    """The element with an identifier, as text without namespace declarations and outer blanks."""

    def read(xml: bytes, oid: str) -> str:
        found = [
            element
            for element in etree.fromstring(xml).iter(etree.Element)
            if oid in (element.get("OID"), element.get("ID"))
        ]
        assert len(found) == 1, f"{len(found)} elements {oid}"
        text = etree.tostring(found[0], encoding="unicode", with_tail=False)
        for prefix, namespace in found[0].nsmap.items():
            declaration = f' xmlns:{prefix}="{namespace}"' if prefix else f' xmlns="{namespace}"'
            text = text.replace(declaration, "")
        lines = text.split("\n")
        indent = len(lines[-1]) - len(lines[-1].lstrip())
        return "\n".join([lines[0], *(line[indent:] for line in lines[1:])])

    return read


@pytest.fixture(scope="session")
def schema() -> etree.XMLSchema:
    """The published Define-XML 2.1 schema, as odmlib ships it."""
    folder = Path(odmlib.__file__).parent / "schemas" / "define" / "2.1"
    return etree.XMLSchema(etree.parse(folder / "define2-1-0.xsd"))


@pytest.fixture
def change() -> Callable[..., Dataset]:
    """A dataset with one column's item or the column itself changed."""

    def apply(dataset: Dataset, name: str, **fields: object) -> Dataset:
        def edit(column: Column) -> Column:
            if column.name != name:
                return column
            own = {key: value for key, value in fields.items() if key in Column.__dataclass_fields__}
            changed = replace(column, **own)  # type: ignore[arg-type]
            item = {key: value for key, value in fields.items() if key not in own}
            return replace(changed, item=replace(changed.item, **item))  # type: ignore[arg-type]

        return replace(dataset, columns=tuple(edit(column) for column in dataset.columns))

    return apply
