"""Rules that hold a package against its define.xml."""

from __future__ import annotations

from dataclasses import replace

from cdisc_conv.checks.core import list_findings, read_rule, run_core
from cdisc_conv.checks.core.data.define import DefineFacts
from cdisc_conv.define.reading.document import DefineDocument
from tests.checks.core.packages import make_package

DEFINE = b"""<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1"
     xmlns:xlink="http://www.w3.org/1999/xlink" FileType="Snapshot" FileOID="F" ODMVersion="1.3.2">
 <Study OID="S"><GlobalVariables><StudyName>S</StudyName></GlobalVariables>
  <MetaDataVersion OID="M" Name="M" def:DefineVersion="2.1.0">
   <ItemGroupDef OID="IG.AE" Name="AE" Domain="AE" Repeating="Yes" Purpose="Tabulation" def:Structure="One per event">
    <Description><TranslatedText xml:lang="en">Adverse Events</TranslatedText></Description>
    <ItemRef ItemOID="IT.TERM" OrderNumber="2" Mandatory="Yes" KeySequence="1"/>
    <ItemRef ItemOID="IT.SEV" OrderNumber="1" Mandatory="No" Role="Qualifier"/>
    <def:Class Name="EVENTS"/><def:leaf ID="LF.AE" xlink:href="ae.xpt"/>
   </ItemGroupDef>
   <ItemGroupDef OID="IG.LB" Name="LB" Domain="LB" Repeating="Yes" Purpose="Tabulation" def:HasNoData="Yes"/>
   <ItemGroupDef OID="IG.VS" Name="VS" Domain="VS" Repeating="Yes" Purpose="Tabulation"/>
   <ItemDef OID="IT.TERM" Name="AETERM" DataType="text" Length="20"><def:Origin Type="Collected"/></ItemDef>
   <ItemDef OID="IT.SEV" Name="AESEV" DataType="text" Length="8"><CodeListRef CodeListOID="CL.SEV"/></ItemDef>
   <CodeList OID="CL.SEV" Name="Severity" DataType="text">
    <EnumeratedItem CodedValue="MILD"><Alias Context="nci:ExtCodeID" Name="C41338"/></EnumeratedItem>
    <EnumeratedItem CodedValue="AWFUL" def:ExtendedValue="Yes"/>
    <Alias Context="nci:ExtCodeID" Name="C66769"/>
   </CodeList>
  </MetaDataVersion>
 </Study>
</ODM>"""
FACTS = DefineFacts([DefineDocument(DEFINE)])
PACKAGE = make_package(AE={"DOMAIN": ["AE", "AE"], "AETERM": ["Rash", "Rash"], "AESEV": ["MILD", ""]})
WITH_DEFINE = replace(PACKAGE, define=FACTS)


def find(kind: str, check: str, sensitivity: str = "Record") -> list[str]:
    rule = read_rule(f"""
        Core: {{Id: X-1}}
        Rule Type: {kind}
        Sensitivity: {sensitivity}
        Check: {{all: [{check}]}}
        Outcome: {{Message: It is wrong}}
    """)
    return [f"{found.dataset} {found.text}" for found in list_findings(run_core(WITH_DEFINE, [rule]))]


def test_what_define_says() -> None:
    (event, *_) = FACTS.datasets()
    assert event["define_dataset_variables"] == ("AETERM", "AESEV")
    assert event["define_dataset_variable_order"] == ("AESEV", "AETERM")
    assert event["define_dataset_key_sequence"] == ("AETERM",)
    severity = FACTS.variables(PACKAGE.tables[0])[1]
    assert (severity["define_variable_ccode"], severity["define_variable_codelist_coded_codes"]) == (
        "C66769",
        ("C41338",),
    )
    assert FACTS.extended_terms([]) == ("AWFUL",)


def test_datasets_that_are_missing_although_define_has_them() -> None:
    check = "{name: filename, operator: empty}, {name: define_dataset_has_no_data, operator: equal_to, value: false}"
    assert find("Domain Presence Check against Define XML", check) == [
        "STUDY It is wrong: filename blank, define_dataset_has_no_data False"
    ]


def test_variables_and_values_against_define() -> None:
    collected = "{name: define_variable_is_collected, operator: equal_to, value: true}"
    assert find("Variable Metadata Check against Define XML", collected) == [
        "AE It is wrong: define_variable_is_collected True"
    ]
    blank = (
        "{name: define_variable_has_codelist, operator: equal_to, value: true}, {name: variable_value, operator: empty}"
    )
    assert find("Value Check against Define XML Variable", blank) == [
        "AE It is wrong: define_variable_has_codelist True, variable_value blank"
    ]
    missing = "{name: library_variable_ccode, operator: non_empty}, {name: define_variable_ccode, operator: empty}"
    assert find("Define Item Metadata Check against Library Metadata", missing) == []


def test_the_key_of_define() -> None:
    kind = "Dataset Contents Check against Define XML"
    assert find(kind, "{name: define_dataset_key_sequence, operator: is_not_unique_set, value: AETERM}") == [
        "AE It is wrong: define_dataset_key_sequence AETERM, AETERM Rash"
    ]


def test_without_define_the_rule_says_so() -> None:
    rule = read_rule(
        "{Core: {Id: X}, Rule Type: Variable Metadata Check against Define XML, Check: [{name: a, operator: empty}]}"
    )
    assert run_core(PACKAGE, [rule]).not_run == {"X": "there is no define.xml"}
