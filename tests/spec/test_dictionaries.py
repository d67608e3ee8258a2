"""study.yaml names the EDC's dictionary, forms.yaml adds to it, and what contradicts the data is reported."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import cdisc_conv
from cdisc_conv.problems import ProblemsError
from cdisc_conv.raw import read_forms
from cdisc_conv.spec.forms.sources import form_source
from cdisc_conv.spec.lint.study import check_study
from cdisc_conv.spec.model import Study

STUDY = """\
study: S1
title: A study
created: 2025-01-01T00:00:00
forms: {dictionary: edc, edc: redcap}
raw: {home: enrolment}
"""
DICTIONARY = """\
field_name,form_name,field_type,field_label,select_choices_or_calculations,text_validation_type_or_show_slider_number
subject,enrolment,text,Subject,,
dob,enrolment,text,Date of birth,,date_ymd
sex,enrolment,radio,Sex,"1, Female | 2, Male",
race,enrolment,checkbox,Race,"1, White | 2, Asian",
sysbp,vitals,text,Systolic,,integer
"""
EVENTS = "event_name,arm_num,unique_event_name\nScreening,1,scr_arm_1\nWeek 4,1,w4_arm_1\n"
DM = """\
dataset: DM
records: [{form: enrolment}]
variables:
  STUDYID: {constant: S1}
  USUBJID: {subject_id: "S1-{subject}"}
  SUBJID: {copy: subject}
  SEX: {map: {value: sex, values: {1: F, 2: M}}}
  BRTHDTC: {datetime: dob}
"""
DATA = """\
subject,redcap_event_name,dob,sex,race___1,race___2,enrolment_complete,sysbp,vitals_complete
001,scr_arm_1,1980-02-01,1,1,0,2,120,2
001,w4_arm_1,,,0,0,0,high,2
002,scr_arm_1,before 1990 maybe,3,7,0,2,,0
002,w4_arm_1,,,0,0,0,,0
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study of which the EDC is REDCap, and an export of it."""
    study = tmp_path / "s1"
    for name, text in {
        "study.yaml": STUDY,
        "edc/dictionary.csv": DICTIONARY,
        "edc/events.csv": EVENTS,
        "edc/data.csv": DATA.splitlines()[0],
        "sdtm/dm.yaml": DM,
    }.items():
        (study / name).parent.mkdir(parents=True, exist_ok=True)
        (study / name).write_text(text, encoding="utf-8")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "data.csv").write_text(DATA, encoding="utf-8")
    return study


def load(folder: Path, added: str = "", **study: str) -> tuple[Study, list[str]]:
    """The study with some forms.yaml, and its problems, with the folder's name cut off."""
    if added:
        (folder / "forms.yaml").write_text(added, encoding="utf-8")
    if study:
        text = "".join(f"{key}: {value}\n" for key, value in study.items())
        lines = [line for line in STUDY.splitlines(keepends=True) if line.split(":")[0] not in study]
        (folder / "study.yaml").write_text("".join(lines) + text, encoding="utf-8")
    loaded, problems = cdisc_conv.load_study(folder)
    return loaded, [str(problem).replace(f"{folder.as_posix()}/", "") for problem in problems]


def refuse(folder: Path, **study: str) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        load(folder, **study)
    return [str(problem).replace(f"{folder.as_posix()}/", "") for problem in caught.value.problems]


def test_the_dictionary_alone(folder: Path) -> None:
    study, problems = load(folder)
    assert problems == []
    assert study.raw.subject == "subject"
    enrolment = study.forms["enrolment"]
    assert (enrolment.label, enrolment.file, enrolment.key) == (
        "Enrolment",
        "data.csv",
        ("subject", "redcap_event_name"),
    )
    assert {name: (field.type, field.role, field.item) for name, field in enrolment.fields.items()} == {
        "subject": ("text", "subject", False),
        "redcap_event_name": ("text", "event", False),
        "dob": ("date", "item", True),
        "sex": ("coded", "item", True),
        "race___1": ("coded", "item", True),
        "race___2": ("coded", "item", True),
        "enrolment_complete": ("coded", "system", False),
    }
    assert (str(enrolment.fields["sex"].place).endswith("edc/dictionary.csv:4"), enrolment.fields["sex"].values) == (
        True,
        {"1": "Female", "2": "Male"},
    )
    assert study.settings["visits"] == [
        {"event": "Screening", "eid": "scr_arm_1"},
        {"event": "Week 4", "eid": "w4_arm_1"},
    ]
    assert {path.name for path in study.files} >= {"dictionary.csv", "events.csv"}


