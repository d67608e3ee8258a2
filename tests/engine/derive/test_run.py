"""A run over the plan: blocks, conditions, other datasets, and findings that name form, row and field."""

from __future__ import annotations

import pandas as pd
import pytest

from cdisc_conv.engine.convert import convert_frames
from cdisc_conv.engine.derive.run import run_plan
from cdisc_conv.engine.plan.graph import plan_study

DM = "records: [{form: dm}]\nvariables:\n  RFSTDTC: {copy: DOSE}\n  AGE: {copy: AGE}\n"
DM_FORM = {"SUBJID": ["1", "2"], "DOSE": ["2022-01-05", "2022-02-01"], "AGE": ["60", "70"]}


def test_blocks_are_stacked_and_their_own_entries_win(lab, records):
    text = """\
records:
  - form: ae
  - form: dm
    where: AGE != "60"
    set: {AETERM: {constant: Old}}
variables:
  AETERM: {copy: TERM}
  AESPID: {constant: all}
"""
    forms = {"ae": {"SUBJID": ["2", "1"], "TERM": ["Rash", "Cough"]}, "dm": DM_FORM}
    run = lab.convert(forms, {"AE": text + "keys: [AETERM]\n"})
    assert records(run, "AE", "USUBJID", "AETERM", "AESPID") == [
        ("1", "Cough", "all"), ("2", "Old", "all"), ("2", "Rash", "all"),
    ]  # fmt: skip


def test_a_numeric_variable_that_one_block_does_not_map_is_missing_there(lab, records):
    text = """\
records:
  - {form: a, set: {EXDOSE: {copy: DOSE}}}
  - {form: a}
variables:
  EXTRT: {copy: DRUG}
  EXDOSTOT: {expr: 'EXDOSE * 2'}
  EXLOT: {expr: 'if(EXDOSE > 5, "high", "low or missing")'}
keys: [EXDOSE]
"""
    run = lab.convert({"a": {"SUBJID": ["1"], "DOSE": ["10"], "DRUG": ["X"]}}, {"EX": text})
    (low, high) = records(run, "EX", "EXDOSE", "EXDOSTOT", "EXLOT")
    assert high == (10.0, 20.0, "high")
    assert (pd.isna(low[0]), pd.isna(low[1]), low[2]) == (True, True, "low or missing")
    assert run.problems == ()


def test_when_leaves_the_others_blank(lab, records):
    text = """\
records: [{form: dm}]
variables:
  AGE: {copy: AGE, when: 'SUBJID != "2"'}
  DTHFL: {constant: Y, when: 'AGE == 70'}
  SITEID: {constant: "01", when: 'SUBJID == "nobody"'}
"""
    run = lab.convert({"dm": {"SUBJID": ["1", "2", "3"], "AGE": ["60", "70", "70"]}}, {"DM": text})
    rows = records(run, "DM", "USUBJID", "AGE", "DTHFL", "SITEID")
    assert [(row[0], row[2], row[3]) for row in rows] == [("1", "", ""), ("2", "", ""), ("3", "Y", "")]
    assert rows[0][1] == 60
    assert pd.isna(rows[1][1])


def test_findings_do_not_come_from_records_that_when_leaves_out(lab):
    text = "records: [{form: dm}]\nvariables:\n  AGE: {copy: AGE, when: 'SUBJID == \"1\"'}\n"
    run = lab.convert({"dm": {"SUBJID": ["1", "2"], "AGE": ["60", "old"]}}, {"DM": text})
    assert run.problems == ()


def test_variables_of_another_dataset_are_joined_by_subject(lab, records):
    text = "records: [{form: ae}]\nvariables:\n  AETERM: {copy: DM.RFSTDTC}\n  AESTDY: {expr: 'DM.AGE + 1'}\n"
    run = lab.convert({"dm": DM_FORM, "ae": {"SUBJID": ["2", "9", "1"]}}, {"DM": DM, "AE": text})
    rows = records(run, "AE", "USUBJID", "AETERM", "AESTDY")
    assert rows[:2] == [("1", "2022-01-05", 61.0), ("2", "2022-02-01", 71.0)]
    assert rows[2][:2] == ("9", "")
    assert pd.isna(rows[2][2])


def test_a_dataset_without_records_joins_nothing(lab, records):
    text = "records: [{form: ae}]\nvariables:\n  AETERM: {copy: DM.RFSTDTC}\n  AELLTCD: {copy: DM.AGE}\n"
    forms = {"dm": {"SUBJID": [], "DOSE": [], "AGE": []}, "ae": {"SUBJID": ["2"]}}
    ((term, code),) = records(lab.convert(forms, {"DM": DM, "AE": text}), "AE", "AETERM", "AELLTCD")
    assert (term, pd.isna(code)) == ("", True)


