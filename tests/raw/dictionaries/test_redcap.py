"""REDCap's data dictionary: dialects, checkboxes, events and arms, repeating instruments, faults."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from cdisc_conv.raw.dictionaries import Dictionary

HEADER = (
    '"Variable / Field Name","Form Name","Section Header","Field Type","Field Label",'
    '"Choices, Calculations, OR Slider Labels","Field Note","Text Validation Type OR Show Slider Number",'
    '"Text Validation Min","Text Validation Max",Identifier?,"Branching Logic (Show field only if...)",'
    '"Required Field?","Custom Alignment","Question Number (surveys only)","Matrix Group Name","Matrix Ranking?",'
    '"Field Annotation"\n'
)
API = (
    "field_name,form_name,section_header,field_type,field_label,select_choices_or_calculations,field_note,"
    "text_validation_type_or_show_slider_number,text_validation_min,text_validation_max,identifier,branching_logic,"
    "required_field,custom_alignment,question_number,matrix_group_name,matrix_ranking,field_annotation\n"
)
FIELDS = """\
subject,enrolment,,text,Subject,,,,,,,,,,,,,
dob,enrolment,,text,"<b>Date of
birth</b>",,,date_mdy,,,y,,,,,,,
race,enrolment,,checkbox,Race,"1, White | 2,Asian|-1, Not known| NA ,Refused",,,,,,,,,,,,
sex,enrolment,,radio,Sex,"F, Female, at birth|M, Male",,,,,,,,,,,,
hello,enrolment,,descriptive,Welcome,,,,,,,,,,,,,
sys,vitals,,text,Systolic,,,integer,,,,,,,,,,
wt,vitals,,text,Weight,,,number_comma_decimal,,,,,,,,,,
bmi,vitals,,calc,BMI,[wt]/2,,,,,,,,,,,,
ok,vitals,,yesno,Fine?,,,,,,,,,,,,,
"""
ENROLMENT = [
    ("dob", "Date of birth", "date", "item", {}, 3),
    ("race___1", "Race (choice=White)", "coded", "item", {"0": "Unchecked", "1": "Checked"}, 5),
    ("race___2", "Race (choice=Asian)", "coded", "item", {"0": "Unchecked", "1": "Checked"}, 5),
    ("race____1", "Race (choice=Not known)", "coded", "item", {"0": "Unchecked", "1": "Checked"}, 5),
    ("race___na", "Race (choice=Refused)", "coded", "item", {"0": "Unchecked", "1": "Checked"}, 5),
    ("sex", "Sex", "coded", "item", {"F": "Female, at birth", "M": "Male"}, 6),
]
VITALS = [
    ("sys", "Systolic", "integer", "item", {}, 8),
    ("wt", "Weight", "decimal", "item", {}, 9),
    ("bmi", "BMI", "decimal", "derived", {}, 10),
    ("ok", "Fine?", "coded", "item", {"1": "Yes", "0": "No"}, 11),
]
Read = Callable[..., Dictionary]
Show = Callable[..., list[tuple]]


@pytest.mark.parametrize("header", [HEADER, API], ids=["downloaded", "API"])
def test_both_headers(read: Read, show: Show, header: str) -> None:
    dictionary = read({"dd.csv": header + FIELDS})
    assert dictionary.edc == "redcap"
    assert {name: form.label for name, form in dictionary.forms.items()} == {
        "enrolment": "Enrolment",
        "vitals": "Vitals",
    }
    assert show(dictionary, "enrolment") == ENROLMENT
    assert show(dictionary, "vitals") == VITALS
    assert dictionary.subject == "subject"
    assert [c for c in dictionary.forms["enrolment"].columns.values() if c.identifying] == [
        dictionary.forms["enrolment"].columns["dob"]
    ]
    assert dictionary.problems == ()


def test_other_writers(read: Read, show: Show) -> None:
    semicolons = (HEADER + FIELDS).replace("|", "¦").encode("utf-16")
    assert len(show(read({"dd.csv": semicolons}), "vitals")) == 4
    lines = FIELDS.splitlines()
    rows = [line.split(",") for line in [lines[0], *lines[6:]]]
    records = [dict(zip(API.strip().split(","), row, strict=True)) for row in rows]
    dictionary = read({"dd.json": json.dumps(records), "dd.csv": ""})
    assert [c[:4] for c in show(dictionary, "vitals")] == [c[:4] for c in VITALS]
    xml = "<records>" + "".join(
        "<item>" + "".join(f"<{k}>{v}</{k}>" for k, v in record.items()) + "</item>" for record in records
    )
    dictionary = read({"dd.json": "[]", "dd.xml": xml + "</records>"})
    assert [c[:4] for c in show(dictionary, "vitals")] == [c[:4] for c in VITALS]


def test_forms_share_the_data_file_and_take_the_rows_in_which_they_are_filled(read: Read) -> None:
    data = (
        "subject,redcap_repeat_instrument,redcap_repeat_instance,dob,race___1,race___2,race____1,"
        "race___na,sex,enrolment_complete,"
    )
    data += "sys,wt,bmi,ok,vitals_complete\n"
    dictionary = read({"dd.csv": HEADER + FIELDS, "export.csv": data})
    vitals = dictionary.forms["vitals"]
    assert (vitals.file, vitals.rows, vitals.filled) == (
        "export.csv",
        {"redcap_repeat_instrument": ("", "vitals")},
        True,
    )
    assert vitals.key == ("subject", "redcap_repeat_instrument", "redcap_repeat_instance")
    assert [column.name for column in vitals.columns.values()] == [
        "subject",
        "redcap_repeat_instrument",
        "redcap_repeat_instance",
        "sys",
        "wt",
        "bmi",
        "ok",
        "vitals_complete",
    ]
    assert {c.name: c.empty for c in dictionary.forms["enrolment"].columns.values() if c.empty} == {
        "race___1": "0",
        "race___2": "0",
        "race____1": "0",
        "race___na": "0",
        "enrolment_complete": "0",
    }
    assert dictionary.problems == ()


def test_events_of_arms(read: Read) -> None:
    dictionary = read(
        {
            "dd.csv": HEADER + FIELDS,
            "events.csv": "event_name,arm_num,day_offset,unique_event_name\n"
            "Visit 1,1,0,visit_1_arm_1\nEnd,1,28,end_arm_1\nEnd,2,56,end_arm_2\n",
            "arms.csv": "arm_num,name\n1,Drug\n2,Placebo\n",
            "mapping.csv": "arm_num,unique_event_name,form\n1,visit_1_arm_1,vitals\n2,end_arm_2,vitals\n",
            "instruments.csv": "instrument_name,instrument_label\nvitals,Vital Signs\n",
            "repeating.csv": "event_name,form_name,custom_form_label\nvisit_1_arm_1,vitals,[wt]\n",
        }
    )
    assert [(event.name, event.eid, event.group, event.day) for event in dictionary.events] == [
        ("Visit 1", "visit_1_arm_1", "Drug", 0.0),
        ("End (Drug)", "end_arm_1", "Drug", 28.0),
        ("End (Placebo)", "end_arm_2", "Placebo", 56.0),
    ]
    vitals = dictionary.forms["vitals"]
    assert (vitals.label, vitals.repeating, vitals.events) == ("Vital Signs", True, ("visit_1_arm_1", "end_arm_2"))
    assert vitals.key == ("subject", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")
    assert dictionary.files == (
        "edc/dd.csv",
        "edc/instruments.csv",
        "edc/repeating.csv",
        "edc/arms.csv",
        "edc/events.csv",
        "edc/mapping.csv",
    )


def test_export_names_of_checkboxes_win(read: Read) -> None:
    names = "original_field_name,choice_value,export_field_name\nrace,1,race___one\n"
    dictionary = read({"dd.csv": HEADER + FIELDS, "names.csv": names})
    assert "race___one" in dictionary.forms["enrolment"].columns


def test_what_is_wrong(read: Read) -> None:
    fields = FIELDS + (
        "wt,vitals,,text,Weight again,,,,,,,,,,,,,\n"
        'grade,vitals,,dropdown,Grade,"1, Mild | 1, Severe",,,,,,,,,,,,\n'
        "odd,vitals,,hologram,Odd,,,,,,,,,,,,,\n"
        "late,enrolment,,text,Late,,,,,,,,,,,,,\n"
    )
    dictionary = read({"dd.csv": HEADER + fields})
    assert [str(problem) for problem in dictionary.problems] == [
        "edc/dd.csv:15: DICT010 the fields of form enrolment do not stand together "
        "(REDCap refuses such a dictionary; was it sorted?)",
        "edc/dd.csv:12: DICT006 form vitals has the column wt twice (the first is edc/dd.csv:9)",
        "edc/dd.csv:13: DICT008 field grade has the choice '1' twice ('Mild' counts, 'Severe' does not)",
        "edc/dd.csv:14: DICT009 field odd has the type 'hologram', which REDCap does not have "
        "(known are: calc, checkbox, descriptive, dropdown, file, notes, radio, select, slider, sql, text, textarea, "
        "truefalse, yesno; it is read as text)",
    ]
    assert dictionary.forms["vitals"].columns["grade"].values == {"1": "Mild"}


def test_an_export_of_another_date(read: Read) -> None:
    dictionary = read({"dd.csv": HEADER + FIELDS, "data.csv": "subject,sys,wt,ok,vitals_complete\n1,,,,\n"})
    assert [str(problem) for problem in dictionary.problems if "vitals" in str(problem)] == [
        "edc/dd.csv:10: DICT011 form vitals has 1 columns that data.csv does not: bmi "
        "(export all fields as raw data, or a dictionary of the same date)"
    ]


def test_a_dictionary_without_labels(read: Read) -> None:
    dictionary = read({"dd.csv": "field_name,form_name,field_type\nid,dm,text\n"}, "redcap")
    assert [str(problem) for problem in dictionary.problems] == [
        "edc/dd.csv:1: DICT005 the dictionary has no column 'field_label', so that columns have no labels",
        "edc/dd.csv:1: DICT005 the dictionary has no column 'choices', so that codes have no decodes",
    ]


def test_another_systems_dictionary_is_named(refuse: Callable[..., list[str]]) -> None:
    items = (
        "ID,Label,Data Type,Mandatory,Decimals,Min Length,Max Length,Format Name,Content Length\nAETERM,"
        "Term,text,,,,,,1\n"
    )
    assert refuse({"x_Items.csv": items}, "redcap") == [
        "DICT003 there is no dictionary of REDCap in edc/x_Items.csv (it looks like one of Viedoc: "
        "edc/x_Items.csv is a list "
        "of Viedoc items; say 'edc: viedoc')"
    ]
