"""Every built-in derivation reaches as far as it says: in two ranges, and subject by subject, it makes the same."""

from __future__ import annotations

import hope2021
import pandas as pd
import pytest
from ranges_alike import list_differences

from cdisc_conv.derivations.registry import load_derivations
from cdisc_conv.engine.convert import Conversion, convert_frames
from cdisc_conv.engine.plan.graph import Part, plan_study, variable_of
from cdisc_conv.engine.plan.reach import list_derivations
from cdisc_conv.engine.ranges.range import Division
from cdisc_conv.spec.model import Study

FORMS = {
    "dm": {
        "SUBJID": ["1", "2", "3"],
        "BIRTH": ["05-MAR-1960", "UN-MAR-1971", "01-JAN-1980"],
        "START": ["01-MAR-2022", "07-MAR-2022", ""],
        "END": ["01-APR-2022", "", ""],
        "ASIAN": ["1", "", "1"],
        "WHITE": ["1", "1", ""],
    },
    "cm": {
        "SUBJID": ["3", "1", "2", "1", "2"],
        "TRT": ["aspirin", "Aspirin", "ibuprofen", "none such", "paracetamol"],
        "CMSTDAT": ["01-FEB-2022", "02-MAR-2022", "UN-MAR-2022", "05-MAR-2022", "09-MAR-2022"],
        "CMENDAT": ["", "05-MAR-2022", "31-FEB-2022", "01-MAY-2022", ""],
        "ONGO": ["Y", "", "", "", "Y"],
    },
    "vs": {
        "SUBJID": ["2", "1", "1", "3", "2", "1"],
        "TEST": ["HEIGHT", "HEIGHT", "WEIGHT", "WEIGHT", "WEIGHT", "WEIGHT"],
        "VALUE": ["180", "170", "70", "80", "n/a", "71"],
        "VSDAT": ["07-MAR-2022", "01-MAR-2022", "01-MAR-2022", "02-MAR-2022", "07-MAR-2022", "12-APR-2022"],
        "DAY": ["1", "1", "1", "1", "1", "43"],
    },
}
DM = """\
records: [{form: dm}]
variables:
  BRTHDTC: {datetime: BIRTH}
  RFSTDTC: {datetime: START}
  RFENDTC: {datetime: END}
  RACE:    {multiple: {boxes: {ASIAN: ASIAN, WHITE: WHITE}, label: Race}}
  AGE:     {age: {birth: BRTHDTC, date: RFSTDTC}}
supplemental:
  RACE2:   {multiple_part: {value: RACE, number: 2}, label: Race 2}
"""
CM = """\
records: [{form: cm}]
keys: [STUDYID, USUBJID, CMTRT]
variables:
  CMTRT:    {copy: TRT}
  CMSTDTC:  {datetime: CMSTDAT}
  CMENDTC:  {datetime: CMENDAT}
  CMENRF:   {reference_period: {date: CMENDTC, ongoing: 'ONGO == "Y"'}}
  CMENTPT:  {constant: "2022-04-01"}
  CMENRTPT: {reference_point: {date: CMENDTC, point: CMENTPT, ongoing: 'ONGO == "Y"'}}
  CMDECOD:  {coded: {value: CMTRT, dictionary: WHODrug, map: {aspirin: ACETYLSALICYLIC ACID}}}
  CMDTM:    {numeric_datetime: CMSTDTC}
  CMDT:     {date_part: CMDTM}
  CMTM:     {time_part: CMDTM}
"""
VS = """\
keys: [STUDYID, USUBJID, PARAMCD, ADY]
records:
  - {form: vs, set: {PARAMCD: {copy: TEST}, AVAL: {expr: 'number(VALUE)'}, ADY: {expr: 'number(DAY)'}}}
  - from: self
    where: PARAMCD == "WEIGHT"
    set:
      PARAMCD: {constant: BSA}
      AVAL: {from_parameters: {formula: sqrt(HEIGHT * WEIGHT / 3600), by: [USUBJID, ADY]}}
      ADY: {copy: ADY}
variables:
  USUBJID: {copy: raw.USUBJID}
  AVISIT:
    visit_window:
      day: ADY
      windows:
        - {visit: Baseline, number: 0, target: 1, to: 1}
        - {visit: Week 6, number: 6, target: 43, from: 2, to: 64}
"""


@pytest.fixture
def others(lab) -> Study:
    """A study of the derivations that the shipped one does not use."""
    vs = VS.replace("{form: vs, set: {", "{form: vs, set: {USUBJID: {copy: raw.SUBJID}, ")
    return lab.load(FORMS, {"DM": DM, "CM": CM, "VS": vs})


def list_used(study: Study) -> set[str]:
    parts = [node for node in plan_study(study).order if isinstance(node, Part)]
    return {one.name for part in parts for one in list_derivations(variable_of(study, part).derivation)}


def test_the_studies_of_this_file_use_all_of_them(others):
    built_in = {name for name, kind in load_derivations().items() if kind.__module__.startswith("cdisc_conv.")}
    assert built_in - list_used(others) - list_used(hope2021.load()) == set()


def test_those_that_the_shipped_study_does_not_use(others):
    from tests.engine.conftest import frame_of

    frames, plan = {name: frame_of(table) for name, table in FORMS.items()}, plan_study(others)
    one, two, many = (
        convert_frames(others, plan, frames, {}, list(others.datasets), division=Division(count)) for count in (1, 2, 9)
    )
    assert list_differences(one, two) == []
    assert list_differences(one, many) == []


@pytest.fixture(scope="module")
def forms() -> dict[str, pd.DataFrame]:
    return hope2021.simulate_forms(6)


def convert(forms: dict[str, pd.DataFrame], ranges: int = 1) -> Conversion:
    study = hope2021.load()
    return convert_frames(study, hope2021.plan(), forms, {}, tuple(study.datasets), division=Division(ranges))


@pytest.fixture(scope="module")
def whole(forms: dict[str, pd.DataFrame]) -> Conversion:
    return convert(forms)


def test_those_of_the_shipped_study(forms, whole):
    assert list_differences(whole, convert(forms, ranges=2)) == []


def test_the_order_of_raw_rows_decides_nothing(forms, whole):
    shuffled = {name: frame.sample(frac=1, random_state=1, ignore_index=True) for name, frame in forms.items()}
    assert any(not frame.equals(shuffled[name]) for name, frame in forms.items())
    again = convert(shuffled)
    assert len(whole.datasets) > 20
    pairs = zip(whole.datasets, again.datasets, strict=True)
    assert [one.name for one, other in pairs if not one.frame.equals(other.frame)] == []
