"""Analysis datasets in define.xml: classes, dates, predecessors, terminology of two packages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from cdisc_conv.define import build_define, check_define, check_inputs


def show(problems):
    return [str(problem) for problem in problems]


@pytest.fixture
def xml(adam_study, adsl, adtte, adrs):
    return build_define(adam_study, [adtte, adrs, adsl])


def test_valid_and_sound(xml, arm_schema):
    arm_schema.assertValid(etree.fromstring(xml))
    assert check_define(xml) == []


def test_without_displays_it_is_plain_define_xml(adam_study, adsl, adtte, schema):
    documents = adam_study.documents[:2]
    xml = build_define(replace(adam_study, displays=(), documents=documents), [adsl, adtte])

    schema.assertValid(etree.fromstring(xml))
    assert check_define(xml) == []
    assert b"arm" not in xml


def test_dataset(xml, read_part):
    """Purpose, class with its subclass, no domain, no roles, the file beside define.xml."""
    assert (
        read_part(xml, "IG.ADTTE")
        == """\
<ItemGroupDef OID="IG.ADTTE" Name="ADTTE" Repeating="Yes" IsReferenceData="No" SASDatasetName="ADTTE" Purpose="Analysis" def:Structure="One record per subject per parameter" def:ArchiveLocationID="LF.ADTTE" def:StandardOID="STD.ADaMIG.1.3">
  <Description>
    <TranslatedText xml:lang="en">Time-to-Event Analysis Dataset</TranslatedText>
  </Description>
  <ItemRef ItemOID="IT.ADTTE.USUBJID" OrderNumber="1" Mandatory="Yes" KeySequence="1"/>
  <ItemRef ItemOID="IT.ADTTE.PARAMCD" OrderNumber="2" Mandatory="Yes" KeySequence="2"/>
  <ItemRef ItemOID="IT.ADTTE.AVAL" OrderNumber="3" Mandatory="No"/>
  <ItemRef ItemOID="IT.ADTTE.CNSR" OrderNumber="4" Mandatory="No" MethodOID="MT.ADTTE.CNSR"/>
  <def:Class Name="BASIC DATA STRUCTURE">
    <def:SubClass Name="TIME-TO-EVENT"/>
  </def:Class>
  <def:leaf ID="LF.ADTTE" xlink:href="adtte.xpt">
    <def:title>adtte.xpt</def:title>
  </def:leaf>
</ItemGroupDef>"""  # noqa: E501
    )


def test_no_roles_in_analysis_data(xml, adsl):
    assert adsl.column("USUBJID").role == "Identifier"
    assert b"Role=" not in xml


def test_numeric_date_is_shown_as_a_date(xml, read_part):
    assert (
        read_part(xml, "IT.ADSL.TRTSDT")
        == """\
<ItemDef OID="IT.ADSL.TRTSDT" Name="TRTSDT" DataType="integer" Length="5" SASFieldName="TRTSDT" def:DisplayFormat="DATE9.">
  <Description>
    <TranslatedText xml:lang="en">Date of First Exposure</TranslatedText>
  </Description>
  <def:Origin Type="Derived" Source="Sponsor"/>
</ItemDef>"""  # noqa: E501
    )


def test_predecessor_names_the_variable_and_has_no_source(xml, read_part):
    assert (
        read_part(xml, "IT.ADSL.AGE")
        == """\
<ItemDef OID="IT.ADSL.AGE" Name="AGE" DataType="integer" Length="2" SASFieldName="AGE">
  <Description>
    <TranslatedText xml:lang="en">Age</TranslatedText>
  </Description>
  <def:Origin Type="Predecessor">
    <Description>
      <TranslatedText xml:lang="en">DM.AGE</TranslatedText>
    </Description>
  </def:Origin>