def test_subjects_twice_in_dm_are_one_finding(lab, records):
    form = {"SUBJID": ["1", "2", "1"], "DOSE": ["2022-01-05", "2022-02-01", "2022-03-01"], "AGE": ["60", "70", "61"]}
    text = "records: [{form: ae}]\nvariables:\n  AETERM: {copy: DM.RFSTDTC}\n  AESTDY: {copy: DM.AGE}\n"
    run = lab.convert({"dm": form, "ae": {"SUBJID": ["1", "2"]}}, {"DM": DM, "AE": text})
    assert records(run, "AE", "AETERM", "AESTDY") == [("2022-01-05", 60.0), ("2022-02-01", 70.0)]
    assert [str(problem) for problem in run.problems if problem.code != "KEY001"] == [
        "DM rows 1, 2: JOIN001 DM should have one record per subject, but 1 subject has several, such as 1; "
        "other datasets read the first (are raw rows repeated?)"
    ]


def test_text_that_is_no_number_is_a_finding_with_form_rows_and_value(lab, records):
    form = {"SUBJID": ["1", "2", "3", "4"], "AGE": ["60", "old", " 61 ", "old"], "DOSE": [""] * 4}
    run = lab.convert({"dm": form}, {"DM": DM})
    ages = [age for (age,) in records(run, "DM", "AGE")]
    assert ages[0::2] == [60.0, 61.0]
    (problem,) = [problem for problem in run.problems if problem.code == "NUM001"]
    assert problem.message == "'old' is not a number; AGE is left missing"
    assert (problem.place.form, problem.place.dataset, problem.place.variable) == ("dm", "DM", "AGE")
    assert (problem.place.field, problem.place.rows, problem.count, problem.value) == ("AGE", (2, 4), 2, "old")


def test_many_values_that_are_no_numbers_are_counted_together(lab):
    ages = [f"old{number:02d}" for number in range(23)]
    run = lab.convert({"dm": {"SUBJID": [str(n) for n in range(23)], "AGE": ages, "DOSE": [""] * 23}}, {"DM": DM})
    found = [problem for problem in run.problems if problem.code == "NUM001"]
    assert len(found) == 21
    assert found[-1].message == "3 more values are not numbers, such as 'old20'; AGE is left missing"
    assert (found[-1].count, found[-1].place.rows) == (3, (21, 22, 23))


@pytest.mark.parametrize("text", ["inf", "NA", "0x10", "1,5", "1e", "--1", "nan", "1 2"])
def test_what_is_no_plain_decimal_number(lab, text):
    run = lab.convert({"dm": {"SUBJID": ["1"], "AGE": [text], "DOSE": [""]}}, {"DM": DM})
    assert [problem.value for problem in run.problems if problem.code == "NUM001"] == [text]


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("-0.5", -0.5), (".5", 0.5), ("1e3", 1000), ("+2", 2), ("5.", 5)]
)
def test_plain_decimal_numbers(lab, records, text, number):
    run = lab.convert({"dm": {"SUBJID": ["1"], "AGE": [text], "DOSE": [""]}}, {"DM": DM})
    assert records(run, "DM", "AGE") == [(number,)]


def test_records_made_from_another_dataset(lab, records):
    ex = "records: [{form: ex}]\nvariables:\n  EXTRT: {copy: DRUG}\n  EXDOSE: {copy: DOSE}\n"
    ec = """\
records: [{from: EX, where: EXDOSE > 5}]
variables:
  USUBJID: {copy: raw.USUBJID}
  ECTRT: {copy: EXTRT}
  ECDOSE: {copy: raw.EXDOSE}
"""
    forms = {"ex": {"SUBJID": ["2", "1", "1"], "DRUG": ["b", "a", "c"], "DOSE": ["10", "20", "1"]}}
    run = lab.convert(forms, {"EX": ex, "EC": ec})
    assert records(run, "EC", "USUBJID", "ECTRT", "ECDOSE") == [("1", "a", 20.0), ("2", "b", 10.0)]


