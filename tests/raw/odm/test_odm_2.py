"""ODM 2.0: nested item groups, several values of an item, forms that events name, and drafts."""

from __future__ import annotations

from pathlib import Path

from cdisc_conv.raw import FormSource, read_form

HEAD = (
    '<ODM xmlns="http://www.cdisc.org/ns/odm/v2.0" FileType="Snapshot" ODMVersion="2.0" FileOID="F" '
    'CreationDateTime="2025-01-01T00:00:00Z">'
)
STUDY = """
<Study OID="S" StudyName="S" ProtocolName="S"><MetaDataVersion OID="M" Name="M">
  <StudyEventDef OID="SE" Name="Screening" Repeating="No" Type="Scheduled"><ItemGroupRef ItemGroupOID="F" Mandatory="Yes"/></StudyEventDef>
  <ItemGroupDef OID="F" Name="Demographics" Repeating="No" Type="Form">
    <ItemGroupRef ItemGroupOID="IG.DM" Mandatory="Yes"/><ItemGroupRef ItemGroupOID="IG.RACE" Mandatory="No"/></ItemGroupDef>
  <ItemGroupDef OID="IG.DM" Name="General" Repeating="No" Type="Section"><ItemRef ItemOID="SEX" Mandatory="No"/>
    <ItemRef ItemOID="LANG" Mandatory="No"/></ItemGroupDef>
  <ItemGroupDef OID="IG.RACE" Name="Race" Repeating="Static" Type="Section"><ItemRef ItemOID="RACE" Mandatory="No"/></ItemGroupDef>
  <ItemDef OID="SEX" Name="Sex" DataType="text"/><ItemDef OID="LANG" Name="Languages" DataType="text"/>
  <ItemDef OID="RACE" Name="Race" DataType="text"/>
</MetaDataVersion></Study>
"""  # noqa: E501
DATA = """
<ClinicalData StudyOID="S" MetaDataVersionOID="M"><SubjectData SubjectKey="1"><StudyEventData StudyEventOID="SE">
  <ItemGroupData ItemGroupOID="F">
    <ItemGroupData ItemGroupOID="IG.DM"><ItemData ItemOID="SEX"><Value>F</Value></ItemData>
      <ItemData ItemOID="LANG"><Value SeqNum="1">de</Value><Value SeqNum="2">en</Value></ItemData>
      <ItemGroupData ItemGroupOID="IG.RACE" ItemGroupRepeatKey="1"><ItemData ItemOID="RACE"><Value>ASIAN</Value></ItemData></ItemGroupData>
      <ItemGroupData ItemGroupOID="IG.RACE" ItemGroupRepeatKey="2"><ItemData ItemOID="RACE"><Value>WHITE</Value></ItemData></ItemGroupData>
    </ItemGroupData>
  </ItemGroupData>
</StudyEventData></SubjectData></ClinicalData></ODM>
"""  # noqa: E501


def test_nested_item_groups(tmp_path: Path) -> None:
    (tmp_path / "odm.xml").write_text(HEAD + STUDY + DATA, encoding="utf-8")
    form, problems = read_form(FormSource("f", "odm.xml", table="F"), tmp_path)
    assert form is not None
    assert form.frame[["SubjectKey", "StudyEventOID", "FormOID", "SEX", "LANG"]].values.tolist() == [
        ["1", "SE", "F", "F", "de|en"]
    ]
    assert problems == []
    race, _ = read_form(FormSource("f", "odm.xml", table="F.IG.RACE"), tmp_path)
    assert race is not None
    assert race.frame[["ItemGroupOID", "ItemGroupRepeatKey", "RACE"]].values.tolist() == [
        ["IG.RACE", "1", "ASIAN"],
        ["IG.RACE", "2", "WHITE"],
    ]


def test_a_draft_is_read_with_a_note(tmp_path: Path) -> None:
    (tmp_path / "odm.xml").write_text(HEAD.replace("2025-01-01", "2021-03-21") + STUDY + DATA, encoding="utf-8")
    form, problems = read_form(FormSource("f", "odm.xml", table="F"), tmp_path)
    assert form is not None
    assert form.frame["SEX"].tolist() == ["F"]
    assert [(problem.severity, str(problem)) for problem in problems] == [
        (
            "note",
            f"{tmp_path.name}/odm.xml:1: ODM006 the file follows a draft of ODM 2.0: it was written on "
            f"2021-03-21, before ODM "
            "2.0 was final; it is read as far as it is like the final one",
        )
    ]