</ItemDef>"""
    )


def test_predecessor_of_one_parameter_beside_a_derived_one(xml):
    root = etree.fromstring(xml)
    origins = {
        item.get("Name"): [
            (one.get("Type"), one.findtext("{*}Description/{*}TranslatedText")) for one in item.iterfind("{*}Origin")
        ]
        for item in root.iter("{*}ItemDef")
        if item.get("OID").startswith("IT.ADRS.AVALC")
    }
    methods = {one.get("ItemOID"): one.get("MethodOID") for one in root.iter("{*}ItemRef")}

    assert origins == {"AVALC": [], "BOR": [("Derived", None)], "OVR": [("Predecessor", "RS.RSSTRESC")]}
    assert methods["IT.ADRS.AVALC.PARAMCD.EQ.BOR"] == "MT.ADRS.AVALC.PARAMCD.EQ.BOR"
    assert methods["IT.ADRS.AVALC.PARAMCD.EQ.OVR"] is None


def test_each_codelist_is_of_its_package(xml):
    root = etree.fromstring(xml)
    assert {
        one.get("Name"): one.get("{http://www.cdisc.org/ns/def/v2.1}StandardOID") for one in root.iter("{*}CodeList")
    } == {
        "Date Imputation Flag": "STD.ADaM.2025-03-28",
        "No Yes Response": "STD.SDTM.2025-03-28",
        "Oncology Response Assessment Result": "STD.SDTM.2025-03-28",
        "Parameter Code (BOR, OVR)": None,
        "Parameter Code (OS, PFS)": None,
    }


def test_guides_are_supplemental_and_tables_are_only_referred_to(xml):
    root = etree.fromstring(xml)
    assert [one.get("leafID") for one in root.find(".//{*}SupplementalDoc")] == ["LF.DOC.adrg", "LF.DOC.sap"]
    assert [one.get("ID") for one in root.iterfind(".//{*}MetaDataVersion/{*}leaf")] == [
        "LF.DOC.adrg", "LF.DOC.sap", "LF.DOC.tables", "LF.DOC.t_bor",
    ]  # fmt: skip


def test_a_document_that_nothing_refers_to(adam_study, adsl, adtte, adrs):
    xml = build_define(replace(adam_study, displays=adam_study.displays[1:]), [adsl, adtte, adrs])

    assert [problem.message for problem in check_define(xml)] == ["nothing refers to def:leaf LF.DOC.tables"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"purpose": "Tabulation"},
            "ADTTE: DEF105 a dataset of the class BASIC DATA STRUCTURE has the purpose Tabulation (it is Analysis)",
        ),
        (
            {"class_name": "EVENTS", "sub_class": ""},
            "ADTTE: DEF105 a dataset of the class EVENTS has the purpose Analysis (it is Tabulation)",
        ),
        (
            {"sub_class": "TIME TO EVENT"},
            "ADTTE: DEF105 the class BASIC DATA STRUCTURE has no subclass 'TIME TO EVENT' "
            "(did you mean TIME-TO-EVENT?)",
        ),
        (
            {"sub_class": "ADVERSE EVENT"},
            "ADTTE: DEF105 the class BASIC DATA STRUCTURE has no subclass 'ADVERSE EVENT' (one of "
            "NON-COMPARTMENTAL ANALYSIS, POPULATION PHARMACOKINETIC ANALYSIS, TIME-TO-EVENT)",
        ),
        (
            {"class_name": "ADAM OTHER", "sub_class": "ADVERSE EVENT"},
            "ADTTE: DEF105 the class ADAM OTHER has no subclass 'ADVERSE EVENT' (it has none)",
        ),
    ],
)
def test_class_that_does_not_fit(adam_study, adtte, fields, message):
    study = replace(adam_study, displays=())
    assert show(check_inputs(study, [replace(adtte, **fields)])) == [message]


def test_predecessor_with_a_method(adam_study, adsl, adtte, adrs, change):
    adsl = change(adsl, "AGE", method="Copied.")

    problems = check_define(build_define(adam_study, [adsl, adtte, adrs]))

    assert [problem.message for problem in problems] == ["IT.ADSL.AGE is copied from its predecessor and has a method"]