def test_intervals_of_another_dataset_are_merged(lab, records):
    """They are in ISO 8601, whatever the date formats of the raw forms."""
    ex = "records: [{form: ex}]\nvariables:\n  EXDOSE: {copy: DOSE}\n"
    ex += "  EXSTDTC: {datetime: START}\n  EXENDTC: {datetime: END}\nkeys: [USUBJID, EXSTDTC]\n"
    ec = """\
records: [{from: EX, merge: {by: [USUBJID, EXDOSE], start: EXSTDTC, end: EXENDTC}}]
variables: {USUBJID: {copy: raw.USUBJID}, ECSTDTC: {copy: EXSTDTC}, ECENDTC: {copy: EXENDTC}}
"""
    start, end = ["01-JAN-2022", "03-JAN-2022"], ["02-JAN-2022", "04-JAN-2022"]
    forms = {"ex": {"SUBJID": ["1", "1"], "DOSE": ["5", "5"], "START": start, "END": end}}
    run = lab.convert(forms, {"EX": ex, "EC": ec}, "settings: {date_formats: [DD-MON-YYYY]}\n")
    assert records(run, "EC", "ECSTDTC", "ECENDTC") == [("2022-01-01", "2022-01-04")]


def test_a_variable_of_the_source_of_some_blocks_is_looked_up_for_the_others(lab, records):
    """Whatever their own source has under the same name."""
    forms = {"dm": {"SUBJID": ["1", "2"], "AGE": ["60", "70"]}, "ae": {"SUBJID": ["2", "9"], "TERM": ["a", "b"]}}
    dm = "records: [{form: dm}]\nvariables:\n  AGE: {copy: AGE}\n"
    ae = 'records: [{form: ae}]\nvariables:\n  AETERM: {copy: TERM}\n  AGE: {constant: "99"}\n'
    vs = "records: [{from: DM}, {from: AE}]\nvariables:\n  USUBJID: {copy: raw.USUBJID}\n  VSORRES: {copy: DM.AGE}\n"
    run = lab.convert(forms, {"DM": dm, "AE": ae, "VS": vs}, only=["VS"])
    assert records(run, "VS", "USUBJID", "VSORRES") == [("1", "60"), ("2", "70"), ("2", "70"), ("9", "")]


def test_a_name_that_leads_nowhere_leaves_the_variable_blank(lab, records):
    """Lint stops a run before; the engine goes on without the variable."""
    text = "records: [{form: dm}, {for_each: [{SITEID: x}]}]\nvariables:\n  ARM: {copy: AGE}\n  SEX: {constant: M}\n"
    run = lab.convert({"dm": {"SUBJID": ["1"], "AGE": ["60"]}}, {"DM": text}, only=["DM"])
    assert records(run, "DM", "ARM", "SEX") == [("", "M"), ("", "M")]
    assert [problem.message for problem in run.problems if problem.place.variable == "ARM"] == [
        "DM.ARM could not be made: it reads AGE, which is not a column of the written records"
    ]


def test_an_error_inside_a_derivation_names_the_variable(lab, monkeypatch):
    def derive(self, rows):
        raise KeyError("broken")

    monkeypatch.setattr("cdisc_conv.derivations.values.copying.Copy.derive", derive)
    with pytest.raises(KeyError) as caught:
        lab.convert({"dm": DM_FORM}, {"DM": DM})
    (note,) = caught.value.__notes__
    assert note.startswith("while making DM.")
    assert note.endswith(".yaml:5")


def test_what_variables_share_is_made_once_for_the_records_they_share(lab, monkeypatch):
    made = []

    def derive(self, rows):
        return rows.share("x", lambda: made.append(rows.dataset) or rows[self.source])

    monkeypatch.setattr("cdisc_conv.derivations.values.copying.Copy.derive", derive)
    two = "records: [{form: dm}]\nvariables:\n  ARM: {copy: AGE}\n  ARMCD: {copy: AGE}\n"
    other = "records: [{form: dm}]\nvariables:\n  AETERM: {copy: AGE}\n"
    lab.convert({"dm": {"SUBJID": ["1"], "AGE": ["60"]}}, {"DM": two, "AE": other}, ranges=())
    assert sorted(made) == ["AE", "DM"]


def test_given_datasets_are_read_and_not_made(lab, records):
    given = {"DS": pd.DataFrame({"USUBJID": ["2", "2", "1"], "DSSTDTC": ["2022-03-01", "2022-02-01", ""]}, dtype="str")}
    text = "records: [{form: dm}]\nvariables:\n  RFENDTC: {max: DS.DSSTDTC}\n"
    study = "given: {DS: {file: ds.csv, columns: [USUBJID, DSSTDTC]}}\n"
    run = lab.convert({"dm": {"SUBJID": ["1", "2"]}}, {"DM": text}, study, given=given)
    assert records(run, "DM", "USUBJID", "RFENDTC") == [("1", ""), ("2", "2022-03-01")]
    assert [dataset.name for dataset in run.datasets] == ["DM"]


def test_a_form_that_is_missing_counts_as_empty(lab):
    study = lab.load({"dm": DM_FORM}, {"DM": DM})
    run = convert_frames(study, plan_study(study), {}, {}, ["DM"])
    assert [len(dataset.frame) for dataset in run.datasets] == [0]


