"""How method texts name things: variables by name, raw fields by the words on the form."""

from __future__ import annotations

import pytest

from cdisc_conv.engine.describe.words import PartWords, describe_table, method_of
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.expr import parse

FORMS = """\
forms:
  dm: {label: Demographics, columns: {SUBJID: Subject, SEX: Sex}}
  ae: {label: Adverse Events, columns: {SUBJID: Subject, TERM: 'What was the event?', BARE: ""}}
  ae2: {label: More Events, columns: {SUBJID: Subject, TERM: 'What was the event?', BARE: ""}}
"""
AE = """\
records:
  - {form: ae, for_each: [{WHAT: raw.TERM}, {WHAT: raw.BARE}, {WHAT: literal}]}
  - {form: ae2, for_each: [{WHAT: literal}]}
variables:
  AETERM: {copy: TERM}
  AEDECOD: {expr: 'upper(AETERM)', when: 'STEP == "x"'}
  AELLT: {constant: a}
working:
  STEP: {expr: 'lower(TERM)'}
"""


@pytest.fixture
def study(lab):
    return lab.load({}, {"AE": AE, "DM": "records: [{form: dm}]\nvariables: {SEX: {copy: SEX}}\n"}, forms_yaml=FORMS)


@pytest.fixture
def words(study):
    return PartWords(study, plan_study(study).parts["AE", "AEDECOD"][0])


@pytest.mark.parametrize(
    ("ref", "text"),
    [
        ("AETERM", "AE.AETERM"),
        ("DM.SEX", "DM.SEX"),
        ("STEP", "STEP"),
        ("TERM", 'the field "What was the event?" (TERM) of forms Adverse Events and More Events'),
        ("raw.BARE", "BARE of forms Adverse Events and More Events"),
        ("NOTHING", "NOTHING"),
    ],
)
def test_references(words, ref, text):
    assert words(ref) == text


def test_a_name_of_for_each_is_the_fields_it_stands_for(words):
    assert words("WHAT") == (
        'the field "What was the event?" (TERM) of form Adverse Events or BARE of form Adverse Events or literal'
    )


def test_conditions(words):
    assert words.condition(parse('DM.SEX == "F"')) == "DM.SEX equals F"
    assert words.condition(parse('SEX == "F"'), "DM") == "DM.SEX equals F"
    assert words.condition(parse('SEX == "F"'), "form dm") == 'the field "Sex" (SEX) of form Demographics equals F'


def test_tables(study):
    assert describe_table(study, "form ae") == "form Adverse Events"
    assert describe_table(study, "dataset DM") == "DM"
    assert describe_table(study, "DM") == "DM"


def test_a_method_tells_its_condition_and_its_working_values(study):
    text = method_of(study, plan_study(study).parts["AE", "AEDECOD"][0])
    assert text.startswith("Only where STEP equals x; blank otherwise. ")
    assert "AE.AETERM" in text
    assert text.endswith("]")
    assert "[STEP, a working value: " in text