def test_forms_yaml_changes_adds_and_takes_away(folder: Path) -> None:
    study, problems = load(
        folder,
        """\
forms:
  enrolment:
    label: Enrolment visit
    page: 3
    columns:
      dob: Birth date
      sex: {values: {1: F, 2: M}, page: 4}
      race___2: null
      site: {label: Site, role: site, new: true}
  vitals: null
  lab: {label: Laboratory, file: lab.csv, new: true, columns: {LBTEST: Test}}
events:
  - {eid: w4_arm_1, visit: WEEK 4, visitnum: 4}
  - {event: Unscheduled, eid: uns, new: true}
""",
    )
    assert problems == []
    fields = study.forms["enrolment"].fields
    assert list(study.forms) == ["enrolment", "lab"]
    assert (study.forms["enrolment"].label, fields["dob"].label, fields["dob"].type) == (
        "Enrolment visit",
        "Birth date",
        "date",
    )
    assert (fields["sex"].values, fields["sex"].pages, fields["dob"].pages) == ({"1": "F", "2": "M"}, (4,), (3,))
    assert ("race___2" in fields, fields["site"].role, fields["site"].item) == (False, "site", False)
    assert study.settings["visits"] == [
        {"event": "Screening", "eid": "scr_arm_1"},
        {"event": "Week 4", "eid": "w4_arm_1", "visit": "WEEK 4", "visitnum": 4.0},
        {"event": "Unscheduled", "eid": "uns"},
    ]


def test_names_that_the_dictionary_does_not_have(folder: Path) -> None:
    _, problems = load(
        folder,
        """\
forms:
  enrollment: {label: Enrolment}
  vitals:
    columns:
      sisbp: {label: Systolic pressure}
      sysbp: {label: Systolic pressure, new: true}
  diary: {label: Diary}
events:
  - {eid: w5_arm_1, visit: WEEK 5}
""",
    )
    edc = "edc/dictionary.csv"
    assert problems == [
        f"forms.yaml:2: FORM004 form enrollment is not in the dictionary ({edc}, edc/events.csv) (did "
        f"you mean enrolment?)",
        f"forms.yaml:5: FORM005 form vitals has no column sisbp in the dictionary ({edc}:6) (did you mean sysbp?)",
        f"forms.yaml:6: FORM007 column sysbp of form vitals is new, but it is in the dictionary "
        f"(it is at {edc}:6; leave 'new' out to change it)",
        f"forms.yaml:7: FORM004 form diary is not in the dictionary ({edc}, edc/events.csv) "
        "(a form that the dictionary does not have says 'new: true')",
        f"forms.yaml:9: FORM006 event w5_arm_1 is not in the dictionary ({edc}, edc/events.csv) (did you "
        f"mean w4_arm_1?)",
    ]


def test_rows_of_a_shared_file_go_to_the_forms_that_are_filled_in(folder: Path) -> None:
    study, _ = load(folder)
    read, _ = read_forms([form_source(study, form) for form in study.forms.values()], folder.parent / "raw")
    forms = {name: form.frame for name, form in read.items()}
    conversion = cdisc_conv.convert(study, folder.parent / "raw")
    assert forms["enrolment"]["subject"].tolist() == ["001", "002"]
    assert forms["vitals"][["subject", "redcap_event_name"]].values.tolist() == [
        ["001", "scr_arm_1"],
        ["001", "w4_arm_1"],
    ]
    assert list(forms["vitals"].columns) == ["subject", "redcap_event_name", "sysbp", "vitals_complete"]
    dm = conversion.datasets[0].frame
    pd.testing.assert_series_equal(dm["SEX"], pd.Series(["F", "3"], name="SEX", dtype="str"))


def test_values_that_contradict_the_dictionary_name_both_places(folder: Path) -> None:
    study, _ = load(folder)
    problems = cdisc_conv.convert(study, folder.parent / "raw").problems
    found = [
        str(problem).replace(f"{folder.as_posix()}/", "")
        for problem in problems
        if problem.code in ("CODE001", "CODE004")
    ]
    assert found == [
        "form enrolment.race___1 row 2: CODE001 '7' is not among the values of race___1 in form enrolment (0, 1) "
        "(its codes are those of edc/dictionary.csv:5; correct the export, or add it to 'values' in forms.yaml)",
        "form enrolment.dob row 2: CODE004 dob of form enrolment is a date by the dictionary, and holds "
        "'before 1990 maybe'; read by DM.BRTHDTC (the dictionary has it at edc/dictionary.csv:3; "
        "correct the value, or say "
        "'type: text' in forms.yaml)",
        "form vitals.sysbp row 2: CODE004 sysbp of form vitals is a whole number by the dictionary, and holds 'high' "
        "(the dictionary has it at edc/dictionary.csv:6; correct the value, or say 'type: text' in forms.yaml)",
    ]


