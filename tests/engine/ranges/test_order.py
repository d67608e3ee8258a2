"""Ranges that complete in any order make the same study."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ranges_alike import Shuffled, list_differences

from cdisc_conv.engine.convert import convert_frames
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.engine.ranges import make
from cdisc_conv.engine.ranges.range import Division

DM = "records: [{form: dm}]\nvariables:\n  SUBJID: {copy: raw.SUBJID}\n  SITEID: {copy: SITE}\n  AGE: {copy: AGE}\n"
AE = "records: [{form: ae}]\nkeys: [AETERM, USUBJID]\nvariables:\n  AETERM: {copy: TERM}\n  AEACN: {copy: DM.AGE}\n"
FORMS = {
    "dm": {"SUBJID": [*"cadebf"], "SITE": [*"121212"], "AGE": ["60", "61", "old", "x", "62", "60"]},
    "ae": {
        "SUBJID": [*"fdab", "", *"cade"],
        "TERM": ["Rash", "Cough", "Rash", "Burn", "Fever", "Pain", "Cough", "Rash", "Pain"],
    },
}


@pytest.fixture
def study(lab):
    return lab.load(FORMS, {"DM": DM, "AE": AE})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(6)))
def test_any_order_makes_the_same(study, order):
    frames = {name: pd.DataFrame(table, dtype="str") for name, table in FORMS.items()}
    arguments = (study, plan_study(study), frames, {}, ["DM", "AE"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(make, "choose_workers", lambda *_: Shuffled(lambda count: order))
        made = convert_frames(*arguments, division=Division(6))
    assert list_differences(convert_frames(*arguments), made) == []
