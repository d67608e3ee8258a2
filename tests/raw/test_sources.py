"""Forms of several files, of folders, with names of the study's own, and of one item a row."""

from __future__ import annotations

import json
from pathlib import Path

from cdisc_conv.raw import FormSource, Long, read_form
from cdisc_conv.raw.recorded import describe_source, restore_source


def test_parts_of_a_transfer_in_their_natural_order(folder: Path) -> None:
    for number in (10, 9, 1):
        (folder / f"ae_{number}.csv").write_text(f"A,B\n{number},x\n")
    (folder / "aex.csv").write_text("A,B\n0,0\n")
    form, problems = read_form(FormSource("ae", "ae_*.csv", columns=("A", "B")), folder)
    assert form is not None
    assert (form.frame["A"].tolist(), problems) == (["1", "9", "10"], [])
    assert [(file.path, file.rows) for file in form.files] == [("ae_1.csv", 1), ("ae_9.csv", 1), ("ae_10.csv", 1)]


def test_parts_with_other_columns_and_keys_that_repeat(folder: Path) -> None:
    (folder / "ae_1.csv").write_text("A,B\n1,x\n")
    (folder / "ae_2.csv").write_text("A,C\n1,y\n")
    form, problems = read_form(FormSource("ae", "ae_?.csv", key=("A",)), folder)
    assert form is not None
    assert form.frame.to_dict("list") == {"A": ["1", "1"], "B": ["x", ""], "C": ["", "y"]}
    assert [str(problem) for problem in problems] == [
        "raw/ae_?.csv: RAW022 form 'ae' has parts with other columns: ae_2.csv lacks B and has C beside, against "
        "ae_1.csv (ask for the parts of one layout, or read them as forms of their own)",
        "raw/ae_?.csv: RAW014 form 'ae' has 2 rows that share their key A with another: '1' in rows 1, 2 (remove the "
        "copies, or add the column that tells them apart to the key)",
    ]


def test_a_pattern_that_matches_nothing(folder: Path) -> None:
    (folder / "dm.csv").write_text("A\n1\n")
    form, problems = read_form(FormSource("ae", "ae_*.csv"), folder)
    assert form is None
    assert [str(problem) for problem in problems] == [
        "raw/ae_*.csv: RAW001 form 'ae' has no files ae_*.csv in raw (the files are dm.csv)"
    ]


def test_a_part_that_cannot_be_read_costs_the_form(folder: Path) -> None:
    (folder / "ae_1.csv").write_text("A\n1\n")
    (folder / "ae_2.csv").write_bytes(b"%PDF-1.7")
    form, problems = read_form(FormSource("ae", "ae_*.csv"), folder)
    assert form is None
    assert [(problem.code, problem.place.file) for problem in problems] == [("RAW019", "raw/ae_2.csv")]


def test_a_name_that_only_looks_like_a_pattern(folder: Path) -> None:
    (folder / "ae[1].csv").write_text("A\n1\n")
    form, problems = read_form(FormSource("ae", "ae[1].csv"), folder)
    assert form is not None
    assert problems == []


def test_the_folder_of_a_source(folder: Path) -> None:
    (folder / "lab").mkdir()
    (folder / "lab" / "lb.csv").write_text("A\n1\n")
    form, problems = read_form(FormSource("lb", "lb.csv", folder="lab"), folder)
    assert form is not None
    assert (form.path, form.files[0].path, problems) == ("raw/lab/lb.csv", "lab/lb.csv", [])
    assert form.files[0].size == 4
    assert form.files[0].sha256 == "8ebbd9fe688c1e5442da8aaf95b3ebd6d850c60f8ef42a69a3a4b82f4df064e6"


def test_a_source_outside_of_the_folder(folder: Path) -> None:
    (folder.parent / "lb.csv").write_text("A\n1\n")
    form, problems = read_form(FormSource("lb", "lb.csv", folder=".."), folder)
    assert form is None
    assert [problem.code for problem in problems] == ["RAW002"]


def test_names_of_the_study(folder: Path) -> None:
    (folder / "lb.csv").write_text("Patient ID,Result\n7,1.5\n7,2\n")
    source = FormSource(
        "lb", "lb.csv", columns=("Patient ID", "Result"), key=("SUBJID",), names={"Patient ID": "SUBJID"}
    )
    form, problems = read_form(source, folder)
    assert form is not None
    assert form.frame.to_dict("list") == {"SUBJID": ["7", "7"], "Result": ["1.5", "2"]}
    assert [problem.code for problem in problems] == ["RAW014"]
    (folder / "lb.csv").write_text("PatientID,Result\n7,1.5\n")
    _, problems = read_form(source, folder)
    assert str(problems[0]) == ("raw/lb.csv:1: RAW004 form 'lb' has no column Patient ID (did you mean PatientID?)")


