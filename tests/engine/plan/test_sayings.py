"""What the mapping says of a dataset and of what is upstream of it: the same as long as that is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cdisc_conv.engine.derive.run import run_plan
from cdisc_conv.engine.describe.metadata import describe_columns
from cdisc_conv.engine.facts.collect import collect_facts
from cdisc_conv.engine.finish.datasets import finish_dataset
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.engine.plan.sayings import Sayings
from tests.engine.conftest import frame_of

FORMS = {
    "dm": {"SUBJID": ["1"], "START": ["01-MAR-2022"], "SEX": ["M"], "AGE": ["40"]},
    "ae": {"SUBJID": ["1"], "TERM": ["pain"], "DATE": ["02-MAR-2022"]},
}
DM = """\
records: [{form: dm}]
variables:
  SUBJID:  {copy: SUBJID}
  SEX:     {copy: SEX}
  RFSTDTC: {datetime: START}
"""
AE = """\
records: [{form: ae}]
variables:
  AETERM:  {copy: TERM}
  AESTDTC: {datetime: DATE}
  AESTDY:  {study_day: AESTDTC}
"""


def say(lab, dm: str = DM, ae: str = AE, study: str = "") -> dict[str, str]:
    loaded = lab.load(FORMS, {"DM": dm, "AE": ae}, study)
    sayings = Sayings(loaded, plan_study(loaded))
    return {name: sayings.of(name) for name in loaded.datasets}


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("{copy: SEX}", "{copy: AGE}", {"DM"}),
        ("{datetime: START}", "{copy: START}", {"DM", "AE"}),
        ("{datetime: START}", "{datetime: START, label: Begin}", {"DM", "AE"}),
        ("records: [{form: dm}]", "records: [{form: dm, where: SEX == 'M'}]", {"DM", "AE"}),
        ("  SEX:", "  AGE: {copy: AGE}\n  SEX:", {"DM", "AE"}),
        ("variables:", "# a line more\nvariables:", set()),
    ],
)
def test_a_line_changes_what_it_says_of_its_dataset_and_downstream(lab, old, new, changed):
    before, after = say(lab), say(lab, dm=DM.replace(old, new))
    assert {name for name in before if before[name] != after[name]} == changed


def test_what_holds_for_the_study_changes_all(lab):
    before, after = say(lab), say(lab, study="protocol: P1\n")
    assert before["DM"] != after["DM"] and before["AE"] != after["AE"]


def test_nothing_else_is_asked_when_a_dataset_is_described(lab):
    loaded = lab.load(FORMS, {"DM": DM, "AE": AE})
    plan = plan_study(loaded)
    frames = {name: frame_of(table) for name, table in FORMS.items()}
    state = run_plan(loaded, plan, frames, {}, None)
    for name, spec in loaded.datasets.items():
        facts = collect_facts(state, finish_dataset(state, name))
        upstream = {node.dataset for node in plan.needed_for([name])}
        less = replace(loaded, datasets={one: loaded.datasets[one] for one in loaded.datasets if one in upstream})
        whole, alone = (describe_columns(one, plan, spec, facts, tuple(facts.columns)) for one in (loaded, less))
        assert whole == alone
