"""The metadata of ODM-XML as a dictionary: of any system, of those that add to it, of a study and its sites."""

from __future__ import annotations

from collections.abc import Callable

from cdisc_conv.raw.dictionaries import Dictionary

Read = Callable[..., Dictionary]
Show = Callable[..., list[tuple]]

ROOT = '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" {0}FileType="Snapshot" ODMVersion="1.3.2" FileOID="F">\n'
STUDY = """<Study OID="S"><BasicDefinitions>
<MeasurementUnit OID="U1" Name="kg"><Symbol><TranslatedText>kg</TranslatedText></Symbol></MeasurementUnit>
<MeasurementUnit OID="U2" Name="lb"><Symbol><TranslatedText>lb</TranslatedText></Symbol></MeasurementUnit>
</BasicDefinitions><MetaDataVersion OID="M" Name="M">
<StudyEventDef OID="SE1" Name="|  Screening  |" Repeating="No" Type="Scheduled"><FormRef FormOID="F.VS" Mandatory="No"/></StudyEventDef>
<FormDef OID="F.VS" Name="Vital signs" Repeating="No"><ItemGroupRef ItemGroupOID="IG" Mandatory="No"/></FormDef>
<ItemGroupDef OID="IG" Name="VS" Repeating="No">
<ItemRef ItemOID="WEIGHT" OrderNumber="2" Mandatory="No"/><ItemRef ItemOID="SEX" OrderNumber="1" Mandatory="No"/>
<ItemRef ItemOID="BMI" OrderNumber="3" MethodOID="MT" Mandatory="No"/></ItemGroupDef>
<ItemDef OID="WEIGHT" Name="Weight" DataType="float"><MeasurementUnitRef MeasurementUnitOID="U1"/>
<MeasurementUnitRef MeasurementUnitOID="U2"/></ItemDef>
<ItemDef OID="SEX" Name="Sex" DataType="text"><Question><TranslatedText xml:lang="de">Geschlecht</TranslatedText>
<TranslatedText xml:lang="en">Sex of the subject</TranslatedText></Question><CodeListRef CodeListOID="CL"/></ItemDef>
<ItemDef OID="BMI" Name="BMI" DataType="integer"/>
<CodeList OID="CL" Name="Sex" DataType="text"><CodeListItem CodedValue="F"><Decode><TranslatedText>Female</TranslatedText></Decode>
</CodeListItem><EnumeratedItem CodedValue="M"/></CodeList></MetaDataVersion></Study>
"""  # noqa: E501


def test_metadata_in_a_file_of_their_own_and_data_beside(read: Read, show: Show) -> None:
    data = '<ClinicalData StudyOID="S" MetaDataVersionOID="M"><SubjectData SubjectKey="1"/></ClinicalData>'
    dictionary = read({"meta.xml": ROOT.format("") + STUDY + "</ODM>", "data.xml": ROOT.format("") + data + "</ODM>"})
    form = dictionary.forms["F.VS"]
    assert (dictionary.edc, form.label, form.file, form.table, form.metadata) == (
        "odm",
        "Vital signs",
        "data.xml",
        "F.VS",
        ("meta.xml",),
    )
    assert show(dictionary, "F.VS") == [
        ("SEX", "Sex of the subject", "coded", "item", {"F": "Female", "M": "M"}, 13),
        ("WEIGHT", "Weight", "decimal", "item", {}, 11),
        ("WEIGHT_UNIT", "Weight (unit)", "coded", "item", {"kg": "kg", "lb": "lb"}, 11),
        ("BMI", "BMI", "integer", "derived", {}, 15),
    ]
    assert (form.events, form.key) == (
        ("SE1",),
        ("SubjectKey", "StudyEventOID", "StudyEventRepeatKey", "FormOID", "FormRepeatKey"),
    )
    assert [(event.name, event.eid) for event in dictionary.events] == [("Screening", "SE1")]
    assert (dictionary.subject, dictionary.problems) == ("SubjectKey", ())


def test_versions_of_a_form_are_one_and_the_subject_is_the_one_people_know(read: Read) -> None:
    space = 'xmlns:OpenClinica="http://www.openclinica.org/ns/odm_ext_v130/v3.1" '
    form = '<FormDef OID="{0}" Name="Vital signs - {0}" Repeating="No"><ItemGroupRef ItemGroupOID="IG" Mandatory="No"/>'
    form += '<OpenClinica:FormDetails FormOID="{0}" ParentFormOID="F_VS"/></FormDef>'
    before, _, after = STUDY.partition("<FormDef")
    study = before + form.format("V1") + form.format("V2") + after.partition("</FormDef>")[2]
    data = (
        '<ClinicalData StudyOID="S" MetaDataVersionOID="M">'
        '<SubjectData SubjectKey="SS1" OpenClinica:StudySubjectID="001"/></ClinicalData>'
    )
    dictionary = read({"oc.xml": ROOT.format(space) + study + data + "</ODM>"})
    assert (dictionary.edc, list(dictionary.forms), dictionary.subject) == ("openclinica", ["F_VS"], "StudySubjectID")
    assert dictionary.forms["F_VS"].label == "Vital signs"


def test_redcaps_own_names(read: Read) -> None:
    space = 'xmlns:redcap="https://projectredcap.org" SourceSystem="REDCap" '
    study = STUDY.replace('OID="F.VS" Name', 'OID="F.VS" redcap:FormName="vs" Name', 1)
    dictionary = read({"p.xml": ROOT.format(space) + study + "</ODM>"}, "redcap")
    assert (dictionary.edc, list(dictionary.forms)) == ("redcap", ["vs"])


def test_what_is_wrong(read: Read) -> None:
    study = STUDY.replace('<ItemDef OID="BMI"', '<ItemDef OID="SEX"').replace('CodeListOID="CL"', 'CodeListOID="CX"')
    dictionary = read({"m.xml": ROOT.format("") + study + "</ODM>"})
    assert [str(problem) for problem in dictionary.problems] == [
        "edc/m.xml:15: DICT006 item SEX is defined twice (the first is edc/m.xml:13)",
        "edc/m.xml:8: DICT007 item group IG has the item BMI, which is not defined",
        "edc/m.xml:13: DICT007 item SEX has the code list CX, which is not defined",
    ]


def test_files_that_cannot_be_read(refuse: Callable[..., list[str]]) -> None:
    bomb = '<!DOCTYPE ODM [<!ENTITY a "a">]>' + ROOT.format("") + STUDY + "</ODM>"
    assert refuse({"m.xml": bomb}) == [
        "edc/m.xml:1: ODM002 the file declares entities, which ODM does not need and which are not read "
        "(take the DOCTYPE out, or export the file again)"
    ]
    (problem,) = refuse({"m.xml": ROOT.format("") + STUDY})
    assert problem.startswith("edc/m.xml:18: ODM001 the file is not well-formed XML: Premature end of data")
