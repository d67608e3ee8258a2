"""The document as a whole, datasets and items: exact fragments."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from cdisc_conv import __version__
from cdisc_conv.dataset import Condition, Origin, OriginType
from cdisc_conv.define import Standard, build_define, check_define

NS = {"o": "http://www.cdisc.org/ns/odm/v1.3", "d": "http://www.cdisc.org/ns/def/v2.1"}


def list_names(xml, path, attribute="Name"):
    return [element.get(attribute) for element in etree.fromstring(xml).iterfind(path, NS)]


def test_head(study, dm):
    lines = build_define(study, [dm]).decode().split("\n")

    assert lines[:21] == [
        "<?xml version='1.0' encoding='UTF-8'?>",
        '<?xml-stylesheet type="text/xsl" href="define2-1.xsl"?>',
        '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1"'
        ' xmlns:xlink="http://www.w3.org/1999/xlink" ODMVersion="1.3.2" FileType="Snapshot"'
        ' FileOID="DEFINE.ABC-1" CreationDateTime="2025-06-30T12:00:00" SourceSystem="cdisc-conv"'
        f' SourceSystemVersion="{__version__}" def:Context="Submission">',
        '  <Study OID="ST.ABC-1">',
        "    <GlobalVariables>",
        "      <StudyName>ABC-1</StudyName>",
        "      <StudyDescription>A study of A &amp; B</StudyDescription>",
        "      <ProtocolName>P-1</ProtocolName>",
        "    </GlobalVariables>",
        '    <MetaDataVersion OID="MDV.ABC-1" Name="Study ABC-1, Data Definitions"'
        ' Description="Data definitions of study ABC-1" def:DefineVersion="2.1.0">',
        "      <def:Standards>",
        '        <def:Standard OID="STD.SDTMIG.3.4" Name="SDTMIG" Type="IG" Version="3.4" Status="Final"/>',
        '        <def:Standard OID="STD.SDTM.2025-03-28" Name="CDISC/NCI" Type="CT"'
        ' PublishingSet="SDTM" Version="2025-03-28" Status="Final"/>',
        "      </def:Standards>",
        "      <def:AnnotatedCRF>",
        '        <def:DocumentRef leafID="LF.DOC.acrf"/>',
        "      </def:AnnotatedCRF>",
        "      <def:SupplementalDoc>",
        '        <def:DocumentRef leafID="LF.DOC.csdrg"/>',
        "      </def:SupplementalDoc>",
        '      <ItemGroupDef OID="IG.DM" Name="DM" Repeating="No" IsReferenceData="No" SASDatasetName="DM" Domain="DM"'
        ' Purpose="Tabulation" def:Structure="One record per subject" def:ArchiveLocationID="LF.DM"'
        ' def:StandardOID="STD.SDTMIG.3.4">',
    ]


def test_dataset(study, vs, read_part):
    assert (
        read_part(build_define(replace(study, dataset_folder="sdtm"), [vs]), "IG.VS")
        == """\
<ItemGroupDef OID="IG.VS" Name="VS" Repeating="Yes" IsReferenceData="No" SASDatasetName="VS" Domain="VS" Purpose="Tabulation" def:Structure="One record per test per subject" def:ArchiveLocationID="LF.VS" def:StandardOID="STD.SDTMIG.3.4">
  <Description>
    <TranslatedText xml:lang="en">Vital Signs</TranslatedText>
  </Description>
  <ItemRef ItemOID="IT.VS.USUBJID" OrderNumber="1" Mandatory="Yes" KeySequence="1" Role="Identifier"/>
  <ItemRef ItemOID="IT.VS.VSTESTCD" OrderNumber="2" Mandatory="Yes" KeySequence="2" Role="Topic"/>
  <ItemRef ItemOID="IT.VS.VSORRES" OrderNumber="3" Mandatory="No" Role="Result Qualifier"/>
  <ItemRef ItemOID="IT.VS.VSDTC" OrderNumber="4" Mandatory="No" Role="Timing"/>
  <ItemRef ItemOID="IT.VS.VSLOBXFL" OrderNumber="5" Mandatory="No" MethodOID="MT.VS.VSLOBXFL"/>
  <ItemRef ItemOID="IT.VS.VSDY" OrderNumber="6" Mandatory="No" MethodOID="MT.VS.VSDY"/>
  <def:Class Name="FINDINGS"/>
  <def:leaf ID="LF.VS" xlink:href="sdtm/vs.xpt">
    <def:title>vs.xpt</def:title>
  </def:leaf>
</ItemGroupDef>"""  # noqa: E501
    )


def test_item_with_pages_and_value_level(study, vs, read_part):
    """Pages are sorted and named once."""
    assert (
        read_part(build_define(study, [vs]), "IT.VS.VSORRES")
        == """\
