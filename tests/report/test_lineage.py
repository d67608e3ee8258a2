"""Lineage: what each variable is made from, from the plan alone."""

from __future__ import annotations

import pytest
from studies import edit

from cdisc_conv.engine.describe.lineage import NodeKind, build_lineage
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.spec.load import load_study


@pytest.fixture
def lineage(folder):
    study, _ = load_study(folder / "tiny")
    return build_lineage(study, plan_study(study))


def names(nodes):
    return [node.name for node in nodes]


def test_a_variable_reads_variables_and_in_the_end_fields(lineage):
    (node,) = lineage.variables["AE.AESTDY"]
    assert (node.kind, node.derivation, node.table) == (NodeKind.VARIABLE, "study_day", "AE")
    assert names(node.reads()) == ["AE.AESTDTC", "DM.RFSTDTC"]
    assert names(node.fields()) == ["ae.AESTDAT", "dm.DOSEDAT"]
    assert names(node.row_fields()) == ["ae.AESTDAT"]
    assert node.matched_by == ("DM.USUBJID", "AE.USUBJID")


def test_walk_visits_each_node_once(lineage):
    (node,) = lineage.variables["AE.AESTDY"]
    walked = list(node.walk())
    assert walked[0] is node
    assert len(walked) == len({id(other) for other in walked})
    assert {"records of AE", "records of DM", "ae.AEYN", "ae.AESTDAT", "dm.DOSEDAT"} <= set(names(walked))


def test_records_know_their_source_and_condition(lineage):
    (records,) = lineage.records["AE"]
    assert records.source == 'form ae where AEYN == "Y"'
    assert names(records.reads()) == ["ae.AEYN"]


def test_used_by_is_the_way_back(lineage):
    used_by = lineage.used_by()
    assert used_by["AE.AESTDTC"] == ("AE.AESEQ", "AE.AESTDY") or set(used_by["AE.AESTDTC"]) == {"AE.AESEQ", "AE.AESTDY"}
    assert used_by["dm.DOSEDAT"] == ("DM.RFSTDTC",)
    assert used_by["ae.AEYN"] == ("records of AE",)


def test_blocks_with_entries_of_their_own_are_nodes_of_their_own(folder):
    edit(
        folder / "tiny" / "sdtm" / "ae.yaml",
        '    where: AEYN == "Y"\n',
        '    where: AEYN == "Y"\n  - form: dm\n'
        "    set: {AETERM: {constant: Enrolled}, AEDECOD: {constant: Enrolled}}\n",
    )
    study, _ = load_study(folder / "tiny")
    first, second = build_lineage(study, plan_study(study)).variables["AE.AETERM"]
    assert {first.source, second.source} == {'form ae where AEYN == "Y"', "form dm"}
    assert {first.derivation, second.derivation} == {"copy", "constant"}
