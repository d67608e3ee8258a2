"""Value lists and where-clauses."""

from __future__ import annotations

from dataclasses import replace

from cdisc_conv.dataset import Condition, Item, ValueLevel
from cdisc_conv.define import build_define, check_define


def set_levels(dataset, levels):
    columns = (replace(one, value_level=levels) if one.name == "VSORRES" else one for one in dataset.columns)
    return replace(dataset, columns=tuple(columns))


def test_value_list(study, vs, read_part):
    assert (
        read_part(build_define(study, [vs]), "VL.VS.VSORRES")
        == """\
<def:ValueListDef OID="VL.VS.VSORRES">
  <ItemRef ItemOID="IT.VS.VSORRES.VSTESTCD.EQ.SYSBP" OrderNumber="1" Mandatory="Yes">
    <def:WhereClauseRef WhereClauseOID="WC.VS.VSTESTCD.EQ.SYSBP"/>
  </ItemRef>
  <ItemRef ItemOID="IT.VS.VSORRES.VSTESTCD.EQ.LIVER" OrderNumber="2" Mandatory="No" MethodOID="MT.VS.VSORRES.VSTESTCD.EQ.LIVER">
    <def:WhereClauseRef WhereClauseOID="WC.VS.VSTESTCD.EQ.LIVER"/>
  </ItemRef>
</def:ValueListDef>"""  # noqa: E501
    )


def test_where_clause(study, vs, read_part):
    assert (
        read_part(build_define(study, [vs]), "WC.VS.VSTESTCD.EQ.SYSBP")
        == """\
<def:WhereClauseDef OID="WC.VS.VSTESTCD.EQ.SYSBP">
  <RangeCheck Comparator="EQ" SoftHard="Soft" def:ItemOID="IT.VS.VSTESTCD">
    <CheckValue>SYSBP</CheckValue>
  </RangeCheck>
</def:WhereClauseDef>"""
    )


def test_value_item(study, vs, read_part):
    assert (
        read_part(build_define(study, [vs]), "IT.VS.VSORRES.VSTESTCD.EQ.SYSBP")
        == """\
<ItemDef OID="IT.VS.VSORRES.VSTESTCD.EQ.SYSBP" Name="SYSBP" DataType="integer" Length="3">
  <Description>
    <TranslatedText xml:lang="en">Systolic BP</TranslatedText>
  </Description>
  <def:Origin Type="Collected" Source="Investigator">
    <def:DocumentRef leafID="LF.DOC.acrf">
      <def:PDFPageRef PageRefs="9" Type="PhysicalRef"/>
    </def:DocumentRef>
  </def:Origin>
</ItemDef>"""
    )


def test_equal_values_are_one_item_under_several_clauses(study, vs, read_part):
    item = Item("text", 4)
    levels = tuple(ValueLevel((Condition("VSTESTCD", "EQ", (name,)),), item) for name in ("SYSBP", "LIVER"))

    xml = build_define(study, [set_levels(vs, levels)])

    assert (
        read_part(xml, "VL.VS.VSORRES")
        == """\
<def:ValueListDef OID="VL.VS.VSORRES">
  <ItemRef ItemOID="IT.VS.VSORRES.VSTESTCD.EQ.SYSBP" OrderNumber="1" Mandatory="No">
    <def:WhereClauseRef WhereClauseOID="WC.VS.VSTESTCD.EQ.SYSBP"/>
    <def:WhereClauseRef WhereClauseOID="WC.VS.VSTESTCD.EQ.LIVER"/>
  </ItemRef>
</def:ValueListDef>"""
    )


def test_two_columns_share_a_clause(study, vs):
    other = replace(vs.column("VSORRES"), name="VSSTRESC", key=0)
    vs = replace(vs, columns=(*vs.columns, other), frame=vs.frame.assign(VSSTRESC=vs.frame["VSORRES"]))

    xml = build_define(study, [vs]).decode()

    assert xml.count('<def:WhereClauseDef OID="WC.VS.VSTESTCD.EQ.SYSBP">') == 1
    assert xml.count('<def:WhereClauseRef WhereClauseOID="WC.VS.VSTESTCD.EQ.SYSBP"/>') == 2


def test_composite_clause_stays_whole(study, vs, read_part):
    conditions = (Condition("VSTESTCD", "IN", ("SYSBP", "LIVER")), Condition("VSDTC", "GE", ("2024-01-01",)))
    xml = build_define(study, [set_levels(vs, (ValueLevel(conditions, Item("text", 4)),))])

    oid = "WC.VS.VSTESTCD.IN.SYSBP_LIVER-f2e3d5d1.VSDTC.GE.2024-01-01"
    assert (
        read_part(xml, oid)
        == f"""\
<def:WhereClauseDef OID="{oid}">
  <RangeCheck Comparator="IN" SoftHard="Soft" def:ItemOID="IT.VS.VSTESTCD">
    <CheckValue>SYSBP</CheckValue>
    <CheckValue>LIVER</CheckValue>
  </RangeCheck>
  <RangeCheck Comparator="GE" SoftHard="Soft" def:ItemOID="IT.VS.VSDTC">
    <CheckValue>2024-01-01</CheckValue>
  </RangeCheck>
</def:WhereClauseDef>"""
    )
    assert check_define(xml) == []


def test_empty_condition_value(study, vs, schema):
    """``VSTESTCD is ""`` names the item after its column and keeps the empty value."""
    levels = (ValueLevel((Condition("VSTESTCD", "EQ", ("",)),), Item("text", 4)),)
    xml = build_define(study, [set_levels(vs, levels)])

    assert b'Name="VSORRES" DataType="text" Length="4"' in xml
    assert b"<CheckValue></CheckValue>" in xml
    assert check_define(xml) == []
