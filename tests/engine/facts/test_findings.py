"""Findings of ranges of subjects add up in any order, and only the sum is put into words."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.derivations.evidence import Each, First, SingleValues, Sum, count_numbers, settle_parameters
from cdisc_conv.findings import (
    Example,
    Finding,
    Findings,
    Found,
    Names,
    Number,
    Reader,
    Total,
    Value,
    describe_findings,
    merge_findings,
)
from cdisc_conv.problems import SHOWN_ROWS, Place, Severity, Tally

FINDING = Finding(
    "X001",
    "{count:# record|# records} of {names.subjects} {count:has|have} {values:# value|# values} in {table}, such as "
    "{example}{names.others:?, and so it is for # more}",
    Severity.WARNING,
    Place(dataset="AE"),
    hint="look at {names:2...}",
    value="{example}",
    fixed=(("table", "{DM}"),),
    rows_of="AE",
)

tallies = st.builds(
    lambda count, rows: Tally(count + len(rows), tuple(sorted(rows))),
    st.integers(0, 5),
    st.sets(st.integers(1, 30), min_size=1, max_size=SHOWN_ROWS),
)
names = st.dictionaries(st.sampled_from("ABCD"), tallies, min_size=1).map(Names)
found = st.builds(
    Found,
    tallies,
    st.integers(0, 3),
    st.fixed_dictionaries(
        {
            "names": names,
            "values": st.integers(0, 9).map(Total),
            "example": st.builds(Example, st.integers(1, 30), st.sampled_from(["x", "y"])),
            "reader": st.builds(Reader, st.integers(0, 3), st.sampled_from(["", "AETERM"])),
        }
    ),
    st.dictionaries(st.sampled_from(["1", "2", "3"]), st.builds(Value, tallies, st.sampled_from(["", "m"]))),
)
findings = st.dictionaries(st.sampled_from([FINDING, Finding("X002", "it is so", everywhere=True)]), found)


@given(findings, findings, findings)
def test_findings_add_up_in_any_order(one: Findings, other: Findings, third: Findings) -> None:
    left = merge_findings(merge_findings(one, other), third)
    right = merge_findings(one, merge_findings(other, third))
    assert left == right
    everywhere = [finding for finding in left if finding.everywhere]
    swapped = merge_findings(third, other, one)
    assert {key: swapped[key] for key in swapped if key not in everywhere} == {
        key: left[key] for key in left if key not in everywhere
    }


@given(
    st.lists(st.tuples(st.sampled_from(["01", "02", "03"]), st.integers(1, 4), st.booleans()), min_size=1, max_size=12),
    st.integers(0, 12),
    st.randoms(),
)
def test_rows_that_are_split_give_the_findings_of_all(
    rows: list[tuple[str, int, bool]], at: int, random: object
) -> None:
    whole = find(rows, list(range(len(rows))))
    shuffled = list(range(len(rows)))
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    parts = [find(rows, sorted(shuffled[:at])), find(rows, sorted(shuffled[at:]))]
    assert describe_findings(merge_findings(*parts)) == describe_findings(whole)
    assert describe_findings(merge_findings(*reversed(parts))) == describe_findings(whole)


def find(rows: list[tuple[str, int, bool]], taken: list[int]) -> Findings:
    """What is found in some of the rows, which are numbered from 1: all that are bad, and each of their numbers."""
    bad = np.array([place for place, each in enumerate(taken) if rows[each][2]], dtype=np.int64)
    numbers = np.array([taken[place] + 1 for place in bad], dtype=np.int64)
    values = np.array([rows[each][1] for each in taken], dtype=np.int64)
    parameters = {
        "names": Each(pd.Series([rows[each][0] for each in taken], dtype="str")),
        "values": Sum(values),
        "example": First(lambda record: f"{rows[taken[record]][0]} {values[record]}"),
    }
    texts = pd.Series(["", "1", "2", "3", "4"], dtype="str")
    single = SingleValues(values, texts, texts != "", lambda text: (f"'{text}' is bad", f"not {text}"), most=2)
    rest = Finding("X003", "{rest} more, such as {first}", most=2, fixed=())
    return {
        FINDING: Found(count_numbers(numbers), 1, settle_parameters(parameters, bad, numbers)),
        rest: Found(count_numbers(numbers), 2, values=single.settle(bad, numbers)),
    }


def test_the_text_is_made_of_the_sum():
    one = Found(
        Tally(1, (4,)),
        parameters={"names": Names({"01": Tally(1, (4,))}), "values": Total(1), "example": Example(4, "a {b}")},
    )
    two = Found(
        Tally(1200, (2, 3)),
        parameters={"names": Names({"02": Tally(1200, (2,))}), "values": Total(2), "example": Example(2, "c")},
    )
    assert [(p.message, p.hint, p.value, p.count, p.place.rows) for p in describe_findings({FINDING: one})] == [
        ("1 record of subject 01 has 1 value in {DM}, such as a {b}", "look at 01", "a {b}", 1, (4,))
    ]
    assert [(p.message, p.hint, p.count, p.place.rows) for p in describe_findings({FINDING: one + two})] == [
        (
            "1,201 records of 2 subjects (the first: 02) have 3 values in {DM}, such as c, and so it is for 1 more",
            "look at 02, 01",
            1201,
            (2, 3, 4),
        )
    ]


def test_one_cause_is_one_finding_whichever_range_has_it_first():
    early = Finding("TERM001", "", place=Place(form="ae", field="A", variable="V"), most=9, once=("TERM001", "A"))
    late = Finding("TERM001", "", place=Place(form="ae", field="A", variable="W"), most=9, once=("TERM001", "A"))
    first = {late: Found(Tally(), 7, values={"x": Value(Tally(1, (1,)), "W of x")})}
    second = {early: Found(Tally(2, (8, 9)), 3, values={"x": Value(Tally(2, (8, 9)), "V of x")})}
    first = {late: Found(Tally(1, (1,)), 7, values=first[late].values)}
    assert [(p.message, p.count) for p in describe_findings(merge_findings(first, second))] == [("V of x", 2)]


def test_what_other_ranges_speak_against_is_no_finding():
    against, none = ({"against": Total(number)} for number in (1, 0))
    finding = Finding("PARAM001", "no record has it")
    one, other = Found(Tally(1), parameters=none), Found(Tally(1), parameters=against)
    assert describe_findings({finding: one + other}) == []
    assert [problem.count for problem in describe_findings({finding: one + one})] == [2]


def test_a_value_that_an_earlier_finding_reports_is_not_reported_again():
    known = Finding("DATE001", "", place=Place(form="ae", field="A"), value="31-FEB")
    again = Finding("DATE004", "{rest}", place=Place(form="ae", field="A"), most=9, unless_known=True)
    values = {text: Value(Tally(1, (1,)), f"{text} again") for text in ("31-FEB", "32-FEB")}
    made = {again: Found(Tally(2, (1,)), 9, values=values), known: Found(Tally(1, (1,)), 1)}
    assert [problem.value for problem in describe_findings(made)] == ["31-FEB", "32-FEB"]


def test_numbers_in_texts():
    assert f"{Number(0):# row|# rows}" == "0 rows"
    assert f"{Number(1):has|have} {Number(2):has|have} {Number(1500):,}" == "has have 1,500"
