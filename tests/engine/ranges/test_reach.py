"""What of a plan follows a subject, what is of no subject, and what looks across subjects."""

from __future__ import annotations

import hope2021

from cdisc_conv.engine.plan.graph import RowSet, plan_study
from cdisc_conv.engine.plan.reach import Home, describe_reach, find_reach

DM = "records: [{form: dm}]\nvariables:\n  SUBJID: {copy: raw.SUBJID}\n  AGE: {copy: AGE}\n"
FORMS = {"dm": {"SUBJID": [], "AGE": []}, "ae": {"SUBJID": [], "TERM": []}, "codes": {"AGE": [], "WORDS": []}}


def homes(lab, text: str) -> list[Home]:
    study = lab.load(FORMS, {"DM": DM, "AE": text})
    reach = find_reach(study, plan_study(study))
    return [home for node, home in reach.homes.items() if node.dataset == "AE"]


def across(lab, entry: str, source: str = "ae") -> dict[str, tuple[str, ...]]:
    text = f"records: [{{form: {source}}}]\nkeys: [STUDYID, USUBJID]\nvariables:\n  AETERM: {entry}\n"
    study = lab.load(FORMS, {"DM": DM, "AE": text})
    return {str(part): tables for part, tables in find_reach(study, plan_study(study)).across.items()}


def ae(records: str, keys: str = "[STUDYID, USUBJID, AETERM]") -> str:
    return f"records: [{records}]\nkeys: {keys}\nvariables:\n  AETERM: {{constant: x}}\n"


def test_records_follow_the_subject_of_their_rows(lab):
    assert homes(lab, ae("{form: ae}")) == [Home.SUBJECT]
    assert homes(lab, ae("{from: DM}")) == [Home.SUBJECT]
    assert homes(lab, ae("{form: ae, group: [SUBJID, TERM]}")) == [Home.SUBJECT]


def test_written_records_and_those_of_a_form_without_subjects_are_of_the_study(lab):
    assert homes(lab, ae("{for_each: [{A: x}]}") + "  USUBJID: {constant: ''}\n") == [Home.STUDY]
    assert homes(lab, ae("{form: codes}") + "  USUBJID: {constant: ''}\n") == [Home.STUDY]


def test_records_of_rows_of_several_subjects_are_across(lab):
    assert homes(lab, ae("{form: ae, group: [TERM]}")) == [Home.ACROSS]
    assert homes(lab, ae("{from: DM, group: [STUDYID]}")) == [Home.ACROSS]


def test_records_whose_order_does_not_ask_for_the_subject_are_across(lab):
    assert homes(lab, ae("{form: ae}", "[STUDYID, AETERM]")) == [Home.ACROSS]


def test_a_look_up_by_the_subject_is_within_it(lab):
    assert across(lab, "{lookup: {from: DM, take: AGE}}") == {}
    assert across(lab, "{lookup: {from: DM, by: SUBJID, take: AGE}}") == {}
    assert across(lab, "{lookup: {from: form dm, by: {raw.SUBJID: SUBJID}, take: AGE}}") == {}


def test_a_look_up_by_something_else_looks_across_subjects(lab):
    assert across(lab, "{lookup: {from: DM, by: {TERM: AGE}, take: AGE}}") == {"AE.AETERM": ("DM",)}
    assert across(lab, "{count: {of: form dm.AGE, by: {TERM: AGE}}}") == {"AE.AETERM": ("form dm",)}


def test_a_look_up_in_a_form_without_subjects_is_within_the_subject(lab):
    assert across(lab, "{lookup: {from: form codes, by: {TERM: AGE}, take: WORDS}}") == {}


def test_a_branch_of_cases_is_asked_by_itself(lab):
    entry = "{cases: [{when: 'TERM == \"x\"', lookup: {from: DM, by: {TERM: AGE}, take: AGE}}, {copy: TERM}]}"
    assert across(lab, entry) == {"AE.AETERM": ("DM",)}


def test_numbers_over_the_whole_dataset_look_across_subjects(lab):
    assert across(lab, "{sequence: {by: [TERM], subjects: false}}") == {"AE.AETERM": ("AE",)}
    assert across(lab, "{sequence: [TERM]}") == {}


def test_the_shipped_study_counts_subjects_for_its_trial_summary_and_looks_nowhere_else():
    study = hope2021.load()
    reach = find_reach(study, plan_study(study))
    assert {str(part): tables for part, tables in reach.across.items()} == {"TS.SUBJECTS": ("DM",)}
    assert {node.dataset for node, home in reach.homes.items() if home is Home.ACROSS} == {"TS"}
    assert reach.homes[RowSet("RELREC", 0)] is Home.STUDY
    assert reach.is_of_study("TS")
    assert not reach.is_of_study("DM")


def notes(lab, text: str) -> list[str]:
    study = lab.load(FORMS, {"DM": DM, "AE": text})
    plan = plan_study(study)
    found = describe_reach(study, plan, find_reach(study, plan))
    return [f"{one.severity}, line {one.place.line}: {one.code} {one.message} ({one.hint})" for one in found]


def test_what_looks_across_subjects_is_a_note_with_what_it_costs(lab):
    entry = "  AETERM: {lookup: {from: DM, by: {TERM: AGE}, take: AGE}}\n"
    text = f"records: [{{form: ae}}]\nkeys: [STUDYID, USUBJID]\nvariables:\n{entry}"
    assert notes(lab, text) == [
        "note, line 5: PLAN002 AE.AETERM looks across subjects in DM; a run in ranges makes it once, of all subjects, "
        "and holds 4 columns of raw data for that (if the records of one subject are meant, tie them by the subject)"
    ]


def test_records_of_several_subjects_are_a_note_where_they_have_a_subject(lab):
    assert notes(lab, ae("{form: ae, group: [TERM]}")) == [
        "note, line 2: PLAN002 records of AE from form ae are not made, or not sorted, subject by subject; a run in "
        "ranges makes them once, of all subjects, and holds 2 columns of raw data for that (if they are of one subject "
        "each, let 'group', 'merge' and 'keys' name the subject)"
    ]
    assert notes(lab, ae("{form: ae}")) == []