def test_a_column_that_is_missing_counts_as_blank(lab):
    study = lab.load({"dm": DM_FORM}, {"DM": DM})
    frame = pd.DataFrame({"SUBJID": ["1"], "AGE": ["60"]}, dtype="str")
    run = convert_frames(study, plan_study(study), {"dm": frame}, {}, ["DM"])
    assert run.datasets[0].frame["RFSTDTC"].tolist() == [""]


def test_only_the_datasets_asked_for_are_made(lab):
    text = "records: [{form: ae}]\nvariables:\n  AETERM: {copy: DM.RFSTDTC}\n"
    forms = {"dm": DM_FORM, "ae": {"SUBJID": ["1"]}}
    run = lab.convert(forms, {"DM": DM, "AE": text}, only=["AE"])
    assert [dataset.name for dataset in run.datasets] == ["AE"]
    study = lab.load(forms, {"DM": DM, "AE": text})
    frames = {name: pd.DataFrame(form, dtype="str") for name, form in forms.items()}
    made = {str(part) for part in run_plan(study, plan_study(study), frames, {}, ["AE"]).values}
    assert "DM.RFSTDTC" in made
    assert "DM.AGE" not in made


def test_progress_names_each_dataset_once_it_is_made(lab):
    text = "records: [{form: ae}]\nvariables:\n  AETERM: {copy: DM.RFSTDTC}\n"
    study = lab.load({"dm": DM_FORM, "ae": {"SUBJID": ["1"]}}, {"DM": DM, "AE": text})
    said: list[str] = []
    convert_frames(study, plan_study(study), {}, {}, ["DM", "AE"], said.append)
    assert sorted(said) == ["AE", "DM"]


def test_written_records(lab, records):
    text = """\
records:
  - for_each:
      - {RDOMAIN: TU, IDVAR: TULNKID, RELID: A}
      - {RDOMAIN: TR, IDVAR: TRLNKID, RELID: A}
"""
    run = lab.convert({"dm": DM_FORM}, {"RELREC": text})
    assert records(run, "RELREC", "STUDYID", "RDOMAIN", "IDVAR", "RELID") == [
        ("S1", "TR", "TRLNKID", "A"), ("S1", "TU", "TULNKID", "A"),
    ]  # fmt: skip


def test_a_raw_date_that_cannot_be_read_decides_no_flag(lab, records):
    """It is blank in SDTM as one that was not collected is; what reads it knows the difference, in ADaM too."""
    dm = "records: [{form: dm}]\nvariables: {RFXSTDTC: {datetime: FIRST}}\n"
    ae = """\
records: [{form: ae}]
variables:
  AETERM: {copy: TERM}
  AESTDTC: {datetime: START}
  AEPRESP: {treatment_emergent: AESTDTC}
  AESEQ: {sequence: [AETERM]}
keys: [USUBJID, AETERM]
"""
    forms = {
        "dm": {"SUBJID": ["1", "2"], "FIRST": ["01-JAN-2022", "31-FEB-2022"]},
        "ae": {"SUBJID": ["1", "1", "2"], "TERM": ["a", "b", "c"], "START": ["31-FEB-2022", "", "01-MAR-2022"]},
    }
    run = lab.convert(forms, {"DM": dm, "AE": ae}, "settings: {date_formats: [DD-MON-YYYY]}\n")
    assert records(run, "AE", "AETERM", "AESTDTC", "AEPRESP") == [
        ("a", "", ""),
        ("b", "", "Y"),
        ("c", "2022-03-01", ""),
    ]
    assert [problem.code for problem in run.problems if problem.code.startswith("DATE")] == ["DATE001", "DATE001"]


def test_subjects_that_a_joined_dataset_does_not_have(lab):
    forms = {"dm": {"SUBJID": ["1"]}, "ae": {"SUBJID": ["1", "2", "2"], "TERM": ["a", "b", "c"]}}
    ex = "records: [{form: dm}]\nvariables: {EXTRT: {copy: SUBJID}}"
    ae = "records: [{form: ae}]\nvariables: {AETERM: {copy: TERM}, AELLT: {copy: EX.EXTRT}, AEHLT: {copy: EX.EXTRT}}"
    run = lab.convert(forms, {"EX": ex, "AE": ae})
    assert [str(problem) for problem in run.problems if problem.code == "JOIN002"] == [
        "AE rows 2, 3: JOIN002 EX has no record of 1 subject of AE, such as 2; what is read from it is blank there "
        "(are records missing in EX, or is the subject written in another way?)"
    ]
