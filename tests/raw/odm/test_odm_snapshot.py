"""ODM 1.3.2 snapshots: forms and repeating item groups as tables, keys, typed items, units, sites, two files."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdisc_conv.raw import FormSource, RawForm, read_form

HEAD = '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="Snapshot" ODMVersion="1.3.2" FileOID="F">'
STUDY = """
<Study OID="S"><GlobalVariables/><BasicDefinitions>
  <MeasurementUnit OID="MU.KG" Name="kilogram"><Symbol><TranslatedText>kg</TranslatedText></Symbol></MeasurementUnit>
  <MeasurementUnit OID="MU.LB" Name="pound"><Symbol><TranslatedText>lb</TranslatedText></Symbol></MeasurementUnit>
</BasicDefinitions>
<MetaDataVersion OID="M" Name="M">
  <StudyEventDef OID="SE.SCR" Name="Screening" Repeating="No" Type="Scheduled"><FormRef FormOID="F.VS" Mandatory="No"/></StudyEventDef>
  <FormDef OID="F.VS" Name="Vital signs" Repeating="No">
    <ItemGroupRef ItemGroupOID="IG.DATE" Mandatory="No"/><ItemGroupRef ItemGroupOID="IG.BODY" Mandatory="No"/>
    <ItemGroupRef ItemGroupOID="IG.BP" Mandatory="No"/>
  </FormDef>
  <FormDef OID="F.AE" Name="Adverse events" Repeating="No"><ItemGroupRef ItemGroupOID="IG.AE" Mandatory="No"/></FormDef>
  <ItemGroupDef OID="IG.DATE" Name="Date" Repeating="No"><ItemRef ItemOID="VSDAT" Mandatory="No"/></ItemGroupDef>
  <ItemGroupDef OID="IG.BODY" Name="Body" Repeating="No"><ItemRef ItemOID="WEIGHT" Mandatory="No"/></ItemGroupDef>
  <ItemGroupDef OID="IG.BP" Name="Blood pressure" Repeating="Yes">
    <ItemRef ItemOID="SYSBP" Mandatory="No"/><ItemRef ItemOID="POS" Mandatory="No"/></ItemGroupDef>
  <ItemGroupDef OID="IG.AE" Name="Adverse events" Repeating="Yes"><ItemRef ItemOID="AETERM" Mandatory="No"/></ItemGroupDef>
  <ItemDef OID="VSDAT" Name="Date" DataType="partialDate"/>
  <ItemDef OID="WEIGHT" Name="Weight" DataType="float">
    <MeasurementUnitRef MeasurementUnitOID="MU.KG"/><MeasurementUnitRef MeasurementUnitOID="MU.LB"/></ItemDef>
  <ItemDef OID="SYSBP" Name="Systolic" DataType="integer"/>
  <ItemDef OID="POS" Name="Position" DataType="text"><CodeListRef CodeListOID="CL.POS"/></ItemDef>
  <ItemDef OID="AETERM" Name="Term" DataType="text"/>
  <CodeList OID="CL.POS" Name="Position" DataType="text">
    <CodeListItem CodedValue="1"><Decode><TranslatedText xml:lang="de">Sitzend</TranslatedText>
      <TranslatedText xml:lang="en">Sitting</TranslatedText></Decode></CodeListItem>
  </CodeList>
</MetaDataVersion></Study>
"""  # noqa: E501
DATA = """
<ClinicalData StudyOID="S" MetaDataVersionOID="M">
  <SubjectData SubjectKey="001"><SiteRef LocationOID="DE01"/>
    <StudyEventData StudyEventOID="SE.SCR" StudyEventRepeatKey="1">
      <FormData FormOID="F.VS">
        <ItemGroupData ItemGroupOID="IG.DATE"><ItemDataPartialDate ItemOID="VSDAT"> 2024-03 </ItemDataPartialDate></ItemGroupData>
        <ItemGroupData ItemGroupOID="IG.BODY"><ItemData ItemOID="WEIGHT" Value="150">
          <MeasurementUnitRef MeasurementUnitOID="MU.LB"/></ItemData></ItemGroupData>
        <ItemGroupData ItemGroupOID="IG.BP" ItemGroupRepeatKey="1"><ItemData ItemOID="SYSBP" Value="120"/>
          <ItemData ItemOID="POS" Value="1"/></ItemGroupData>
        <ItemGroupData ItemGroupOID="IG.BP" ItemGroupRepeatKey="2"><ItemData ItemOID="SYSBP" IsNull="Yes"/></ItemGroupData>
      </FormData>
      <FormData FormOID="F.AE"><ItemGroupData ItemGroupOID="IG.AE" ItemGroupRepeatKey="1">
        <ItemDataString ItemOID="AETERM">Head