<ItemDef OID="IT.VS.VSORRES" Name="VSORRES" DataType="text" Length="4" SASFieldName="VSORRES">
  <Description>
    <TranslatedText xml:lang="en">Result</TranslatedText>
  </Description>
  <def:Origin Type="Collected" Source="Investigator">
    <def:DocumentRef leafID="LF.DOC.acrf">
      <def:PDFPageRef PageRefs="9 10" Type="PhysicalRef"/>
    </def:DocumentRef>
  </def:Origin>
  <def:ValueListRef ValueListOID="VL.VS.VSORRES"/>
</ItemDef>"""
    )


def test_dates_have_no_length(study, vs, read_part):
    assert read_part(build_define(study, [vs]), "IT.VS.VSDTC").split("\n")[0] == (
        '<ItemDef OID="IT.VS.VSDTC" Name="VSDTC" DataType="date" SASFieldName="VSDTC">'
    )


def test_float_has_significant_digits_and_format(study, vs, read_part):
    assert read_part(build_define(study, [vs]), "IT.VS.VSORRES.VSTESTCD.EQ.LIVER").split("\n")[0] == (
        '<ItemDef OID="IT.VS.VSORRES.VSTESTCD.EQ.LIVER" Name="LIVER" DataType="float" Length="4"'
        ' SignificantDigits="1" def:DisplayFormat="4.1" def:CommentOID="COM.VS.VSORRES.VSTESTCD.EQ.LIVER"/>'
    ).replace("/>", ">")


def test_predecessor_and_description(study, dm, change, read_part):
    origin = Origin(OriginType.PREDECESSOR, predecessor="EC.ECTRT", description="As the site wrote it")
    part = read_part(build_define(study, [change(dm, "COUNTRY", origin=origin)]), "IT.DM.COUNTRY")

    assert '<def:Origin Type="Predecessor">' in part
    assert '<TranslatedText xml:lang="en">EC.ECTRT. As the site wrote it</TranslatedText>' in part


def test_method_shared_by_equal_text(study, vs, dm, change, read_part):
    dm = change(dm, "COUNTRY", method="Date - RFSTDTC + 1.")
    xml = build_define(study, [vs, dm])

    assert (
        read_part(xml, "MT.DM.COUNTRY")
        == """\
<MethodDef OID="MT.DM.COUNTRY" Name="Method for DM.COUNTRY, VS.VSDY" Type="Computation">
  <Description>
    <TranslatedText xml:lang="en">Date - RFSTDTC + 1.</TranslatedText>
  </Description>
</MethodDef>"""
    )
    assert 'ItemOID="IT.VS.VSDY" OrderNumber="6" Mandatory="No" MethodOID="MT.DM.COUNTRY"' in xml.decode()


def test_method_with_many_users_says_how_many_more(study, vs, change):
    for name in ("USUBJID", "VSTESTCD", "VSDTC", "VSLOBXFL", "VSDY"):
        vs = change(vs, name, method="One way.")

    assert list_names(build_define(study, [vs]), ".//o:MethodDef") == [
        "Method for VS.USUBJID, VS.VSTESTCD, VS.VSDTC and 2 more",
        "Method for VS.VSORRES (LIVER)",
    ]


def test_imputation_is_a_method_of_its_own(study, vs, change):
    vs = change(vs, "VSDTC", method="Date - RFSTDTC + 1.", method_type="Imputation")

    assert list_names(build_define(study, [vs]), ".//o:MethodDef", "Type") == [
        "Computation", "Imputation", "Computation", "Computation",
    ]  # fmt: skip


def test_datasets_by_class_then_name(study, vs, dm):
    ae = replace(dm, name="AE", class_name="EVENTS")
    supp = replace(dm, name="SUPPAE", class_name="RELATIONSHIP", supplemental_to="AE")

    xml = build_define(study, [supp, vs, ae, dm])

    assert list_names(xml, ".//o:ItemGroupDef") == ["DM", "AE", "VS", "SUPPAE"]


def test_supplemental_dataset_carries_the_parent(study, dm, read_part):
    ae = replace(dm, name="AE", label="Adverse Events", class_name="EVENTS")
    supp = replace(dm, name="SUPPAE", class_name="RELATIONSHIP", supplemental_to="AE")

    part = read_part(build_define(study, [ae, supp]), "IG.SUPPAE")

    assert ' Domain="AE"' in part
    assert '<Alias Context="DomainDescription" Name="Adverse Events"/>' in part


def test_split_dataset_carries_the_domain(study, dm, read_part):
    split = replace(dm, name="QSCG", domain="QS", domain_label="Questionnaires", class_name="FINDINGS")

    part = read_part(build_define(study, [split]), "IG.QSCG")

    assert ' Domain="QS"' in part
    assert '<Alias Context="DomainDescription" Name="Questionnaires"/>' in part


def test_analysis_dataset_has_no_domain(study, dm, read_part):
    study = replace(study, standards=(*study.standards, Standard("ADaMIG", "IG", "1.3")))
    adtte = replace(
        dm, name="ADTTE", class_name="BASIC DATA STRUCTURE", sub_class="TIME-TO-EVENT", purpose="Analysis",
        standard="ADaMIG 1.3",
    )  # fmt: skip

    part = read_part(build_define(study, [adtte]), "IG.ADTTE")

    assert " Domain=" not in part
    assert '<def:Class Name="BASIC DATA STRUCTURE">\n    <def:SubClass Name="TIME-TO-EVENT"/>' in part


def test_dataset_without_records(study, dm, read_part):
    xml = build_define(study, [replace(dm, frame=dm.frame.iloc[:0])])

    assert (
        read_part(xml, "IG.DM")
        == """\
