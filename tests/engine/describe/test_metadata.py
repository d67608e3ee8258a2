"""What define.xml is told of a column: type, digits, terms used, origin with pages, method and comment."""

from __future__ import annotations

import pandas as pd
import pytest

from cdisc_conv.dataset import OriginSource, OriginType
from cdisc_conv.engine.describe.items import byte_length, describe_numbers, describe_text, used_codelist
from cdisc_conv.engine.facts.values import describe_values
from cdisc_conv.standards import load_terminology

FORMS = """\
key_columns:
  SUBJID: Subject
  EVENTDT: Event date
forms:
  dm: {label: Demographics, columns: {SEX: {label: Sex, page: 3}}}
  ae:
    label: Adverse Events
    page: 20
    columns:
      TERM: 'What was the adverse event?'
      START: {label: Start date, page: [21, 22]}
      SER: 'Serious?'
  ae2: {label: More Adverse Events, page: 30, collected_by: Subject, columns: {TERM: 'Which event?'}}
"""
DATA = {
    "ae": {
        "SUBJID": ["1", "2"],
        "EVENTDT": ["2022-01-07", ""],
        "TERM": ["a", "b"],
        "START": ["2022-01-05", "2022-01-06"],
        "SER": ["Y", ""],
    },
    "ae2": {"SUBJID": ["3"], "EVENTDT": [""], "TERM": ["c"]},
    "dm": {"SUBJID": ["1"], "EVENTDT": [""], "SEX": ["M"]},
}  # fmt: skip


@pytest.fixture
def item(lab, dataset):
    """The item of one variable of AE that has one entry, with `beside` blocks of its own."""

    def read(name: str, entry: str, records: str = "[{form: ae}]", rest: str = "", study: str = ""):
        text = f"keys: [USUBJID]\nrecords: {records}\nvariables:\n  AETERM: {{copy: TERM}}\n"
        text += f"  {name}: {entry}\n{rest}" if name != "AETERM" else rest
        run = lab.convert(DATA, {"AE": text, "DM": "records: [{form: dm}]\n"}, study, FORMS)
        return dataset(run, "AE").column(name).item

    return read


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 20, -300], ("integer", 3, None)),
        ([1.5, 20], ("float", 4, 1)),
        ([0.125, -12.5], ("float", 6, 3)),
        ([float("nan")], ("integer", 1, None)),
        ([], ("integer", 1, None)),
        ([1e21], ("integer", 22, None)),
    ],
)
def test_numbers(values, expected):
    assert describe_numbers(describe_values(pd.Series(values, dtype="float64"))) == expected


DTC = "ISO 8601 datetime or interval"


@pytest.mark.parametrize(
    ("values", "described", "expected"),
    [
        (["2022-01-05"], DTC, "date"),
        (["2022-01-05", ""], DTC, "date"),
        (["2022-01-05T10:30", "2022-01-05T10:30:01"], DTC, "datetime"),
        (["2022-01-05", "2022-01"], DTC, "partialDate"),
        (["2022"], DTC, "partialDate"),
        (["2022-01-05", "2022-01-05T10"], DTC, "partialDatetime"),
        ([""], DTC, "partialDatetime"),
        (["2022-01-05/2022-01-06"], DTC, "text"),
        (["P1D"], "ISO 8601 duration", "durationDatetime"),
        (["2022-01-05"], "", "text"),
    ],
)
def test_date_types(values, described, expected):
    assert describe_text(describe_values(pd.Series(values, dtype="str")), described) == expected


def test_text_is_measured_in_bytes():
    assert byte_length(describe_values(pd.Series(["ab", "皮疹"], dtype="str"))) == 6
    assert byte_length(describe_values(pd.Series(["", ""], dtype="str"))) == 1
    assert byte_length(describe_values(pd.Series([], dtype="str"))) == 1


def test_codelists_have_the_terms_used_and_mark_the_sponsor_s():
    terminology = load_terminology("sdtm", "2025-03-28")
    found = used_codelist(["Y", "", "MAYBE"], terminology.codelist("NY"), terminology)
    assert (found.code, found.short_name, found.standard) == ("C66742", "NY", "SDTM/NCI 2025-03-28")
    assert [(term.value, term.code, term.extended) for term in found.terms] == [
        ("MAYBE", "", True), ("Y", "C49488", False),
    ]  # fmt: skip
    assert used_codelist([""], terminology.codelist("NY"), terminology) is None


def test_terms_that_are_allowed_are_there_as_well():
    terminology = load_terminology("sdtm", "2025-03-28")
    found = used_codelist(["Y"], terminology.codelist("NY"), terminology, ("N",))
    assert [term.value for term in found.terms] == ["N", "Y"]


