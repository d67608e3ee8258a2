"""define.xml of the versions 2.0 and 2.1 against each other, and files that are none."""

from __future__ import annotations

import pytest

from cdisc_conv.compare.packages.define_xml import compare_define, describe_difference
from cdisc_conv.problems import ProblemsError

OLD = """\
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.0"
     xmlns:xlink="http://www.w3.org/1999/xlink" ODMVersion="1.3.2">
  <Study OID="S"><GlobalVariables><StudyName>ABC-1</StudyName></GlobalVariables>
    <MetaDataVersion OID="M" Name="Data" def:DefineVersion="2.0.0" def:StandardName="SDTM-IG"
        def:StandardVersion="3.1.2">
      <ItemGroupDef OID="1" Name="DM" Domain="DM" Repeating="No" IsReferenceData="No" Purpose="Tabulation"
          def:Structure="One record per subject" def:Class="SPECIAL PURPOSE" def:ArchiveLocationID="f">
        <Description><TranslatedText xml:lang="en">Demographics</TranslatedText></Description>
        <ItemRef ItemOID="a" OrderNumber="1" Mandatory="Yes" KeySequence="1"/>
        <ItemRef ItemOID="b" OrderNumber="2" Mandatory="No" MethodOID="gone"/>
        <def:leaf ID="f" xlink:href="dm.xpt"><def:title>dm.xpt</def:title></def:leaf>
      </ItemGroupDef>
      <ItemDef OID="a" Name="USUBJID" DataType="text" Length="8"/>
      <ItemDef OID="b" Name="AGE" DataType="integer" Length="2">
        <def:Origin Type="CRF"><def:DocumentRef leafID="crf">
          <def:PDFPageRef PageRefs="7 6" Type="PhysicalRef"/></def:DocumentRef></def:Origin>
      </ItemDef>
      <def:leaf ID="crf" xlink:href="blankcrf.pdf"><def:title>CRF</def:title></def:leaf>
    </MetaDataVersion>
  </Study>
</ODM>
"""


def test_define_xml_2_0_is_read():
    newer = OLD.replace('FirstPage=""', "").replace('PageRefs="7 6"', 'FirstPage="6" LastPage="8"')
    compared = compare_define(OLD.encode(), newer.replace('def:Class="SPECIAL PURPOSE"', 'def:Class="EVENTS"').encode())
    assert [describe_difference(one) for one in compared.differences] == [
        "DM: class: SPECIAL PURPOSE -> EVENTS",
        "DM.AGE: origin pages: blankcrf.pdf 6, 7 -> blankcrf.pdf 6, 7, 8",
    ]
    assert [str(problem) for problem in compared.problems] == [
        f"define.xml ({side}):10: DEF005 ItemRef refers to MethodDef gone, which is not defined (what it should say is "
        "not compared)"
        for side in ("base", "compare")
    ]


def test_pages_and_named_destinations_are_told_apart():
    named = OLD.replace('PageRefs="7 6" Type="PhysicalRef"', 'PageRefs="AE 6" Type="NamedDestination"')
    assert [describe_difference(one) for one in compare_define(OLD.encode(), named.encode()).differences] == [
        "DM.AGE: origin pages: blankcrf.pdf 6, 7 -> blankcrf.pdf #6, #AE"
    ]


def test_the_same_in_2_0_and_2_1():
    newer = (
        OLD.replace("/def/v2.0", "/def/v2.1")
        .replace('DefineVersion="2.0.0" def:StandardName="SDTM-IG"', 'DefineVersion="2.1.0"')
        .replace(
            'def:StandardVersion="3.1.2">',
            '><def:Standards><def:Standard OID="s" Name="SDTMIG" Type="IG" Version="3.1.2"/></def:Standards>',
        )
        .replace('def:Class="SPECIAL PURPOSE"', 'def:StandardOID="s"')
        .replace('<def:leaf ID="f"', '<def:Class Name="SPECIAL PURPOSE"/><def:leaf ID="f"')
    )
    compared = compare_define(OLD.encode(), newer.encode())
    assert [describe_difference(one) for one in compared.differences] == ["study: Define-XML version: 2.0.0 -> 2.1.0"]


BAD: list[tuple[bytes, str]] = [
    (b"", "1: DEF001 the file is not well-formed XML: Document is empty, line 1, column 1"),
    (b"<ODM/>", "1: DEF002 the root is ODM without the namespace of ODM 1.3 (is it a define.xml?)"),
    (
        b'<!DOCTYPE ODM [<!ENTITY a SYSTEM "file:///etc/passwd">]><ODM>&a;</ODM>',
        "1: DEF001 the file has a document type declaration, which a define.xml must not have",
    ),
    (
        b'<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"/>',
        "1: DEF002 the file has 0 metadata versions instead of one",
    ),
    (
        OLD.replace('DefineVersion="2.0.0"', 'DefineVersion="1.0"').encode(),
        "2: DEF002 the Define-XML version is 1.0 (2.0 and 2.1 are read)",
    ),
    (
        OLD.replace('DefineVersion="2.0.0"', 'DefineVersion="2.10.0"').encode(),
        "2: DEF002 the Define-XML version is 2.10.0 (2.0 and 2.1 are read)",
    ),
    (
        OLD.replace('DefineVersion="2.0.0"', 'DefineVersion="2.1.0"').encode(),
        "2: DEF002 the Define-XML version is 2.1.0, but in the namespace 'http://www.cdisc.org/ns/def/v2.0' "
        "(that of 2.1.0 is 'http://www.cdisc.org/ns/def/v2.1')",
    ),
    (
        OLD.replace("/odm/v1.3", "/odm/v1.2").encode(),
        "2: DEF002 the root is of ODM 1.2 instead of ODM 1.3 (Define-XML 1.0, which is not read, stands on ODM 1.2)",
    ),
]


@pytest.mark.parametrize(("xml", "message"), BAD)
def test_what_is_no_define_xml_is_said_of_both_sides_at_once(xml, message):
    with pytest.raises(ProblemsError) as raised:
        compare_define(xml, xml)
    assert str(raised.value) == f"define.xml (base):{message}\ndefine.xml (compare):{message}"