def test_a_column_that_is_missing_names_both_places(folder: Path) -> None:
    (folder.parent / "raw" / "data.csv").write_text(DATA.replace("sysbp", "sbp"), encoding="utf-8")
    study, _ = load(folder)
    problems = cdisc_conv.convert(study, folder.parent / "raw").problems
    assert [str(problem).replace(f"{folder.as_posix()}/", "") for problem in problems if problem.code == "RAW004"] == [
        "raw/data.csv:1: RAW004 form 'vitals' has no column sysbp (the dictionary has it at "
        "edc/dictionary.csv:6; did you "
        "mean sbp?)"
    ]


def test_dictionaries_that_cannot_be_used(folder: Path) -> None:
    assert refuse(folder, forms="{dictionary: ../edc}") == [
        "study.yaml:5: SPEC117 'dictionary' is '../edc', which cannot be a file inside the study "
        "folder: it goes up with "
        "'..' (name a file inside the study folder, such as edc)"
    ]
    assert refuse(folder, forms="{dictionary: edcs}") == [
        "edcs: DICT001 the dictionary cannot be read: it is not there"
    ]
    assert refuse(folder, forms="{dictionary: edc, edc: redcaps}") == [
        "study.yaml:5: DICT004 there is no EDC 'redcaps' (did you mean redcap?)"
    ]
    assert refuse(folder, forms="{dictionary: edc, edc: rave}") == [
        "study.yaml:5: DICT003 there is no dictionary of Medidata Rave in edc/data.csv, "
        "edc/dictionary.csv, edc/events.csv "
        "(it looks like one of REDCap: edc/data.csv has columns that REDCap adds: redcap_event_name, "
        "race___1, race___2; "
        "say 'edc: redcap')"
    ]


def test_a_system_without_a_dictionary(folder: Path) -> None:
    (folder / "forms.yaml").write_text(
        "forms: {enrolment: {label: Enrolment, columns: {subject: Subject}}}", encoding="utf-8"
    )
    _, problems = load(folder, forms="{edc: redcap}", raw="{home: enrolment, subject: subject}")
    assert problems[:1] == ["study.yaml:4: SPEC002 'forms' has 'edc', but no 'dictionary' that it could be of"]


def test_the_file_of_forms_can_be_another_and_data_have_a_pattern(folder: Path) -> None:
    (folder / "edc" / "data.csv").unlink()
    (folder / "more.yaml").write_text("forms: {vitals: {label: Vital signs}}\n", encoding="utf-8")
    study, problems = load(
        folder, forms='{dictionary: [edc/dictionary.csv], file: more.yaml, data: "export_{form}.csv"}'
    )
    assert problems == []
    assert {form.label: form.file for form in study.forms.values()} == {
        "Enrolment": "export_enrolment.csv",
        "Vital signs": "export_vitals.csv",
    }


def test_interpolated_dates_are_not_collected(folder: Path) -> None:
    views = (
        "projectname,viewname,ordinal,varname,vartype,varlength,varformat,varlabel\n"
        "P,V_P_DM,1,Subject,char,50,$50.,Subject\nP,V_P_DM,2,BIRTHDT,num,8,datetime22.3,Birth\n"
        "P,V_P_DM,3,BIRTHDT_RAW,char,11,$11.,Birth\nP,V_P_DM,4,BIRTHDT_INT,num,8,datetime22.3,Birth\n"
    )
    (folder / "views.csv").write_text(views, encoding="utf-8")
    mapping = (
        DM.replace("enrolment", "DM").replace("datetime: dob", "datetime: BIRTHDT_INT").replace("subject}", "Subject}")
    )
    (folder / "sdtm" / "dm.yaml").write_text(mapping, encoding="utf-8")
    study, _ = load(folder, forms="{dictionary: views.csv}", raw="{home: DM}")
    assert (study.raw.subject, study.forms["DM"].fields["BIRTHDT_INT"].item) == ("Subject", False)
    found = [
        str(problem).replace(f"{folder.as_posix()}/", "") for problem in check_study(study) if problem.code == "LINT330"
    ]
    assert found == [
        "sdtm/dm.yaml:8: LINT330 DM.BRTHDTC reads BIRTHDT_INT of form DM, which the EDC interpolated: "
        "parts of it were not "
        "collected (read BIRTHDT_RAW, which has it as entered)"
    ]