def test_collected_values_have_the_pages_of_their_fields(item):
    assert item("AESTDTC", "{copy: START}").type == "date"
    origin = item("AESTDTC", "{copy: START}").origin
    assert (origin.type, origin.source, origin.pages) == (OriginType.COLLECTED, OriginSource.INVESTIGATOR, (21, 22))
    assert item("AESER", "{copy: SER}").origin.pages == (20,)


def test_collected_on_several_forms(item):
    origin = item("AETERM", "", "[{form: ae}, {form: ae2}]").origin
    assert (origin.type, origin.pages) == (OriginType.COLLECTED, (20, 30))


def test_columns_that_the_edc_adds_are_assigned(item):
    assert item("AEDTC", "{copy: EVENTDT}").origin.type is OriginType.ASSIGNED


def test_constants_are_assigned_and_computed_values_derived(item):
    assert item("AESER", "{constant: Y}").origin.type is OriginType.ASSIGNED
    origin = item("AESER", "{expr: 'upper(SER)'}").origin
    assert (origin.type, origin.source, origin.pages) == (OriginType.DERIVED, OriginSource.SPONSOR, ())


def test_the_mapping_s_own_origin_wins(item):
    origin = item("AESER", "{copy: SER, origin: {type: Assigned, source: Vendor}}").origin
    assert (origin.type, origin.source, origin.pages) == (OriginType.ASSIGNED, OriginSource.VENDOR, ())
    origin = item("AESER", "{copy: SER, origin: {type: Collected, source: Subject}}").origin
    assert (origin.type, origin.source, origin.pages) == (OriginType.COLLECTED, OriginSource.SUBJECT, (20,))


def test_a_variable_whose_blocks_differ_is_as_far_from_the_form_as_the_furthest(item):
    blocks = "[{form: ae}, {form: ae2, set: {AETERM: {expr: 'upper(TERM)'}}}]"
    assert item("AETERM", "", blocks).origin.type is OriginType.DERIVED


def test_derived_values_have_a_method_and_others_a_comment(item):
    derived = item("AESER", "{expr: 'upper(SER)', comment: In capitals.}")
    assert "(SER) of form Adverse Events" in derived.method
    assert derived.comment == "In capitals."
    assigned = item("AESER", "{constant: Y, comment: All are.}")
    assert assigned.method == ""
    assert assigned.comment.endswith("All are.")


def test_a_method_of_the_mapping_s_own(item):
    assert item("AESER", "{expr: 'upper(SER)', method: As told.}").method == "As told."


def test_methods_of_blocks_that_differ_are_joined(item):
    one, two = "{expr: 'upper(TERM)', method: One.}", "{expr: 'lower(TERM)', method: Two.}"
    blocks = f"[{{form: ae, set: {{AETERM: {one}}}}}, {{form: ae2, set: {{AETERM: {two}}}}}]"
    assert item("AETERM", "", blocks).method == (
        "For records from form Adverse Events: One. For records from form More Adverse Events: Two."
    )


def test_methods_of_blocks_that_agree_are_said_once(item):
    entry = "{AETERM: {expr: 'upper(TERM)', method: One.}}"
    assert item("AETERM", "", f"[{{form: ae, set: {entry}}}, {{form: ae2, set: {entry}}}]").method == "One."


def test_dictionaries_are_named_with_their_version(item):
    found = item("AEDECOD", "{copy: TERM}", study="standards: {dictionaries: {MedDRA: '27.1'}}\n").codelist
    assert (found.name, found.dictionary, found.version, found.terms) == ("MedDRA", "MedDRA", "27.1", ())


def test_what_the_standard_says_of_a_column(lab, dataset):
    text = (
        "keys: [USUBJID]\nrecords: [{form: ae}]\nvariables: {AETERM: {copy: TERM, label: Event}, AESER: {copy: SER}}\n"
    )
    found = dataset(lab.convert(DATA, {"AE": text}, forms_yaml=FORMS), "AE")
    assert (found.label, found.class_name, found.repeating) == ("Adverse Events", "EVENTS", True)
    column = found.column("AESER")
    assert (column.label, column.core, column.numeric, column.non_standard) == ("Serious Event", "Exp", False, False)
    assert [term.value for term in column.item.codelist.terms] == ["Y"]
    assert found.column("AETERM").label == "Event"
    assert (found.column("AETERM").core, found.column("AETERM").mandatory) == ("Req", True)


def test_a_form_says_who_filled_it_in(item):
    assert item("AETERM", "", "[{form: ae2}]").origin.source is OriginSource.SUBJECT
    assert item("AETERM", "", "[{form: ae}, {form: ae2}]").origin.source is OriginSource.INVESTIGATOR
    assert item("AESTDTC", "{copy: TERM, origin: {type: Collected}}", "[{form: ae2}]").origin.source is (
        OriginSource.SUBJECT
    )
