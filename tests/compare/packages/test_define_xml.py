"""define.xml against define.xml: planted changes are found one by one, and what means the same is not a difference."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cdisc_conv.compare.packages.define_xml import DefineDifference, compare_define, describe_difference
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
from cdisc_conv.define import DefineStudy, Document, DocumentKind, Standard, build_define
from cdisc_conv.define.building.xml import qualify, shorten
from cdisc_conv.define.checking.vocabulary import DEFINITIONS, REFERENCES
from cdisc_conv.problems import ProblemsError

TEXT = pd.StringDtype(na_value=float("nan"))
ASSIGNED = Origin(OriginType.ASSIGNED, OriginSource.SPONSOR)
DERIVED = Origin(OriginType.DERIVED, OriginSource.SPONSOR)
COLLECTED = Origin(OriginType.COLLECTED, OriginSource.INVESTIGATOR, (9, 10))
PACKAGE = "SDTM/NCI 2025-03-28"
SYSBP = Term("SYSBP", "C25298", "Systolic Blood Pressure")
LIVER = Term("LIVER", "", "Liver Span", extended=True)
TESTS = Codelist("Vital Signs Test Code", "VSTESTCD", "C66741", PACKAGE, terms=(SYSBP, LIVER))
PLACES = Codelist("Places", "PLACES", terms=(Term("HOME", decode="At home"), Term("SITE", decode="At the site")))
COUNTRY = Codelist("Country", "COUNTRY", dictionary="ISO 3166", version="2020-08")
IN_BOTH = (Condition("VSTESTCD", "IN", ("SYSBP", "DIABP")), Condition("DM.COUNTRY", "EQ", ("CHN",)))

STUDY = DefineStudy(
    name="ABC-1",
    description="A study of A & B",
    protocol_name="P-1",
    created="2025-06-30T12:00:00",
    standards=(
        Standard("SDTMIG", "IG", "3.4"),
        Standard("SDTMIG-MD", "IG", "1.1"),
        Standard("CDISC/NCI", "CT", "2025-03-28", publishing_set="SDTM"),
    ),
    documents=(
        Document("acrf", "Annotated CRF", "acrf.pdf", DocumentKind.ANNOTATED_CRF),
        Document("csdrg", "Reviewer's Guide", "csdrg.pdf"),
    ),
)


def text_column(name: str, label: str, length: int, origin: Origin = ASSIGNED, **other: Any) -> Column:
    of_item = {key: other.pop(key) for key in ("codelist", "method", "comment") if key in other}
    return Column(name, label, False, Item("text", length, origin=origin, **of_item), **other)


def make_frame(*names: str) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(["x"], dtype=TEXT) for name in names})


VS = Dataset(
    "VS",
    "Vital Signs",
    make_frame("USUBJID", "VSTESTCD", "VSORRES", "VSLOC", "VSDY"),
    (
        text_column("USUBJID", "Unique Subject Identifier", 2, key=1, role="Identifier", core="Req"),
        text_column("VSTESTCD", "Short Name", 8, codelist=TESTS, key=2, role="Topic", core="Req"),
        text_column(
            "VSORRES",
            "Result",
            4,
            COLLECTED,
            value_level=(
                ValueLevel(
                    (Condition("VSTESTCD", "EQ", ("LIVER",)),), Item("float", 4, 1, "4.1", DERIVED, method="Span.")
                ),
                ValueLevel(IN_BOTH, Item("integer", 3, origin=COLLECTED), True, "Blood pressure"),
            ),
        ),
        text_column("VSLOC", "Place", 4, codelist=PLACES, comment="As said."),
        Column("VSDY", "Study Day", True, Item("integer", 1, origin=DERIVED, method="Date minus RFSTDTC plus 1.")),
    ),
    "FINDINGS",
    "One record per test per subject",
    comment="Of all visits.",
)
DM = Dataset(
    "DM",
    "Demographics",
    make_frame("USUBJID", "COUNTRY"),
    (
        text_column("USUBJID", "Unique Subject Identifier", 2, key=1, core="Req"),
        text_column("COUNTRY", "Country", 3, codelist=COUNTRY),
    ),
    "SPECIAL PURPOSE",
    "One record per subject",
    repeating=False,
)
BASE = build_define(STUDY, [VS, DM])
WHERE_BOTH = 'DM.COUNTRY EQ "CHN" and VS.VSTESTCD IN ("DIABP", "SYSBP")'
WHERE_LIVER = 'VS.VSTESTCD EQ "LIVER"'


def change_column(name: str, **fields: Any) -> Dataset:
    """VS with one column changed; what a column does not have is of its item."""

    def edit(column: Column) -> Column:
        if column.name != name:
            return column
        own = {key: value for key, value in fields.items() if key in Column.__dataclass_fields__}
        of_item = {key: value for key, value in fields.items() if key not in own}
        return replace(column, **own, item=replace(column.item, **of_item))

    return replace(VS, columns=tuple(edit(column) for column in VS.columns))


def change_level(number: int, **fields: Any) -> Dataset:
    """VS with one of the value-level items of VSORRES changed."""
    levels = list(VS.column("VSORRES").value_level)
    own = {key: value for key, value in fields.items() if key in ValueLevel.__dataclass_fields__}
    of_item = {key: value for key, value in fields.items() if key not in own}
    levels[number] = replace(levels[number], **own, item=replace(levels[number].item, **of_item))
    return change_column("VSORRES", value_level=tuple(levels))


def order_columns(*numbers: int) -> Dataset:
    return replace(VS, columns=tuple(VS.columns[number] for number in numbers))


def change_terms(codelist: Codelist, *terms: Term) -> Dataset:
    return change_column("VSLOC" if codelist is PLACES else "VSTESTCD", codelist=replace(codelist, terms=terms))


def find(study: DefineStudy, *datasets: Dataset) -> list[tuple[str, ...]]:
    """What differs from BASE, each as (kind, place, attribute, base, other), with the name where there is one."""
    compared = compare_define(BASE, build_define(study, datasets))
    assert compared.problems == ()
    return [show(one) for one in compared.differences]


def show(one: DefineDifference) -> tuple[str, ...]:
    place = ".".join(part for part in (one.dataset, one.variable) if part)
    where = f" where {one.where}" if one.where else ""
    return (one.kind, place + where, *([one.name] if one.name else []), one.attribute, one.base, one.other)


NEW = Column("VSNEW", "New", False, Item("text", 1, origin=ASSIGNED))

PLANTED: list[tuple[Dataset, list[tuple[str, ...]]]] = [
    (replace(VS, label="Signs"), [("dataset", "VS", "label", "Vital Signs", "Signs")]),
    (replace(VS, class_name="EVENTS"), [("dataset", "VS", "class", "FINDINGS", "EVENTS")]),
    (replace(VS, structure="One"), [("dataset", "VS", "structure", "One record per test per subject", "One")]),
    (replace(VS, repeating=False), [("dataset", "VS", "repeating", "Yes", "No")]),
    (replace(VS, comment="Of some."), [("dataset", "VS", "comment", "Of all visits.", "Of some.")]),
    (replace(VS, standard="SDTMIG-MD 1.1"), [("dataset", "VS", "standard", "SDTMIG 3.4", "SDTMIG-MD 1.1")]),
    (
        change_column("VSTESTCD", key=0),
        [("dataset", "VS", "keys", "USUBJID, VSTESTCD", "USUBJID")],
    ),
    (change_column("VSDY", label="Day"), [("variable", "VS.VSDY", "label", "Study Day", "Day")]),
    (change_column("VSLOC", length=9), [("variable", "VS.VSLOC", "length", "4", "9")]),
    (change_column("VSLOC", display_format="$9."), [("variable", "VS.VSLOC", "display format", "", "$9.")]),
    (change_column("VSDY", core="Req"), [("variable", "VS.VSDY", "mandatory", "No", "Yes")]),
    (change_column("VSTESTCD", role="Timing"), [("variable", "VS.VSTESTCD", "role", "Topic", "Timing")]),
    (change_column("VSLOC", comment="Else."), [("variable", "VS.VSLOC", "comment", "As said.", "Else.")]),
    (
        change_column("VSDY", type="float", significant_digits=2),
        [
            ("variable", "VS.VSDY", "data type", "integer", "float"),
            ("variable", "VS.VSDY", "significant digits", "", "2"),
        ],
    ),
    (
        change_column("VSDY", method="Date minus\n RFSTDTC."),
        [("variable", "VS.VSDY", "method", "Date minus RFSTDTC plus 1.", "Date minus RFSTDTC.")],
    ),
    (
        change_column("VSDY", method_type="Imputation"),
        [("variable", "VS.VSDY", "method type", "Computation", "Imputation")],
    ),
    (
        change_column("VSORRES", origin=replace(COLLECTED, pages=(9, 11))),
        [("variable", "VS.VSORRES", "origin pages", "acrf.pdf 9, 10", "acrf.pdf 9, 11")],
    ),
    (
        change_column("VSLOC", origin=Origin(OriginType.PREDECESSOR, predecessor="DM.COUNTRY")),
        [
            ("variable", "VS.VSLOC", "origin type", "Assigned", "Predecessor"),
            ("variable", "VS.VSLOC", "origin source", "Sponsor", ""),
            ("variable", "VS.VSLOC", "origin description", "", "DM.COUNTRY"),
        ],
    ),
    (
        change_column("VSLOC", origin=replace(ASSIGNED, source=OriginSource.VENDOR)),
        [("variable", "VS.VSLOC", "origin source", "Sponsor", "Vendor")],
    ),
    (order_columns(0, 2, 3, 1, 4), [("variable", "VS.VSTESTCD", "order", "2", "4")]),
    (
        replace(VS, columns=(*VS.columns[:1], NEW, *VS.columns[1:]), frame=VS.frame.assign(VSNEW="x")),
        [("variable", "VS.VSNEW", "presence", "absent", "present")],
    ),
    (change_column("VSLOC", codelist=None), [("variable", "VS.VSLOC", "codelist", "Places", "")]),
    (change_level(0, length=5), [("value level", f"VS.VSORRES where {WHERE_LIVER}", "length", "4", "5")]),
    (change_level(0, method="Size."), [("value level", f"VS.VSORRES where {WHERE_LIVER}", "method", "Span.", "Size.")]),
    (
        change_level(1, conditions=IN_BOTH[:1]),
        [
            ("value level", f"VS.VSORRES where {WHERE_BOTH}", "presence", "present", "absent"),
            (
                "value level",
                'VS.VSORRES where VS.VSTESTCD IN ("DIABP", "SYSBP")',
                "presence",
                "absent",
                "present",
            ),
        ],
    ),
    (
        change_terms(PLACES, PLACES.terms[0]),
        [("codelist", "VS.VSLOC", "Places", "term SITE", "present", "absent")],
    ),
    (
        change_terms(PLACES, *PLACES.terms, Term("CAR", decode="On the way")),
        [("codelist", "VS.VSLOC", "Places", "term CAR", "absent", "present")],
    ),
    (
        change_terms(PLACES, PLACES.terms[0], Term("SITE", decode="Elsewhere")),
        [("codelist", "VS.VSLOC", "Places", "decode of SITE", "At the site", "Elsewhere")],
    ),
    (
        change_terms(TESTS, replace(SYSBP, code="C1"), LIVER),
        [("codelist", "VS.VSTESTCD", "Vital Signs Test Code", "NCI code of SYSBP", "C25298", "C1")],
    ),
    (
        change_terms(TESTS, SYSBP, replace(LIVER, code="C2", extended=False)),
        [
            ("codelist", "VS.VSTESTCD", "Vital Signs Test Code", "extended of LIVER", "Yes", ""),
            ("codelist", "VS.VSTESTCD", "Vital Signs Test Code", "NCI code of LIVER", "", "C2"),
        ],
    ),
    (
        change_column("VSLOC", codelist=replace(PLACES, name="Sites")),
        [("codelist", "VS.VSLOC", "Places", "name", "Places", "Sites")],
    ),
    (change_column("VSTESTCD", codelist=replace(TESTS, name="Tests")), []),
]


@pytest.mark.parametrize(("changed", "expected"), PLANTED)
def test_a_planted_change_is_found_alone(changed, expected):
    assert sorted(find(STUDY, changed, DM)) == sorted(expected)


def test_every_planted_change_the_other_way_round():
    for changed, expected in PLANTED:
        if len(expected) == 1:
            found = compare_define(build_define(STUDY, [changed, DM]), BASE).differences
            (one,) = found
            assert (one.base, one.other) == (expected[0][-1], expected[0][-2])


def test_a_dataset_in_one_file_only_is_one_difference():
    without = build_define(STUDY, [DM])
    assert [describe_difference(one) for one in compare_define(build_define(STUDY, [DM]), without).differences] == []
    plain = replace(VS, columns=VS.columns[:2])
    (one,) = compare_define(build_define(STUDY, [plain, DM]), without).differences
    assert show(one) == ("dataset", "VS", "presence", "present", "absent")


def test_a_dataset_without_records():
    assert find(STUDY, replace(VS, frame=VS.frame.iloc[:0]), DM)[:3] == [
        ("dataset", "VS", "file", "vs.xpt", ""),
        ("dataset", "VS", "file title", "vs.xpt", ""),
        ("dataset", "VS", "no data", "", "Yes"),
    ]


def test_study_standards_and_documents():
    other = replace(
        STUDY,
        protocol_name="P-2",
        standards=(STUDY.standards[0], replace(STUDY.standards[1], version="1.2"), STUDY.standards[2]),
        documents=(STUDY.documents[0], replace(STUDY.documents[1], href="guide.pdf"), Document("x", "More", "x.pdf")),
    )
    assert find(other, VS, DM) == [
        ("study", "", "protocol", "P-1", "P-2"),
        ("standard", "", "SDTMIG-MD IG", "version", "1.1", "1.2"),
        ("document", "", "csdrg.pdf", "address", "csdrg.pdf", "guide.pdf"),
        ("document", "", "x.pdf", "presence", "absent", "present"),
    ]


def test_another_terminology_package():
    newer = replace(TESTS, standard="SDTM/NCI 2025-09-26")
    study = replace(STUDY, standards=(*STUDY.standards[:2], replace(STUDY.standards[2], version="2025-09-26")))
    old, new = "CDISC/NCI SDTM 2025-03-28", "CDISC/NCI SDTM 2025-09-26"
    assert find(study, change_column("VSTESTCD", codelist=newer), DM) == [
        ("standard", "", "CDISC/NCI SDTM CT", "version", "2025-03-28", "2025-09-26"),
        ("codelist", "VS.VSTESTCD", "Vital Signs Test Code", "terminology", old, new),
    ]


def test_a_dictionary_of_another_version():
    country = replace(
        DM, columns=(DM.columns[0], text_column("COUNTRY", "Country", 3, codelist=replace(COUNTRY, version="2024")))
    )
    assert find(STUDY, VS, country) == [("codelist", "DM.COUNTRY", "Country", "dictionary version", "2020-08", "2024")]


def test_a_codelist_of_several_variables_is_compared_once():
    def place(codelist: Codelist) -> bytes:
        columns = (*VS.columns, text_column("VSPOS", "Position", 4, codelist=codelist))
        changed = replace(VS, columns=columns, frame=VS.frame.assign(VSPOS="x"))
        return build_define(STUDY, [replace(changed, columns=tuple(with_list(one, codelist) for one in columns)), DM])

    def with_list(column: Column, codelist: Codelist) -> Column:
        return replace(column, item=replace(column.item, codelist=codelist)) if column.name == "VSLOC" else column

    (one,) = compare_define(place(PLACES), place(replace(PLACES, terms=PLACES.terms[:1]))).differences
    assert one.shared_by == ("VS.VSPOS",)
    assert describe_difference(one) == "VS.VSLOC, codelist Places: term SITE: only in base (also VS.VSPOS)"


@pytest.mark.parametrize(
    "conditions",
    [
        tuple(reversed(IN_BOTH)),
        (Condition("VSTESTCD", "IN", ("DIABP", "SYSBP")), IN_BOTH[1]),
        (IN_BOTH[0], Condition("DM.COUNTRY", "IN", ("CHN",))),
    ],
)
def test_where_clauses_of_equal_meaning(conditions):
    assert find(STUDY, change_level(1, conditions=conditions), DM) == []


def test_summary_and_equality():
    compared = compare_define(BASE, build_define(STUDY, [change_column("VSDY", label="Day", length=2), DM]))
    assert (compared.equal, dict(compared.summary)) == (False, {"variable": 2})
    assert compare_define(BASE, BASE).equal
    assert [describe_difference(one) for one in compared.differences] == [
        "VS.VSDY: label: Study Day -> Day",
        "VS.VSDY: length: 1 -> 2",
    ]


CHANCES = st.integers(0, 2**32).map(random.Random)


def disguise(xml: bytes, chance: random.Random) -> bytes:
    """The same define.xml with all identifiers renamed, elements shuffled and texts laid out anew."""
    root = etree.fromstring(xml)
    names: dict[tuple[str, str], str] = {}
    for kind, attribute in DEFINITIONS.items():
        for element in root.iter(qualify(kind)):
            names[kind, element.get(attribute)] = f"X{chance.randrange(1000)}.{len(names)}"
            element.set(attribute, names[kind, element.get(attribute)])
    for element in list(root.iter(etree.Element)):
        for key, value in element.attrib.items():
            kind = REFERENCES.get(shorten(key))
            if kind:
                element.set(key, names[kind, value])
        if len(element):
            children = list(element)
            chance.shuffle(children)
            element[:] = children
            element.text = "\n" * chance.randrange(3)
        elif element.text and shorten(element.tag) == "TranslatedText":
            element.text = f"\n  {element.text.replace(' ', chance.choice([' ', chr(10), ' ' + chr(10) + '   ']))} "
    return etree.tostring(root, encoding=chance.choice(["UTF-8", "UTF-16"]))


@given(CHANCES)
@settings(max_examples=40, deadline=None)
def test_identifiers_order_and_layout_do_not_count(chance):
    assert compare_define(BASE, disguise(BASE, chance)).differences == ()


@given(CHANCES, st.integers(0, len(PLANTED) - 1))
@settings(max_examples=40, deadline=None)
def test_planted_changes_are_found_in_disguise_too(chance, number):
    changed, expected = PLANTED[number]
    compared = compare_define(BASE, disguise(build_define(STUDY, [changed, DM]), chance))
    assert sorted(map(show, compared.differences)) == sorted(expected)


def test_a_method_written_once_or_twice_is_the_same():
    both = change_column("VSLOC", method="Of the day.", origin=DERIVED)
    day = replace(both.columns[4], item=replace(both.columns[4].item, method="Of the day."))
    xml = build_define(STUDY, [replace(both, columns=(*both.columns[:4], day)), DM])
    method = xml[xml.index(b'<MethodDef OID="MT.VS.VSLOC"') : xml.index(b"<def:CommentDef")].partition(b"</MethodDef>")
    twice = xml.replace(method[0], method[0].replace(b"MT.VS.VSLOC", b"COPY") + method[1] + method[0])
    reference = b'OrderNumber="5" Mandatory="No" MethodOID="%b"'
    twice = twice.replace(reference % b"MT.VS.VSLOC", reference % b"COPY")
    assert (xml.count(b"Of the day."), twice.count(b"Of the day."), twice.count(b'"COPY"')) == (1, 2, 2)
    assert compare_define(xml, twice).differences == ()


def test_a_file_that_is_not_there(tmp_path):
    (tmp_path / "define.xml").write_bytes(BASE)
    with pytest.raises(ProblemsError) as raised:
        compare_define(tmp_path / "define.xml", tmp_path / "other.xml")
    path = (tmp_path / "other.xml").as_posix()
    assert str(raised.value) == f"{path}: DEF001 the file cannot be read: No such file or directory"
    assert compare_define(tmp_path / "define.xml", BASE).equal
