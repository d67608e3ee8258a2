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
from cdisc_conv.define.building.displays import (
    AnalysisDataset,
    AnalysisResult,
    DocumentReference,
    Programming,
    ResultDisplay,
)

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


def text_column(name: str, label: str, length: int, origin: Origin | None = ASSIGNED, **other: object) -> Column:
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


CODES = "ADaM/NCI 2025-03-28"
NO_YES = Codelist(
    "No Yes Response", "NY", "C66742", PACKAGE, terms=(Term("N", "C49487", "No"), Term("Y", "C49488", "Yes"))
)
PARAMETERS = Codelist(
    "Parameter Code",
    "PARAMCD",
    terms=(Term("OS", decode="Overall Survival (days)"), Term("PFS", decode="Progression-Free Survival (days)")),
)
RESPONSES = Codelist(
    "Oncology Response Assessment Result",
    "ONCRSR",
    "C96785",
    PACKAGE,
    terms=(Term("CR", "C4870", "Complete Response"), Term("PR", "C18058", "Partial Response")),
)
IMPUTED = Codelist("Date Imputation Flag", "DATEFL", "C81223", CODES, terms=(Term("D", "C81212", "Day Imputed"),))


def copied(source: str) -> Origin:
    return Origin(OriginType.PREDECESSOR, predecessor=source)


def number_column(name: str, label: str, length: int, origin: Origin | None = DERIVED, **other: object) -> Column:
    item_fields = {key: other.pop(key) for key in ("codelist", "method", "comment") if key in other}
    return Column(name, label, True, Item("integer", length, origin=origin, **item_fields), **other)  # type: ignore[arg-type]


def of_parameter(code: str, item: Item, label: str = "") -> ValueLevel:
    return ValueLevel((Condition("PARAMCD", "EQ", (code,)),), item, label=label)


@pytest.fixture
def adam_study() -> DefineStudy:
    """A study with two displays: progression-free survival by Kaplan-Meier, and best overall response."""
    survival = AnalysisResult(
        "MEDIAN",
        "Median progression-free survival with 95 % confidence interval",
        "SPECIFIED IN SAP",
        "PRIMARY OUTCOME MEASURE",
        (
            AnalysisDataset("ADTTE", ("AVAL", "CNSR"), (Condition("PARAMCD", "EQ", ("PFS",)),)),
            AnalysisDataset("ADSL", ("FASFL",), (Condition("FASFL", "EQ", ("Y",)),)),
        ),
        comment="A record of ADTTE is joined with the record of ADSL that has the same USUBJID.",
        documentation="Kaplan-Meier estimate; the interval is made with the log-log transformation.",
        documents=(DocumentReference("sap", (24, 25)),),
        programming=Programming("R 4.4.1", "survfit(Surv(AVAL, CNSR == 0) ~ 1, conf.type = 'log-log')"),
    )
    response = AnalysisResult(
        "RATE",
        "Number and percentage of subjects by best overall response",
        "SPECIFIED IN PROTOCOL",
        "SECONDARY OUTCOME MEASURE",
        (
            AnalysisDataset(
                "ADRS",
                ("AVALC",),
                (Condition("PARAMCD", "EQ", ("BOR",)), Condition("ADSL.FASFL", "EQ", ("Y",))),
            ),
        ),
        programming=Programming(documents=(DocumentReference("t_bor"),)),
    )
    return DefineStudy(
        name="ABC-1",
        description="A study of A & B",
        protocol_name="P-1",
        created="2025-06-30T12:00:00",
        standards=(
            Standard("ADaMIG", "IG", "1.3"),
            Standard("CDISC/NCI", "CT", "2025-03-28", publishing_set="ADaM"),
            Standard("CDISC/NCI", "CT", "2025-03-28", publishing_set="SDTM"),
        ),
        documents=(
            Document("adrg", "Analysis Data Reviewer's Guide", "adrg.pdf"),
            Document("sap", "Statistical Analysis Plan", "sap.pdf"),
            Document("tables", "Tables and Figures", "tables.pdf", DocumentKind.REFERENCED),
            Document("t_bor", "t_bor.R", "programs/t_bor.R", DocumentKind.REFERENCED),
        ),
        displays=(
            ResultDisplay(
                "T-14-2-1",
                "Table 14.2.1",
                "Progression-free survival, full analysis set",
                (survival,),
                (DocumentReference("tables", (3,)),),
            ),
            ResultDisplay("T-14-2-2", "Table 14.2.2", "Best overall response, full analysis set", (response,)),
        ),
    )