def test_a_name_that_the_file_has_as_well(folder: Path) -> None:
    (folder / "lb.csv").write_text("PATIENT,SUBJID\n7,1\n")
    form, problems = read_form(FormSource("lb", "lb.csv", names={"PATIENT": "SUBJID"}), folder)
    assert form is not None
    assert form.frame.to_dict("list") == {"SUBJID": ["7"]}
    assert [str(problem) for problem in problems] == [
        "raw/lb.csv:1: RAW012 form 'lb' has the column SUBJID, and PATIENT, which the study calls SUBJID (only PATIENT "
        "is read; give the study another name for one of them)"
    ]


LONG = """subject,event,seq,form,edited,itemid,value
1,V1,1,AE,d1,AE_AETERM,Rash
1,V1,1,AE,d1,AE_AESEV,NA
1,V1,2,AE,d1,AE_AETERM,Cough
1,V1,1,MH,d1,MH_MHTERM,Gout
2,V1,1,AE,d1,AE_AESEV,MILD
2,V1,1,AE,d2,AE_AESER,N
1,V1,2,AE,d1,AE_AETERM,again
"""


def test_one_item_a_row(folder: Path) -> None:
    (folder / "all.csv").write_text(LONG)
    long = Long(("itemid",), "value", ("subject", "event", "seq"), keep=("edited",), missing=("NA",), prefix="AE_")
    columns = ("subject", "event", "seq", "edited", "AETERM", "AESEV", "AESER", "AEOUT")
    names = {"subject": "SUBJID"}
    source = FormSource("ae", "all.csv", columns=columns, where={"form": ("AE",)}, long=long, names=names)
    form, problems = read_form(source, folder)
    assert form is not None
    assert form.frame.to_dict("list") == {
        "SUBJID": ["1", "1", "2"],
        "event": ["V1", "V1", "V1"],
        "seq": ["1", "2", "1"],
        "edited": ["d1", "d1", "d1"],
        "AETERM": ["Rash", "Cough", ""],
        "AESEV": ["", "", "MILD"],
        "AESER": ["", "", "N"],
    }
    assert set(map(str, form.frame.dtypes)) == {"str"}
    assert [str(problem) for problem in problems] == [
        "raw/all.csv: RAW023 form 'ae' has items that their record has already: AETERM in row 6 "
        "(the first is kept; add to 'by' what tells the records apart)",
        "raw/all.csv: RAW024 form 'ae' has records that differ in edited, of which the first is kept "
        "(add it to 'by' if it tells records apart)",
    ]
    assert restore_source(
        "ae", "all.csv", {"encoding": "utf-8", "delimiter": ","}, describe_source(source, "utf-8", ",")
    ) == (FormSource("ae", "all.csv", where={"form": ("AE",)}, long=long, names={"subject": "SUBJID"}))


def test_a_long_file_without_its_columns(folder: Path) -> None:
    (folder / "all.csv").write_text("subject,item,value\n1,A,2\n")
    form, problems = read_form(FormSource("ae", "all.csv", long=Long(("itemid",), "value", ("subject",))), folder)
    assert form is not None
    assert len(form.frame) == 0
    assert [str(problem) for problem in problems] == [
        "raw/all.csv:1: RAW004 form 'ae' has no column itemid (did you mean item?)",
        "raw/all.csv: RAW007 form 'ae' has a header and no rows (export it again if subjects have data there)",
    ]


def test_items_of_two_columns_and_rows_without_one(folder: Path) -> None:
    (folder / "lb.csv").write_text("s,test,part,v\n1,ALT,R,5\n1,ALT,U,IU\n1,,,x\n")
    form, problems = read_form(FormSource("lb", "lb.csv", long=Long(("test", "part"), "v", ("s",))), folder)
    assert form is not None
    assert form.frame.to_dict("list") == {"s": ["1"], "ALT_R": ["5"], "ALT_U": ["IU"], "_": ["x"]}
    assert problems == []


def test_what_is_recorded_of_a_form_is_plain_data_without_places_on_disk(tmp_path):
    source = FormSource(
        "ae",
        "all.csv",
        where={"form": ("AE",)},
        known={"form": frozenset({"AE", "DM"})},
        described=(tmp_path / "a.xml",),
    )
    described = describe_source(source, "utf-8", ",")
    assert json.loads(json.dumps(described)) == {"where": {"form": ["AE"]}}


def test_values_that_stand_for_none_are_read_as_blank(tmp_path):
    (tmp_path / "vs.csv").write_text("SUBJID,PULSE\n01,NA\n02,64\n")
    form, problems = read_form(FormSource("vs", "vs.csv", missing=("NA",)), tmp_path)
    assert (form.frame["PULSE"].tolist(), problems) == (["", "64"], [])
