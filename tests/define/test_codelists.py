"""Codelists: NCI codes, extended terms, lists of the sponsor, dictionaries, subsets."""

from __future__ import annotations

import pytest
from lxml import etree

from cdisc_conv.dataset import Codelist, Term
from cdisc_conv.define import build_define

PACKAGE = "SDTM/NCI 2025-03-28"


def list_lists(xml):
    found = etree.fromstring(xml).iter("{*}CodeList")
    return [(element.get("OID"), element.get("Name")) for element in found]


def test_terms_with_decodes_and_an_extended_one(study, vs, read_part):
    assert (
        read_part(build_define(study, [vs]), "CL.VSTESTCD")
        == """\
<CodeList OID="CL.VSTESTCD" Name="Vital Signs Test Code" DataType="text" def:StandardOID="STD.SDTM.2025-03-28">
  <CodeListItem CodedValue="SYSBP">
    <Decode>
      <TranslatedText xml:lang="en">Systolic Blood Pressure</TranslatedText>
    </Decode>
    <Alias Context="nci:ExtCodeID" Name="C25298"/>
  </CodeListItem>
  <CodeListItem CodedValue="LIVER" def:ExtendedValue="Yes">
    <Decode>
      <TranslatedText xml:lang="en">Liver Span</TranslatedText>
    </Decode>
  </CodeListItem>
  <Alias Context="nci:ExtCodeID" Name="C66741"/>
</CodeList>"""
    )


def test_terms_without_decodes_are_enumerated(study, dm, change, read_part):
    units = Codelist("Unit", "UNIT", "C71620", PACKAGE, terms=(Term("mg", "C28253"), Term("sachet")))
    assert (
        read_part(build_define(study, [change(dm, "COUNTRY", codelist=units)]), "CL.UNIT")
        == """\
<CodeList OID="CL.UNIT" Name="Unit" DataType="text" def:StandardOID="STD.SDTM.2025-03-28">
  <EnumeratedItem CodedValue="mg">
    <Alias Context="nci:ExtCodeID" Name="C28253"/>
  </EnumeratedItem>
  <EnumeratedItem CodedValue="sachet" def:ExtendedValue="Yes"/>
  <Alias Context="nci:ExtCodeID" Name="C71620"/>
</CodeList>"""
    )


def test_term_without_decode_in_a_decoded_list_stands_for_itself(study, dm, change, read_part):
    mixed = Codelist("Grade", "GRADE", terms=(Term("1", decode="Mild"), Term("5")))
    assert (
        read_part(build_define(study, [change(dm, "COUNTRY", codelist=mixed)]), "CL.GRADE")
        == """\
<CodeList OID="CL.GRADE" Name="Grade" DataType="text" def:IsNonStandard="Yes">
  <CodeListItem CodedValue="1">
    <Decode>
      <TranslatedText xml:lang="en">Mild</TranslatedText>
    </Decode>
  </CodeListItem>
  <CodeListItem CodedValue="5">
    <Decode>
      <TranslatedText xml:lang="en">5</TranslatedText>
    </Decode>
  </CodeListItem>
</CodeList>"""
    )


def test_dictionary(study, dm, read_part):
    assert (
        read_part(build_define(study, [dm]), "CL.COUNTRY")
        == """\
<CodeList OID="CL.COUNTRY" Name="Country" DataType="text">
  <ExternalCodeList Dictionary="ISO 3166" Version="2020-08"/>
</CodeList>"""
    )


def test_empty_term_keeps_its_coded_value(study, dm, change, read_part):
    blank = Codelist("Odd", "ODD", terms=(Term(""),))
    assert '<EnumeratedItem CodedValue=""/>' in read_part(
        build_define(study, [change(dm, "COUNTRY", codelist=blank)]), "CL.ODD"
    )


def test_equal_lists_are_one(study, vs, change):
    no_yes = vs.column("VSLOBXFL").item.codelist
    xml = build_define(study, [change(vs, "USUBJID", codelist=no_yes)])

    assert xml.decode().count('CodeListOID="CL.NY"') == 2
    assert list_lists(xml) == [("CL.NY", "No Yes Response"), ("CL.VSTESTCD", "Vital Signs Test Code")]


def test_subsets_are_told_apart_by_their_terms(study, vs, change):
    both = Codelist("No Yes Response", "NY", "C66742", PACKAGE, terms=(Term("N", "C49487"), Term("Y", "C49488")))
    xml = build_define(study, [change(vs, "USUBJID", codelist=both)])

    assert list_lists(xml)[:2] == [
        ("CL.NY.N_Y-bbf3be05", "No Yes Response (N, Y)"),
        ("CL.NY.Y", "No Yes Response (Y)"),
    ]


@pytest.mark.parametrize("length", [41, 200])
def test_long_subsets_are_told_apart_by_their_first_user(study, vs, change, length):
    one = Codelist("Reason", "REASON", terms=(Term("a" * length),))
    two = Codelist("Reason", "REASON", terms=(Term("b" * length),))
    vs = change(change(vs, "USUBJID", codelist=one), "VSLOBXFL", codelist=two)

    assert list_lists(build_define(study, [vs]))[:2] == [
        ("CL.REASON.VS.USUBJID", "Reason (VS.USUBJID)"),
        ("CL.REASON.VS.VSLOBXFL", "Reason (VS.VSLOBXFL)"),
    ]


def test_same_terms_with_other_decodes_are_told_apart_by_their_first_user(study, vs, change):
    one = Codelist("Reason", "REASON", terms=(Term("a", decode="first"),))
    two = Codelist("Reason", "REASON", terms=(Term("a", decode="second"),))
    vs = change(change(vs, "USUBJID", codelist=one), "VSLOBXFL", codelist=two)

    assert [name for _, name in list_lists(build_define(study, [vs]))[:2]] == [
        "Reason (VS.USUBJID)",
        "Reason (VS.VSLOBXFL)",
    ]


def test_list_without_terms_is_left_out(study, dm, change):
    """Define-XML has no empty codelists: a column whose values are all missing uses no term."""
    xml = build_define(study, [change(dm, "COUNTRY", codelist=Codelist("Unit", "UNIT", "C71620", PACKAGE))])

    assert list_lists(xml) == []
    assert b"CodeListRef" not in xml