@pytest.fixture
def adsl() -> Dataset:
    """One subject: copied, numeric date with its imputation flag, population flag."""
    frame = pd.DataFrame(
        {
            "USUBJID": pd.Series(["01"], dtype=TEXT),
            "AGE": pd.Series([60.0]),
            "TRTSDT": pd.Series([23377.0]),
            "TRTSDTF": pd.Series(["D"], dtype=TEXT),
            "FASFL": pd.Series(["Y"], dtype=TEXT),
        }
    )
    columns = (
        text_column(
            "USUBJID", "Unique Subject Identifier", 2, copied("DM.USUBJID"), key=1, core="Req", role="Identifier"
        ),
        number_column("AGE", "Age", 2, copied("DM.AGE"), core="Req"),
        number_column("TRTSDT", "Date of First Exposure", 5, method="The first EX.EXSTDTC.", format="DATE9."),
        text_column("TRTSDTF", "Imputation Flag", 1, DERIVED, method="D where the day is missing.", codelist=IMPUTED),
        text_column(
            "FASFL", "Full Analysis Set Population Flag", 1, DERIVED, method="Y when treated.", codelist=NO_YES
        ),
    )
    return Dataset(
        "ADSL",
        "Subject-Level Analysis Dataset",
        frame,
        columns,
        "SUBJECT LEVEL ANALYSIS DATASET",
        "One record per subject",
        standard="ADaMIG 1.3",
        repeating=False,
        purpose="Analysis",
    )


@pytest.fixture
def adtte() -> Dataset:
    """Two times to event: the value is derived parameter by parameter."""
    frame = pd.DataFrame(
        {
            "USUBJID": pd.Series(["01", "01"], dtype=TEXT),
            "PARAMCD": pd.Series(["OS", "PFS"], dtype=TEXT),
            "AVAL": pd.Series([400.0, 120.0]),
            "CNSR": pd.Series([1.0, 0.0]),
        }
    )
    level = (
        of_parameter(
            "OS",
            Item("integer", 3, origin=DERIVED, method="Days from first dose to death or last contact."),
            "Overall Survival (days)",
        ),
        of_parameter(
            "PFS",
            Item("integer", 3, origin=DERIVED, method="Days from first dose to progression or death."),
            "Progression-Free Survival (days)",
        ),
    )
    columns = (
        text_column("USUBJID", "Unique Subject Identifier", 2, copied("ADSL.USUBJID"), key=1, core="Req"),
        text_column("PARAMCD", "Parameter Code", 3, key=2, codelist=PARAMETERS, core="Req"),
        number_column("AVAL", "Analysis Value", 3, None, value_level=level),
        number_column("CNSR", "Censor", 1, method="0 for an event, 1 for a censored time."),
    )
    return Dataset(
        "ADTTE",
        "Time-to-Event Analysis Dataset",
        frame,
        columns,
        "BASIC DATA STRUCTURE",
        "One record per subject per parameter",
        standard="ADaMIG 1.3",
        purpose="Analysis",
        sub_class="TIME-TO-EVENT",
    )


@pytest.fixture
def adrs() -> Dataset:
    """Responses: one parameter is copied from RS, another is derived."""
    frame = pd.DataFrame(
        {
            "USUBJID": pd.Series(["01", "01", "01"], dtype=TEXT),
            "PARAMCD": pd.Series(["BOR", "OVR", "OVR"], dtype=TEXT),
            "AVALC": pd.Series(["CR", "PR", "CR"], dtype=TEXT),
            "ADT": pd.Series([23450.0, 23420.0, 23450.0]),
        }
    )
    level = (
        of_parameter(
            "BOR",
            Item("text", 2, origin=DERIVED, method="The best of the responses.", codelist=RESPONSES),
            "Best Overall Response",
        ),
        of_parameter(
            "OVR", Item("text", 2, origin=copied("RS.RSSTRESC"), codelist=RESPONSES), "Overall Response by Visit"
        ),
    )
    codes = Codelist(
        "Parameter Code",
        "PARAMCD",
        terms=(Term("BOR", decode="Best Overall Response"), Term("OVR", decode="Overall Response by Visit")),
    )
    columns = (
        text_column("USUBJID", "Unique Subject Identifier", 2, copied("ADSL.USUBJID"), key=1, core="Req"),
        text_column("PARAMCD", "Parameter Code", 3, key=2, codelist=codes, core="Req"),
        text_column("AVALC", "Analysis Value (C)", 2, None, value_level=level),
        number_column("ADT", "Analysis Date", 5, method="RS.RSDTC as a number.", format="DATE9.", key=3),
    )
    return Dataset(
        "ADRS",
        "Response Analysis Dataset",
        frame,
        columns,
        "BASIC DATA STRUCTURE",
        "One record per subject per parameter per analysis date",
        standard="ADaMIG 1.3",
        purpose="Analysis",
    )


@pytest.fixture(scope="session")
def arm_schema() -> etree.XMLSchema:
    """The schema of Define-XML 2.1 with Analysis Results Metadata 1.0, as odmlib ships it."""
    folder = Path(odmlib.__file__).parent / "schemas" / "arm" / "1.0-define2.1"
    return etree.XMLSchema(etree.parse(folder / "arm1-0-0.xsd"))
