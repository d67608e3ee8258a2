"""Rows of raw forms in ranges of subjects: in the order of USUBJID, a subject in one piece."""

from __future__ import annotations

from functools import partial

import pandas as pd
from ranges_alike import list_differences

from cdisc_conv.columns.stored import Shelf
from cdisc_conv.engine.convert import convert_frames
from cdisc_conv.engine.derive.known import NOTHING_KNOWN
from cdisc_conv.engine.derive.run import run_nodes
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.engine.plan.reach import find_reach
from cdisc_conv.engine.ranges.range import Division, Rows
from cdisc_conv.engine.ranges.split import Split, split_rows
from cdisc_conv.engine.ranges.spread import spread_rows
from cdisc_conv.tables import TableId

DM = "records: [{form: dm}]\nvariables:\n  AGE: {copy: AGE}\n"
AE = "records: [{form: ae}]\nkeys: [STUDYID, USUBJID, AETERM]\nvariables:\n  AETERM: {copy: TERM}\n"
OF_DM = {"SUBJID": ["b", "a", "c", "d"], "AGE": ["1", "2", "3", "4"]}


def split(lab, forms, datasets, count, study="", given=None) -> Split:
    loaded = lab.load(forms, datasets, study)
    frames = {name: pd.DataFrame(table, dtype="str") for name, table in forms.items()}
    plan = plan_study(loaded)
    return split_rows(loaded, plan, find_reach(loaded, plan), Rows(frames, given or {}), frozenset(datasets), count)


def ranges_of(found: Split, table: str) -> list[int]:
    return found.ranges[TableId(table)].tolist()


def test_subjects_follow_each_other_in_the_order_of_usubjid(lab):
    found = split(lab, {"dm": OF_DM}, {"DM": DM}, 2)
    assert (found.count, ranges_of(found, "form dm")) == (2, [0, 0, 1, 1])


def test_the_order_is_that_of_the_derived_usubjid(lab):
    forms = {"dm": {"SUBJID": ["1", "2"], "SITE": ["z", "a"]}, "ae": {"SUBJID": ["1", "2"], "TERM": ["x", "y"]}}
    text = AE + "  USUBJID: {lookup: {from: DM, by: SUBJID, take: USUBJID}}\n"
    dm = "records: [{form: dm}]\nvariables:\n  SUBJID: {copy: SUBJID}\n  USUBJID: {subject_id: '{SITE}-{SUBJID}'}\n"
    found = split(lab, forms, {"DM": dm, "AE": text}, 2)
    assert (ranges_of(found, "form dm"), ranges_of(found, "form ae")) == ([1, 0], [1, 0])


def test_ranges_have_about_as_many_rows_each(lab):
    forms = {"dm": OF_DM, "ae": {"SUBJID": ["a"] * 9, "TERM": ["x"] * 9}}
    found = split(lab, forms, {"DM": DM, "AE": AE}, 2)
    assert ranges_of(found, "form dm") == [1, 0, 1, 1]


def test_there_are_no_more_ranges_than_subjects(lab):
    found = split(lab, {"dm": OF_DM}, {"DM": DM}, 50)
    assert (found.count, ranges_of(found, "form dm")) == (4, [1, 0, 2, 3])


def test_letter_case_and_blanks_do_not_part_a_subject(lab):
    forms = {"dm": OF_DM, "ae": {"SUBJID": [" B", "D "], "TERM": ["x", "y"]}}
    found = split(lab, forms, {"DM": DM, "AE": AE}, 4)
    of_dm = ranges_of(found, "form dm")
    assert ranges_of(found, "form ae") == [of_dm[0], of_dm[3]]


def test_two_usubjid_of_one_raw_subject_stay_together(lab):
    forms = {"dm": {"SUBJID": ["1", "2", "1", "3"], "SITE": ["a", "b", "z", "c"]}}
    text = "records: [{form: dm}]\nvariables:\n  USUBJID: {subject_id: '{SITE}-{SUBJID}'}\n"
    assert ranges_of(split(lab, forms, {"DM": text}, 3), "form dm") == [0, 1, 0, 2]


