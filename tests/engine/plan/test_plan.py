"""The plan: an order in which everything comes after what it reads, over all datasets."""

from __future__ import annotations

import pytest

from cdisc_conv.engine.plan.graph import Part, RowSet, plan_study
from cdisc_conv.problems import ProblemsError

FORMS = {
    "dm": {"SUBJID": [], "SEX": []},
    "ae": {"SUBJID": [], "AETERM": [], "AESTDAT": []},
    "ex": {"SUBJID": [], "DAT": []},
}
DM = "records: [{form: dm}]\nvariables:\n  RFSTDTC: {min: EX.EXSTDTC}\n  SEX: {copy: SEX}\n"
EX = "records: [{form: ex}]\nvariables:\n  EXSTDY: {study_day: EXSTDTC}\n  EXSTDTC: {copy: DAT}\n"
AE = """\
records: [{form: ae}]
variables:
  AETERM: {copy: AETERM}
  AESTDTC: {copy: AESTDAT}
  AESTDY: {study_day: AESTDTC}
"""


def test_everything_comes_after_what_it_reads(lab):
    plan = plan_study(lab.load(FORMS, {"DM": DM, "EX": EX, "AE": AE}))
    place = {node: number for number, node in enumerate(plan.order)}
    assert all(place[read] < place[node] for node in plan.order for read in plan.reads[node])
    assert {str(node) for node in plan.order} >= {"records of DM", "DM.RFSTDTC", "EX.EXSTDY", "AE.AESTDY"}


def test_datasets_may_read_each_other(lab):
    """DM.RFSTDTC reads EX.EXSTDTC, and EX.EXSTDY reads DM.RFSTDTC."""
    plan = plan_study(lab.load(FORMS, {"DM": DM, "EX": EX}))
    assert Part("EX", "EXSTDTC", (0,)) in plan.reads[Part("DM", "RFSTDTC", (0,))]
    assert Part("DM", "RFSTDTC", (0,)) in plan.reads[Part("EX", "EXSTDY", (0,))]


def test_variables_may_not(lab):
    study = lab.load(FORMS, {"DM": DM, "EX": EX.replace("{copy: DAT}", "{copy: DM.RFSTDTC}")})
    with pytest.raises(ProblemsError) as caught:
        plan_study(study)
    (problem,) = caught.value.problems
    assert problem.message == "variables read each other in a circle: DM.RFSTDTC -> EX.EXSTDTC -> DM.RFSTDTC"


def test_only_what_is_needed(lab):
    plan = plan_study(lab.load(FORMS, {"DM": DM, "EX": EX, "AE": AE}))
    needed = {str(node) for node in plan.needed_for(["AE"])}
    assert needed == {
        "records of AE", "AE.STUDYID", "AE.DOMAIN", "AE.USUBJID", "AE.AETERM", "AE.AESTDTC", "AE.AESTDY", "AE.AESEQ",
        "records of DM", "DM.USUBJID", "DM.RFSTDTC", "records of EX", "EX.USUBJID", "EX.EXSTDTC",
    }  # fmt: skip
    assert plan.needed_for([]) == frozenset()


def test_a_part_is_a_variable_for_the_blocks_that_share_an_entry(lab):
    text = """\
records:
  - {form: ae}
  - {form: dm, set: {AETERM: {constant: Sex}}}
  - {form: ae}
variables: {AETERM: {copy: AETERM}}
"""
    plan = plan_study(lab.load(FORMS, {"AE": text}))
    assert plan.parts["AE", "AETERM"] == (Part("AE", "AETERM", (0, 2)), Part("AE", "AETERM", (1,)))


def test_a_block_that_reads_a_dataset_comes_after_its_records(lab):
    text = 'records: [{from: EX, where: EXSTDTC != ""}]\nvariables: {AESTDTC: {copy: raw.EXSTDTC}}\n'
    plan = plan_study(lab.load(FORMS, {"DM": DM, "EX": EX, "AE": text.replace("raw.SUBJID", "USUBJID")}))
    assert set(plan.reads[RowSet("AE", 0)]) == {RowSet("EX", 0), Part("EX", "EXSTDTC", (0,))}


def test_the_order_does_not_depend_on_the_hash_seed(lab):
    study = lab.load(FORMS, {"DM": DM, "EX": EX, "AE": AE})
    assert plan_study(study).order == plan_study(study).order


def test_raw_columns_are_named_by_their_forms(lab):
    plan = plan_study(lab.load(FORMS, {"DM": DM, "EX": EX}))
    targets = plan.raw_reads[Part("EX", "EXSTDTC", (0,))]
    assert [(target.table, target.name) for target in targets] == [("form ex", "DAT")]