<ItemGroupDef OID="IG.DM" Name="DM" Repeating="No" IsReferenceData="No" SASDatasetName="DM" Domain="DM" Purpose="Tabulation" def:Structure="One record per subject" def:StandardOID="STD.SDTMIG.3.4" def:HasNoData="Yes" def:CommentOID="COM.DM">
  <Description>
    <TranslatedText xml:lang="en">Demographics</TranslatedText>
  </Description>
  <ItemRef ItemOID="IT.DM.USUBJID" OrderNumber="1" Mandatory="Yes" KeySequence="1"/>
  <ItemRef ItemOID="IT.DM.COUNTRY" OrderNumber="2" Mandatory="No"/>
  <def:Class Name="SPECIAL PURPOSE"/>
</ItemGroupDef>"""  # noqa: E501
    )
    assert "The dataset has no records." in read_part(xml, "COM.DM")


def test_variable_without_values(study, vs, read_part):
    frame = vs.frame.assign(VSDY=float("nan"), VSLOBXFL="")
    xml = build_define(study, [replace(vs, frame=frame)])

    assert 'ItemOID="IT.VS.VSDY" OrderNumber="6" Mandatory="No" MethodOID="MT.VS.VSDY" def:HasNoData="Yes"' in (
        xml.decode()
    )
    assert 'def:CommentOID="COM.VS.VSLOBXFL"' in read_part(xml, "IT.VS.VSDY"), "one comment for both"
    assert "No record has a value." in read_part(xml, "COM.VS.VSLOBXFL")


def test_variable_out_of_standard(study, dm, change):
    xml = build_define(study, [change(dm, "COUNTRY", non_standard=True)])

    assert '<ItemRef ItemOID="IT.DM.COUNTRY" OrderNumber="2" Mandatory="No" def:IsNonStandard="Yes"/>' in xml.decode()


def test_comments_of_study_standard_and_dataset(study, dm):
    study = replace(
        study, comment="Cut-off 2025-05-01.", standards=(replace(study.standards[0], comment="As planned."),)
    )
    dm = replace(dm, comment="As planned.")

    xml = build_define(study, [dm])

    assert list_names(xml, ".//d:CommentDef", "OID") == ["COM.study", "COM.STD.SDTMIG.3.4"]
    assert xml.decode().count('def:CommentOID="COM.STD.SDTMIG.3.4"') == 2


def test_where_clause_into_another_dataset_says_how_it_is_joined(study, vs, dm, read_part):
    level = vs.column("VSORRES").value_level[0]
    level = replace(level, conditions=(*level.conditions, Condition("DM.COUNTRY", "IN", ("CHN", "JPN"))))
    columns = tuple(replace(one, value_level=(level,)) if one.value_level else one for one in vs.columns)

    xml = build_define(study, [replace(vs, columns=columns), dm])

    (oid,) = list_names(xml, ".//d:WhereClauseDef", "OID")
    assert (
        read_part(xml, oid)
        == f"""\
<def:WhereClauseDef OID="{oid}" def:CommentOID="COM.{oid}">
  <RangeCheck Comparator="EQ" SoftHard="Soft" def:ItemOID="IT.VS.VSTESTCD">
    <CheckValue>SYSBP</CheckValue>
  </RangeCheck>
  <RangeCheck Comparator="IN" SoftHard="Soft" def:ItemOID="IT.DM.COUNTRY">
    <CheckValue>CHN</CheckValue>
    <CheckValue>JPN</CheckValue>
  </RangeCheck>
</def:WhereClauseDef>"""
    )
    assert "A record of VS is joined with the record of DM that has the same USUBJID." in xml.decode()
    assert check_define(xml) == []


def test_same_bytes_every_time(study, vs, dm):
    assert build_define(study, [vs, dm]) == build_define(study, [dm, vs])