def test_rows_without_a_subject_are_at_the_front(lab):
    forms = {"dm": OF_DM, "ae": {"SUBJID": ["d", "", "a"], "TERM": ["x", "y", "z"]}}
    found = split(lab, forms, {"DM": DM, "AE": AE}, 50)
    assert (ranges_of(found, "form ae"), ranges_of(found, "form dm")) == ([4, 0, 1], [2, 1, 3, 4])


def test_a_subject_that_a_look_up_does_not_know_is_with_those_without_one(lab):
    forms = {"dm": OF_DM, "ae": {"SUBJID": ["d", "x", "a"], "TERM": ["x", "y", "z"]}}
    text = AE + "  USUBJID: {lookup: {from: form dm, by: SUBJID, take: SUBJID, optional: true}}\n"
    assert ranges_of(split(lab, forms, {"DM": DM, "AE": text}, 50), "form ae") == [4, 0, 1]


def test_given_datasets_are_split_by_usubjid(lab):
    given = {"DS": pd.DataFrame({"USUBJID": ["c", "a", "x"], "DSDECOD": ["X", "Y", "Z"]}, dtype="str")}
    study = "given: {DS: {file: ds.csv, columns: [USUBJID, DSDECOD]}}\n"
    text = DM + "  DTHFL: {exists: DS}\n"
    assert ranges_of(split(lab, {"dm": OF_DM}, {"DM": text}, 50, study, given), "DS") == [2, 0, 4]


def test_a_form_without_subjects_goes_to_every_range(lab, tmp_path):
    forms = {"dm": OF_DM, "codes": {"AGE": ["1"], "WORDS": ["one"]}}
    text = DM + "  SEX: {lookup: {from: form codes, by: AGE, take: WORDS, optional: true}}\n"
    found = split(lab, forms, {"DM": text}, 2)
    assert TableId("form codes") not in found.ranges
    frames = {name: pd.DataFrame(table, dtype="str") for name, table in forms.items()}
    study = lab.load(forms, {"DM": text})
    take = spread_rows(Rows(frames, {}), found, lambda number: NOTHING_KNOWN, frozenset(), Shelf(tmp_path))
    rows = take(1).load(study)
    assert (len(rows.forms["dm"]), len(rows.forms["codes"])) == (2, 1)
    assert {table: numbers.tolist() for table, numbers in rows.numbers.items()} == {"form dm": [3, 4]}


def test_a_study_without_rows_is_one_range(lab):
    study = lab.load({"dm": {"SUBJID": [], "AGE": []}}, {"DM": DM})
    plan = plan_study(study)
    one, many = (convert_frames(study, plan, {}, {}, ["DM"], division=Division(count)) for count in (1, 7))
    assert list_differences(one, many) == []


def test_subjects_are_made_some_at_a_time(lab, tmp_path, monkeypatch):
    forms = {
        "dm": {
            "SUBJID": ["c", "a", "b", "d", "e"],
            "AGE": ["1", "2", "3", "4", "5"],
            "SITE": ["1", "2", "1", "2", "1"],
        },
        "ae": {"SUBJID": ["e", "A ", "", "c", "b"], "TERM": ["v", "w", "x", "y", "z"]},
    }
    dm = "records: [{form: dm}]\nvariables:\n  USUBJID: {subject_id: '{SITE}-{SUBJID}'}\n"
    text = AE + "  USUBJID: {lookup: {from: DM, by: {raw.SUBJID: SUBJID}, take: USUBJID}}\n"
    dm += "  SUBJID: {copy: SUBJID}\n"
    study = lab.load(forms, {"DM": dm, "AE": text})
    plan = plan_study(study)
    rows = Rows({name: pd.DataFrame(table, dtype="str") for name, table in forms.items()}, {})
    split_up = partial(split_rows, study, plan, find_reach(study, plan), rows, frozenset(study.datasets), 3)
    whole = split_up()
    monkeypatch.setattr("cdisc_conv.engine.ranges.split.PORTION", 2)
    runs = []
    monkeypatch.setattr("cdisc_conv.engine.ranges.split.run_nodes", lambda *rest: runs.append(rest) or run_nodes(*rest))
    parts = split_up(shelf=Shelf(tmp_path).part("scratch"))
    assert (len(runs), parts.count, list((tmp_path / "scratch").iterdir())) == (5, whole.count, [])
    for table in ("form dm", "form ae"):
        assert ranges_of(parts, table) == ranges_of(whole, table)
