"""Laws: a rule that looks no further than a subject finds the same in ranges of subjects as in the whole."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc_conv.checks.core import CoreRule, Reach, make_study, read_rule, run_core
from cdisc_conv.checks.core.operators.registry import load_operators
from cdisc_conv.checks.core.rule.support import find_reach
from cdisc_conv.dataset import Dataset
from tests.checks.core.packages import LIBRARY, make_dataset

SUBJECTS = ("01", "02", "03", "04")
DATES = ("2014-03-15", "2014-03", "2014-03-16T08:30", "2014-02-30", "")


def make_rules() -> list[CoreRule]:
    """Rules of every kind that looks no further than a subject."""
    dated = "Operations: [{id: $first, operator: min_date, name: --STDTC, group: [USUBJID]}]"
    counted = "Operations: [{id: $n, operator: record_count, group: [USUBJID, AETERM]}]"
    keys = "[{name: AEDTC, sort_order: asc}]"
    checks = {
        "{name: AETERM, operator: empty}": "",
        "{name: AESTDTC, operator: date_greater_than, value: RFSTDTC}": "Match Datasets: [{Name: DM, Keys: [USUBJID]}]",
        "{name: AESEQ, operator: is_not_unique_set, value: USUBJID}": "",
        "{name: AETERM, operator: is_inconsistent_across_dataset, value: [USUBJID]}": "",
        "{name: AETERM, operator: not_present_on_multiple_rows_within, within: USUBJID}": "",
        f"{{name: AESEQ, operator: target_is_not_sorted_by, within: USUBJID, value: {keys}}}": "",
        "{name: AESTDY, operator: not_equal_to, value: $dy}": "Operations: [{id: $dy, operator: dy, name: --STDTC}]",
        "{name: $n, operator: greater_than, value: 1}": counted,
        "{name: $first, operator: date_equal_to, value: AESTDTC}": dated,
    }
    text = "Core: {Id: X-%s}\nRule Type: Record Data\nSensitivity: Record\nScope: {Domains: {Include: [AE]}}\n"
    return [
        read_rule(f"{text % number}Check: {{all: [{check}]}}\n{more}\n")
        for number, (check, more) in enumerate(checks.items())
    ]


RULES = make_rules()
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(SUBJECTS),
        st.sampled_from((1.0, 2.0, 3.0)),
        st.sampled_from(("Rash", "Nausea", "")),
        st.sampled_from(DATES),
        st.sampled_from((1.0, 2.0, -1.0, None)),
    ),
    min_size=1,
    max_size=12,
)


def make_events(rows: list[tuple[str, float, str, str, float | None]]) -> list[Dataset]:
    subject, number, term, begin, day = zip(*rows, strict=True)
    events = {
        "DOMAIN": ["AE"] * len(rows),
        "USUBJID": subject,
        "AESEQ": number,
        "AETERM": term,
        "AESTDTC": begin,
        "AEDTC": begin,
    }
    starts = ("2014-03-15", "2014-03", "2014-03-14", "")
    subjects = {"DOMAIN": ["DM"] * 4, "USUBJID": SUBJECTS, "RFSTDTC": starts}
    whole = make_dataset("AE", {**events, "AESTDY": [*day]})
    numeric = pd.Series([float("nan") if each is None else each for each in day], dtype="float64")
    return [make_dataset("DM", subjects), replace(whole, frame=whole.frame.assign(AESTDY=numeric))]


def find(datasets: list[Dataset]) -> dict[str, set[int]]:
    """Rule -> the places of its records in the whole dataset."""
    found: dict[str, set[int]] = {}
    for hits in run_core(make_study(datasets, LIBRARY), RULES).hits:
        index = datasets[1].frame.index
        found.setdefault(hits.rule.id, set()).update(int(index[number - 1]) for number in hits.view.rows[hits.rows])
    return found


@settings(max_examples=40)
@given(EVENTS)
def test_ranges_of_subjects_find_what_the_whole_does(rows: list[tuple[str, float, str, str, float | None]]) -> None:
    assert {find_reach(rule) <= Reach.SUBJECT for rule in RULES} == {True}
    people, events = make_events(rows)
    whole = find([people, events])
    parts: dict[str, set[int]] = {}
    for chosen in (SUBJECTS[:2], SUBJECTS[2:]):
        frame = events.frame[events.frame["USUBJID"].isin(chosen)]
        own = people.frame[people.frame["USUBJID"].isin(chosen)]
        if len(frame):
            for rule, places in find([replace(people, frame=own), replace(events, frame=frame)]).items():
                parts.setdefault(rule, set()).update(places)
    assert parts == whole


@settings(max_examples=20)
@given(EVENTS, st.sampled_from([name for name in load_operators() if name.startswith("not_")]))
def test_an_operator_and_its_opposite_are_never_both_true(
    rows: list[tuple[str, float, str, str, float | None]], name: str
) -> None:
    opposite = name.removeprefix("not_")
    if opposite not in load_operators():
        return
    scope = "Rule Type: Record Data, Scope: {Domains: {Include: [AE]}}"
    text = "{Core: {Id: %s}, " + scope + ", Check: {all: [{name: AETERM, operator: %s, value: Rash, prefix: 2}]}}"
    rules = [read_rule(text % (each, each)) for each in (name, opposite)]
    found = {
        hits.rule.id: set(hits.view.rows.tolist())
        for hits in run_core(make_study(make_events(rows), LIBRARY), rules).hits
    }
    assert not found.get(name, set()) & found.get(opposite, set())