ache </ItemDataString></ItemGroupData></FormData>
    </StudyEventData>
  </SubjectData>
</ClinicalData>
"""  # noqa: E501
KEYS = ["StudyOID", "SubjectKey", "LocationOID", "StudyEventOID", "StudyEventRepeatKey", "FormOID", "FormRepeatKey"]


def read(folder: Path, table: str, file: str = "odm.xml", metadata: tuple[str, ...] = ()) -> tuple[RawForm, list[str]]:
    form, problems = read_form(FormSource("f", file, table=table, metadata=metadata), folder)
    assert form is not None, problems
    return form, [str(problem) for problem in problems]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "odm.xml").write_text(HEAD + STUDY + DATA + "</ODM>", encoding="utf-8")
    return tmp_path


def test_item_groups_that_do_not_repeat_share_a_row(folder: Path) -> None:
    form, problems = read(folder, "F.VS")
    assert list(form.frame.columns) == [*KEYS, "VSDAT", "WEIGHT", "WEIGHT_UNIT"]
    assert form.frame.values.tolist() == [["S", "001", "DE01", "SE.SCR", "1", "F.VS", "", "2024-03", "150", "lb"]]
    assert problems == []


def test_a_repeating_item_group_is_a_table_with_its_repeat_key(folder: Path) -> None:
    form, problems = read(folder, "F.VS.IG.BP")
    assert list(form.frame.columns) == [*KEYS, "ItemGroupOID", "ItemGroupRepeatKey", "SYSBP", "POS"]
    assert form.frame[["ItemGroupRepeatKey", "SYSBP", "POS"]].values.tolist() == [["1", "120", "1"], ["2", "", ""]]
    assert form.labels == {"SYSBP": "Systolic", "POS": "Position"}
    assert form.values == {"POS": {"1": "Sitting"}}
    assert problems == []


def test_the_only_item_group_of_a_form_is_the_form_and_texts_keep_their_blanks(folder: Path) -> None:
    form, _ = read(folder, "F.AE")
    assert form.frame[["ItemGroupRepeatKey", "AETERM"]].values.tolist() == [["1", "Head\nache "]]


def test_metadata_beside_the_data_are_found_by_their_study(tmp_path: Path) -> None:
    (tmp_path / "data.xml").write_text(HEAD + DATA + "</ODM>", encoding="utf-8")
    (tmp_path / "another.xml").write_text(HEAD + STUDY.replace('OID="S"', 'OID="T"') + "</ODM>", encoding="utf-8")
    (tmp_path / "meta.xml").write_text(HEAD + STUDY + "</ODM>", encoding="utf-8")
    form, problems = read(tmp_path, "F.VS", "data.xml")
    assert form.frame["VSDAT"].tolist() == ["2024-03"]
    assert problems == []


def test_metadata_are_named(folder: Path) -> None:
    (folder / "data.xml").write_text(HEAD + DATA + "</ODM>", encoding="utf-8")
    form, problems = read(folder, "F.VS.IG.BP", "data.xml", ("odm.xml",))
    assert form.frame["SYSBP"].tolist() == ["120", ""]
    assert problems == []


def test_without_metadata_every_item_group_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "odm.xml").write_text(HEAD + DATA + "</ODM>", encoding="utf-8")
    form, problems = read(tmp_path, "F.VS.IG.BODY")
    assert form.frame[["WEIGHT", "WEIGHT_UNIT"]].values.tolist() == [["150", "MU.LB"]]
    name = f"{tmp_path.name}/odm.xml"
    assert problems == [
        f"{name}: ODM004 there are no metadata for these data: every item group is a table, and nothing "
        f"is known of its items "
        "(name the file that has them with 'metadata', or put it beside this one)"
    ]
    assert read(tmp_path, "F.AE")[0].frame["AETERM"].tolist() == ["Head\nache "]


def test_sites_include_the_metadata_of_their_study(tmp_path: Path) -> None:
    site = (
        '<Study OID="S_01"><MetaDataVersion OID="M_01" Name="M"><Include StudyOID="S" MetaDataVersionOID="M"/>'
        "</MetaDataVersion></Study>"
    )
    data = DATA.replace('StudyOID="S" MetaDataVersionOID="M"', 'StudyOID="S_01" MetaDataVersionOID="M_01"')
    (tmp_path / "odm.xml").write_text(HEAD + STUDY + site + data + "</ODM>", encoding="utf-8")
    form, problems = read(tmp_path, "F.VS")
    assert form.frame[["StudyOID", "VSDAT"]].values.tolist() == [["S_01", "2024-03"]]
    assert problems == []


def test_what_the_metadata_do_not_have_is_kept_and_reported(tmp_path: Path) -> None:
    data = DATA.replace('<ItemData ItemOID="POS" Value="1"/>', '<ItemData ItemOID="ARM" Value="LEFT"/>')
    (tmp_path / "odm.xml").write_text(HEAD + STUDY + data + "</ODM>", encoding="utf-8")
    form, problems = read(tmp_path, "F.VS.IG.BP")
    assert form.frame["ARM"].tolist() == ["LEFT", ""]
    assert problems == [
        f"{tmp_path.name}/odm.xml:37: ODM008 form 'f' has items that the metadata do not have: ARM",
    ]


def test_vendors_attributes_are_columns(tmp_path: Path) -> None:
    data = DATA.replace('SubjectKey="001"', 'SubjectKey="SS_1" oc:StudySubjectID="001" xmlns:oc="http://oc"')
    data = data.replace(
        'StudyEventRepeatKey="1"', 'StudyEventRepeatKey="1" oc:StartDate="2024-03-01" xmlns:oc="http://oc"'
    )
    (tmp_path / "odm.xml").write_text(HEAD + STUDY + data + "</ODM>", encoding="utf-8")
    form, _ = read(tmp_path, "F.VS")
    assert form.frame[["SubjectKey", "StudySubjectID", "EventStartDate"]].values.tolist() == [
        ["SS_1", "001", "2024-03-01"]
    ]
    assert list(form.frame.columns)[:6] == [
        "StudyOID",
        "SubjectKey",
        "LocationOID",
        "StudySubjectID",
        "StudyEventOID",
        "StudyEventRepeatKey",
    ]


def test_ten_thousand_subjects_come_in_order(tmp_path: Path) -> None:
    subjects = "".join(
        f'<SubjectData SubjectKey="{number}"><StudyEventData StudyEventOID="SE.SCR"><FormData FormOID="F.AE">'
        f'<ItemGroupData ItemGroupOID="IG.AE" ItemGroupRepeatKey="1"><ItemData ItemOID="AETERM" Value="T{number}"/>'
        "</ItemGroupData></FormData></StudyEventData></SubjectData>"
        for number in range(10_000)
    )
    clinical = f'<ClinicalData StudyOID="S" MetaDataVersionOID="M">{subjects}</ClinicalData>'
    (tmp_path / "odm.xml").write_text(HEAD + STUDY + clinical + "</ODM>", encoding="utf-8")
    form, problems = read(tmp_path, "F.AE")
    assert form.frame["AETERM"].tolist() == [f"T{number}" for number in range(10_000)]
    assert problems == []


def test_an_item_group_that_should_not_repeat(tmp_path: Path) -> None:
    again = (
        '<ItemGroupData ItemGroupOID="IG.BODY" ItemGroupRepeatKey="2"><ItemData ItemOID="WEIGHT" '
        'Value="70"/></ItemGroupData>'
    )
    data = DATA.replace("</FormData>", f"{again}</FormData>", 1)
    (tmp_path / "odm.xml").write_text(HEAD + STUDY + data + "</ODM>", encoding="utf-8")
    form, problems = read(tmp_path, "F.VS")
    assert form.frame[["VSDAT", "WEIGHT", "ItemGroupRepeatKey"]].values.tolist() == [
        ["2024-03", "150", ""],
        ["", "70", "2"],
    ]
    assert problems == [
        f"{tmp_path.name}/odm.xml:40: ODM008 form 'f' repeats an item group that does not repeat by the "
        f"metadata; each repeat "
        "is a row"
    ]


def test_the_study_that_a_site_includes_in_another_file(tmp_path: Path) -> None:
    site = (
        '<Study OID="S_01"><MetaDataVersion OID="M_01" Name="M"><Include StudyOID="S" MetaDataVersionOID="{0}"/>'
        "</MetaDataVersion></Study>"
    )
    data = DATA.replace('StudyOID="S" MetaDataVersionOID="M"', 'StudyOID="S_01" MetaDataVersionOID="M_01"')
    (tmp_path / "study.xml").write_text(HEAD + STUDY + "</ODM>", encoding="utf-8")
    (tmp_path / "odm.xml").write_text(HEAD + site.format("M") + data + "</ODM>", encoding="utf-8")
    assert read(tmp_path, "F.VS")[0].frame["VSDAT"].tolist() == ["2024-03"]
    form, problems = read(tmp_path, "F.VS", metadata=("study.xml",))
    assert (form.frame["VSDAT"].tolist(), problems) == (["2024-03"], [])
    (tmp_path / "odm.xml").write_text(HEAD + site.format("M9") + data + "</ODM>", encoding="utf-8")
    assert read(tmp_path, "F.VS", metadata=("study.xml",))[1] == [
        f"{tmp_path.name}/odm.xml:1: ODM005 MetaDataVersion M_01 includes M9 of study S, which is not in the file "
        "(did you mean M?)"
    ]
