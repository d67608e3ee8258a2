"""A study in ranges of subjects is the study in one: `lab.convert` compares them, these are the cases that matter."""

from __future__ import annotations

import pandas as pd

DM = "records: [{form: dm}]\nvariables:\n  SUBJID: {copy: raw.SUBJID}\n  SITEID: {copy: SITE}\n  AGE: {copy: AGE}\n"
FORMS = {
    "dm": {"SUBJID": ["c", "a", "b", "d"], "AGE": ["60", "61", "old", "63"], "SITE": ["1", "2", "1", "2"]},
    "ae": {"SUBJID": ["d", "a", "b", "", "c", "a"], "TERM": ["Rash", "Cough", "Rash", "Fever", "Pain", "Burn"]},
}
AE = "records: [{form: ae}]\nkeys: [STUDYID, USUBJID, AETERM]\nvariables:\n  AETERM: {copy: TERM}\n"


def sources(conversion, name):
    frame = next(one for one in conversion.datasets if one.name == name).records.frame
    return list(zip(frame["source"].astype("str"), frame["row"], strict=True))


def picked(conversion, name):
    frame = next(one for one in conversion.datasets if one.name == name).records.picked
    columns = [frame["variable"].astype("str"), frame["record"], frame["source"].astype("str"), frame["row"]]
    return list(zip(*columns, strict=True))


def told(conversion):
    return [str(problem) for problem in conversion.problems]


def test_records_and_findings_have_the_rows_of_the_whole_file(lab, records):
    run = lab.convert(FORMS, {"DM": DM, "AE": AE})
    assert [subject for (subject,) in records(run, "DM", "USUBJID")] == ["a", "b", "c", "d"]
    assert sources(run, "DM") == [("form dm", 2), ("form dm", 3), ("form dm", 1), ("form dm", 4)]
    assert sources(run, "AE") == [("form ae", row) for row in (4, 6, 2, 3, 5, 1)]
    assert told(run) == ["DM.AGE form dm.AGE row 3: NUM001 'old' is not a number; AGE is left missing"]


def test_records_of_other_records_count_them_as_the_file_does(lab):
    sv = "records: [{from: DM}]\nkeys: [STUDYID, USUBJID]\nvariables:\n  VISITNUM: {copy: AGE}\n"
    assert sources(lab.convert(FORMS, {"DM": DM, "SV": sv}), "SV") == [("dataset DM", row) for row in (1, 2, 3, 4)]


def test_keys_that_do_not_begin_with_the_subject(lab, records):
    text = AE.replace("[STUDYID, USUBJID, AETERM]", "[AETERM, USUBJID]")
    run = lab.convert(FORMS, {"DM": DM, "AE": text})
    assert records(run, "AE", "AETERM", "USUBJID") == [
        ("Burn", "a"), ("Cough", "a"), ("Fever", ""), ("Pain", "c"), ("Rash", "b"), ("Rash", "d")
    ]  # fmt: skip
    assert sources(run, "AE") == [("form ae", row) for row in (6, 2, 4, 5, 3, 1)]


def test_keys_without_the_subject(lab, records):
    text = AE.replace("[STUDYID, USUBJID, AETERM]", "[AETERM]")
    run = lab.convert(FORMS, {"DM": DM, "AE": text})
    assert records(run, "AE", "AETERM", "USUBJID")[-2:] == [("Rash", "d"), ("Rash", "b")]


def test_a_dataset_of_the_study_counts_all_subjects(lab, records):
    ts = "records: [{from: DM, group: [STUDYID]}]\nvariables:\n  TSPARMCD: {constant: ACTSUB}\n"
    ts += "  TSVAL: {expr: 'text(SUBJECTS)'}\nworking:\n  SUBJECTS: {count: {of: DM.USUBJID, by: STUDYID}}\n"
    run = lab.convert(FORMS, {"DM": DM, "TS": ts})
    assert records(run, "TS", "TSPARMCD", "TSVAL") == [("ACTSUB", "4")]
    assert sources(run, "TS") == [("dataset DM", row) for row in (1, 2, 3, 4)]


def test_records_of_rows_of_several_subjects(lab, records):
    ti = "records: [{form: ae, where: 'TERM != \"Pain\"', group: [TERM]}]\nvariables:\n"
    ti += "  IETESTCD: {copy: TERM}\n  IETEST: {copy: TERM}\n  IECAT: {constant: INCLUSION}\n"
    run = lab.convert(FORMS, {"DM": DM, "AE": AE, "TI": ti})
    assert [term for (term,) in records(run, "TI", "IETESTCD")] == ["Burn", "Cough", "Fever", "Rash"]
    lines = [
        (x.account.value, x.by, x.rows) for x in run.facts.account if (x.form, x.dataset, x.field) == ("ae", "TI", "")
    ]
    assert lines == [("rows read", "", 6), ("rows used", "", 5), ("rows excluded", 'not (TERM != "Pain")', 1)]


