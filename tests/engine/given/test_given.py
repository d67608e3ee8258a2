"""Datasets that are given: read as text and typed by the standard."""

from __future__ import annotations

import pandas as pd

from cdisc_conv.columns.stored import Shelf, Stored
from cdisc_conv.engine.given.files import read_file
from cdisc_conv.engine.given.typed import read_given
from cdisc_conv.problems import Severity
from cdisc_conv.xpt import write_xpt

GIVEN = "given: {SV: {file: sv.csv, columns: [USUBJID, VISITNUM, SVSTDTC]}}\n"
DM = "records: [{form: dm}]\n"


def test_numbers_are_numbers_and_text_is_text(lab, tmp_path):
    study = lab.load({"dm": {"SUBJID": []}}, {"DM": DM}, GIVEN)
    text = "USUBJID,VISITNUM,SVSTDTC,MORE\n1,1.5,2022-01-05,x\n2,,NA,x\n"
    (tmp_path / "sv.csv").write_text(text, encoding="utf-8")
    given = read_given(study, tmp_path)
    frames = given.frames
    assert given.problems == ()
    assert given.files == (tmp_path / "sv.csv",)
    assert list(frames["SV"]) == ["USUBJID", "VISITNUM", "SVSTDTC"]
    assert frames["SV"]["VISITNUM"].dtype == "float64"
    assert frames["SV"]["VISITNUM"].tolist()[0] == 1.5
    assert pd.isna(frames["SV"]["VISITNUM"].tolist()[1])
    assert frames["SV"]["SVSTDTC"].tolist() == ["2022-01-05", "NA"]


def test_a_dataset_goes_to_disk_before_the_next_one_is_read(lab, tmp_path, monkeypatch):
    names = ("SV", "VS")
    given = "given:\n" + "".join(f"  {name}: {{file: {name}.csv, columns: [USUBJID, VISITNUM]}}\n" for name in names)
    study = lab.load({"dm": {"SUBJID": []}}, {"DM": DM}, given)
    for name in names:
        (tmp_path / f"{name}.csv").write_text("USUBJID,VISITNUM\n1,1.5\n2,\n", encoding="utf-8")
    (tmp_path / "shelf").mkdir()
    on_disk = []

    def read(*arguments):
        on_disk.append(len(list((tmp_path / "shelf").iterdir())))
        return read_file(*arguments)

    monkeypatch.setattr("cdisc_conv.engine.given.typed.read_file", read)
    found = read_given(study, tmp_path, Shelf(tmp_path / "shelf"))
    assert on_disk == [0, 1]
    for name, frame in read_given(study, tmp_path).frames.items():
        assert isinstance(found.frames[name], Stored)
        pd.testing.assert_frame_equal(found.frames[name].load(), frame)


def test_text_where_the_standard_wants_a_number(lab, tmp_path):
    study = lab.load({"dm": {"SUBJID": []}}, {"DM": DM}, GIVEN)
    (tmp_path / "sv.csv").write_text("USUBJID,VISITNUM,SVSTDTC\n1,one,\n2,2,\n3,three,\n", encoding="utf-8")
    problems = read_given(study, tmp_path).problems
    assert [str(problem) for problem in problems] == [
        "SV.VISITNUM rows 1, 3: GIVEN001 'one' and 1 more in sv.csv is not a number; VISITNUM is left missing"
    ]
    assert problems[0].count == 2


def test_numbers_of_more_digits_than_a_number_holds(lab, tmp_path):
    study = lab.load({"dm": {"SUBJID": []}}, {"DM": DM}, GIVEN)
    rows = "1,1.5,\n2,12345678901234567,\n3,0.1000000000000000055,\n"
    (tmp_path / "sv.csv").write_text(f"USUBJID,VISITNUM,SVSTDTC\n{rows}", encoding="utf-8")
    (problem,) = read_given(study, tmp_path).problems
    assert (
        str(problem)
        == "SV.VISITNUM rows 2, 3: NUM002 '12345678901234567' in sv.csv has more digits than a number holds; VISITNUM "
        "becomes 12345678901234568; so it is in 1 more record (a transport file holds about 15 digits: round it where "
        "it is made, or keep it in a text variable)"
    )
    assert (problem.severity, problem.count) == (Severity.WARNING, 2)


def test_a_file_that_is_not_there_counts_as_empty(lab, tmp_path):
    study = lab.load({"dm": {"SUBJID": []}}, {"DM": DM}, GIVEN)
    given = read_given(study, tmp_path)
    assert given.frames["SV"].shape == (0, 3)
    assert given.files == ()
    (problem,) = given.problems
    assert (
        str(problem)
        == f"{tmp_path.name}/sv.csv: RAW001 dataset SV has no file sv.csv in {tmp_path.name} (the folder has no files)"
    )


def test_a_transport_file_that_is_cut_off(lab, tmp_path):
    study = lab.load({"dm": {"SUBJID": []}}, {"DM": DM}, GIVEN.replace("sv.csv", "sv.xpt"))
    sv = pd.DataFrame({"USUBJID": ["1", "2"], "VISITNUM": [1.0, 2.0], "SVSTDTC": ["2022-01-05", "2022-01-06"]})
    write_xpt(sv, tmp_path / "sv.xpt", name="SV")
    (tmp_path / "sv.xpt").write_bytes((tmp_path / "sv.xpt").read_bytes()[: -80 + 30])
    given = read_given(study, tmp_path)
    assert given.frames["SV"]["USUBJID"].tolist() == ["1"]
    assert [str(problem) for problem in given.problems] == [
        f"{tmp_path.name}/sv.xpt: XPT026 byte 1219: the file ends within observation 2 of SV, of which 11 of 19 bytes "
        "are there and are dropped; what comes before it is read (records are missing: get the file again, whole)"
    ]


def test_columns_that_may_be_missing_are_one_note(lab, tmp_path):
    may = GIVEN.replace("VISITNUM, SVSTDTC]", "SVSTDTC], optional: [VISITNUM, VISIT, SVENDTC]")
    study = lab.load({"dm": {"SUBJID": []}}, {"DM": DM}, may)
    (tmp_path / "sv.csv").write_text("USUBJID,VISIT,SVSTDTC\n1,WEEK 1,2022-01-05\n", encoding="utf-8")
    given = read_given(study, tmp_path)
    assert given.frames["SV"].to_dict("list")["VISIT"] == ["WEEK 1"]
    assert given.frames["SV"].to_dict("list")["SVENDTC"] == [""]
    (problem,) = given.problems
    assert problem.severity is Severity.NOTE
    assert str(problem) == (
        "sv.csv: GIVEN003 sv.csv has no VISITNUM, SVENDTC, which study.yaml says may be missing (right where nothing "
        "that reads them is wanted)"
    )