def test_columns_of_the_system_are_accounted_for(folder: Path) -> None:
    study, _ = load(folder)
    assert study.not_submitted == {
        "enrolment.enrolment_complete": "added by the EDC, as its dictionary says, and not collected",
        "vitals.vitals_complete": "added by the EDC, as its dictionary says, and not collected",
    }


def test_forms_that_share_a_file_need_its_name(folder: Path) -> None:
    (folder / "edc" / "data.csv").unlink()
    assert load(folder)[1] == [
        "study.yaml:4: FORM008 nothing says in which file of the raw folder the forms are that share "
        "one: enrolment, vitals "
        "(name it: forms: {dictionary: ..., data: FILE})"
    ]
    assert load(folder, forms="{dictionary: edc, data: data.csv}")[1] == []


def test_rows_of_no_form_are_reported(folder: Path) -> None:
    data = (
        "subject,redcap_repeat_instrument,redcap_repeat_instance,dob,sex,race___1,race___2,"
        "enrolment_complete,sysbp,vitals_complete"
    )
    (folder / "edc" / "data.csv").write_text(data, encoding="utf-8")
    (folder.parent / "raw" / "data.csv").write_text(f"{data}\n1,,,,1,0,0,2,,\n1,old,1,,,0,0,,,\n", encoding="utf-8")
    study, _ = load(folder)
    problems = cdisc_conv.convert(study, folder.parent / "raw").problems
    assert [str(problem) for problem in problems if problem.code == "RAW040"] == [
        "raw/data.csv:3: RAW040 1 row of the file is of no form: redcap_repeat_instrument is 'old' "
        "(add the form to forms.yaml; one that is not submitted is declared so)"
    ]


def test_odm_metadata_kept_with_the_study_describe_data_in_the_raw_folder(folder: Path) -> None:
    root = '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="Snapshot" ODMVersion="1.3.2" FileOID="F">'
    metadata = (
        '<Study OID="S"><MetaDataVersion OID="M" Name="M"><FormDef OID="DM" Name="Demographics" Repeating="No">'
        '<ItemGroupRef ItemGroupOID="G1" Mandatory="No"/><ItemGroupRef ItemGroupOID="G2" Mandatory="No"/></FormDef>'
        '<ItemGroupDef OID="G1" Name="1" Repeating="No"><ItemRef ItemOID="SEX" Mandatory="No"/></ItemGroupDef>'
        '<ItemGroupDef OID="G2" Name="2" Repeating="No"><ItemRef ItemOID="AGE" Mandatory="No"/></ItemGroupDef>'
        '<ItemDef OID="SEX" Name="Sex" DataType="text"/><ItemDef OID="AGE" Name="Age" DataType="integer"/>'
        "</MetaDataVersion></Study>"
    )
    data = (
        '<ClinicalData StudyOID="S" MetaDataVersionOID="M"><SubjectData '
        'SubjectKey="001"><StudyEventData StudyEventOID="E">'
        '<FormData FormOID="DM"><ItemGroupData ItemGroupOID="G1"><ItemData ItemOID="SEX" Value="F"/></ItemGroupData>'
        '<ItemGroupData ItemGroupOID="G2"><ItemData ItemOID="AGE" '
        'Value="40"/></ItemGroupData></FormData></StudyEventData>'
        "</SubjectData></ClinicalData>"
    )
    (folder / "metadata.xml").write_text(f"{root}{metadata}</ODM>", encoding="utf-8")
    (folder.parent / "raw" / "data.xml").write_text(f"{root}{data}</ODM>", encoding="utf-8")
    study, _ = load(folder, forms="{dictionary: metadata.xml, data: data.xml}", raw="{home: DM}")
    forms, problems = read_forms([form_source(study, form) for form in study.forms.values()], folder.parent / "raw")
    assert forms["DM"].frame[["SubjectKey", "SEX", "AGE"]].values.tolist() == [["001", "F", "40"]]
    assert problems == []