def test_a_look_up_across_subjects(lab, records):
    """Who of the site is the oldest: the record is of another subject."""
    entry = "  ARM: {lookup: {from: DM, by: {SITEID: SITEID}, order: [SUBJID], keep: last, take: SUBJID}}\n"
    run = lab.convert(FORMS, {"DM": DM, "VS": entry_of("VS", entry)})
    assert records(run, "VS", "USUBJID", "VSORRES") == [("a", "d"), ("b", "c"), ("c", "c"), ("d", "d")]
    assert picked(run, "VS") == [
        ("VSORRES", place, "dataset DM", row) for place, row in ((0, 4), (1, 3), (2, 3), (3, 4))
    ]


def entry_of(name: str, entry: str) -> str:
    text = entry.replace("ARM:", f"{name}ORRES:").replace("{SITEID: SITEID}", "{SITE: SITEID}")
    return f"records: [{{form: dm}}]\nkeys: [STUDYID, USUBJID]\nvariables:\n{text}"


def test_findings_of_a_look_up_across_subjects(lab):
    entry = "  ARM: {lookup: {from: DM, by: {SITEID: SITEID}, take: SUBJID}}\n"
    run = lab.convert(FORMS, {"DM": DM, "VS": entry_of("VS", entry)})
    (found,) = (problem for problem in run.problems if problem.code == "LOOK001")
    assert (found.count, found.place.rows) == (4, (1, 2, 3, 4))


def test_a_dataset_of_records_of_the_study_and_of_subjects(lab, records):
    text = (
        "keys: [STUDYID, RDOMAIN, USUBJID, IDVARVAL]\n"
        "records:\n"
        "  - {for_each: [{RDOMAIN: XX}, {RDOMAIN: AE}], set: {USUBJID: {constant: ''}, IDVARVAL: {constant: ''}}}\n"
        "  - {form: ae, set: {RDOMAIN: {constant: AE}, IDVARVAL: {copy: TERM}}}\n"
    )
    run = lab.convert(FORMS, {"DM": DM, "RELREC": text})
    assert records(run, "RELREC", "RDOMAIN", "USUBJID", "IDVARVAL") == [
        ("AE", "", ""), ("AE", "", "Fever"), ("AE", "a", "Burn"), ("AE", "a", "Cough"), ("AE", "b", "Rash"),
        ("AE", "c", "Pain"), ("AE", "d", "Rash"), ("XX", "", ""),
    ]  # fmt: skip


def test_the_account_of_a_form_without_subjects_knows_what_any_subject_looked_up(lab):
    forms = {**FORMS, "codes": {"AGE": ["60", "63", "99"], "WORDS": ["sixty", "more", "none"]}}
    text = DM + "  ARM: {lookup: {from: form codes, by: {AGE: AGE}, take: WORDS, optional: true}}\n"
    run = lab.convert(forms, {"DM": text})
    lines = [
        (x.account.value, x.rows, x.tally.rows)
        for x in run.facts.account
        if (x.form, x.dataset, x.field) == ("codes", "", "")
    ]
    assert lines == [("rows read", 3, (1, 2, 3)), ("rows looked up", 2, (1, 2)), ("rows not matched", 1, (3,))]


def test_a_dataset_that_is_not_written_is_read_all_the_same(lab, records):
    sv = "records: [{from: DM}]\nkeys: [STUDYID, USUBJID]\nvariables:\n  VISITNUM: {copy: AGE}\n"
    run = lab.convert(FORMS, {"DM": DM, "SV": sv + "  USUBJID: {copy: DM.USUBJID}\n"}, only=["SV"])
    assert [one.name for one in run.beside] == ["DM"]
    assert sources(run, "SV") == [("dataset DM", row) for row in (1, 2, 3, 4)]


def test_given_datasets_are_counted_as_their_files_count_them(lab):
    given = {"DS": pd.DataFrame({"USUBJID": ["d", "a", "c"], "DSSTDTC": ["2022-03-01", "", "2022-01"]}, dtype="str")}
    study = "given: {DS: {file: ds.csv, columns: [USUBJID, DSSTDTC]}}\n"
    run = lab.convert(FORMS, {"DM": DM + "  RFENDTC: {max: DS.DSSTDTC}\n"}, study, given=given)
    assert picked(run, "DM") == [("RFENDTC", 2, "dataset DS", 3), ("RFENDTC", 3, "dataset DS", 1)]
