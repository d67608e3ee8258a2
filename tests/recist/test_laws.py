"""Laws: the columns give what the rules give one assessment after the other, whatever the data."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc_conv.recist import check_responses
from tests.recist.lesion_data import TARGETS, Lesion, check, identify, join, measure

NODE = "T03"
sizes = st.one_of(st.none(), st.integers(0, 60))
follow_up = st.lists(st.fixed_dictionaries(dict.fromkeys(TARGETS, sizes)), min_size=1, max_size=6)
baselines = st.fixed_dictionaries({name: st.integers(10, 60) for name in TARGETS})


def apply_rules(baseline: dict[str, int], visits: Sequence[dict[str, int | None]]) -> list[str]:
    """RECIST 1.1, section 4.3.1, as one would do it by hand."""
    base = nadir = sum(baseline.values())
    responses = []
    for lesions in visits:
        seen = {name: size for name, size in lesions.items() if size is not None}
        total, complete = sum(seen.values()), len(seen) == len(lesions)
        there = [name for name, size in seen.items() if size >= (10 if name == NODE else 1)]
        if complete and not there:
            response = "CR"
        elif (seen and total - nadir >= 5 and 100 * (total - nadir) >= 20 * nadir) or ("CR" in responses and there):
            response = "PD"
        elif not complete:
            response = "NE"
        elif 100 * total <= 70 * base:
            response = "PR"
        else:
            response = "SD"
        responses.append(response)
        nadir = min(nadir, total) if complete else nadir
    return responses


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(baselines, follow_up), min_size=4, max_size=10))
def test_target_response_follows_the_rules_assessment_by_assessment(
    subjects: list[tuple[dict[str, int], list[dict[str, int | None]]]],
) -> None:
    tr = join(*(measure(TARGETS, first, *rest, subject=f"S{n}") for n, (first, rest) in enumerate(subjects)))
    tu = join(*(identify(TARGETS, "TARGET", subject=f"S{n}") for n in range(len(subjects))))
    (result,), _ = check_responses({"TR": tr.sample(frac=1, random_state=0), "TU": tu})
    rows = result.assessments
    for number, (first, rest) in enumerate(subjects):
        # An assessment without any record is none.
        expected = apply_rules(first, [lesions for lesions in rest if any(v is not None for v in lesions.values())])
        assert rows.loc[(rows["subject"] == f"S{number}") & (rows["number"] > 0), "target"].tolist() == expected


@settings(max_examples=8, deadline=None)
@given(baselines, follow_up)
def test_other_subjects_change_nothing(first: dict[str, int], rest: list[dict[str, int | None]]) -> None:
    tr, tu = measure(TARGETS, first, *rest), identify(TARGETS, "TARGET")
    (alone,), _ = check_responses({"TR": tr, "TU": tu})
    other = measure(TARGETS, {"T01": 30}, {"T01": 0}, {"T01": 30}, subject="A1")
    (both,), _ = check_responses({"TR": join(other, tr), "TU": tu})
    mine = both.assessments[both.assessments["subject"] == "S1"].reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, alone.assessments)


@settings(max_examples=8, deadline=None)
@given(baselines, follow_up)
def test_what_is_recorded_as_derived_never_disagrees(first: dict[str, int], rest: list[dict[str, Lesion]]) -> None:
    tr = measure(TARGETS, first, *rest)
    derived = check(tr)[0].assessments
    derived = derived[derived["number"] > 0]
    names = {"target": "TRGRESP", "overall": "OVRLRESP", "new": "NEWLIND"}
    rs = join(
        *(
            pd.DataFrame(
                {"USUBJID": "S1", "RSTESTCD": test, "RSSTRESC": derived[part], "VISIT": derived["visit"]}, dtype="str"
            )
            for part, test in names.items()
        )
    )
    result, problems = check(tr, rs=rs)
    assert result.disagreements.empty
    assert problems == ()
