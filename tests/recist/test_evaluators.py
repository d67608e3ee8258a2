"""Several evaluators: each is checked alone, and the accepted assessment is named."""

from __future__ import annotations

import pandas as pd

from cdisc_conv.recist import check_responses
from tests.recist.lesion_data import TARGETS, identify, join, measure, respond

ROLE = "INDEPENDENT ASSESSOR"
LIVER = {"T01": "LIVER"}


def read_by(frame: pd.DataFrame, domain: str, role: str, person: str = "", accepted: str = "") -> pd.DataFrame:
    return frame.assign(**{f"{domain}EVAL": role, f"{domain}EVALID": person, f"{domain}ACPTFL": accepted})


def review(sizes: dict[str, float], responses: dict[str, tuple[str, str]]) -> dict[str, pd.DataFrame]:
    """TU of all, TR by reader (40 mm at baseline, then their size), RS by reader (response and accepted flag)."""
    tr = [read_by(measure(TARGETS, {"T01": 40}, {"T01": size}), "TR", ROLE, reader) for reader, size in sizes.items()]
    rs = [
        read_by(respond({"OVRLRESP": response}), "RS", ROLE, reader, accepted)
        for reader, (response, accepted) in responses.items()
    ]
    return {"TU": identify(LIVER, "TARGET"), "TR": join(*tr), "RS": join(*rs)}


def test_the_reading_of_one_is_never_held_against_the_response_of_another() -> None:
    checks, problems = check_responses(
        review({"READER 1": 20, "READER 2": 60}, {"READER 1": ("PR", "Y"), "READER 2": ("PD", "")})
    )
    assert [(check.evaluator, check.compared, check.agreeing, check.accepted) for check in checks] == [
        ((ROLE, "READER 1"), 1, 1, 1),
        ((ROLE, "READER 2"), 1, 1, 0),
    ]
    assert problems == ()


def test_a_disagreement_names_the_evaluator_and_the_accepted_response() -> None:
    _, problems = check_responses(
        review({"READER 1": 20, "READER 2": 60}, {"READER 1": ("SD", "Y"), "READER 2": ("PR", "")})
    )
    assert [problem.message.partition(":")[0] for problem in problems] == [
        "INDEPENDENT ASSESSOR READER 1 (accepted)",
        "INDEPENDENT ASSESSOR READER 2",
    ]
    assert [problem.code for problem in problems] == ["RECIST004", "RECIST004"]


def test_an_adjudicator_who_only_chooses() -> None:
    checks, problems = check_responses(
        review(
            {"READER 1": 20, "READER 2": 60},
            {"READER 1": ("PR", ""), "READER 2": ("PD", ""), "ADJUDICATOR": ("PR", "Y")},
        )
    )
    assert [(check.evaluator.person, check.compared, check.accepted) for check in checks] == [
        ("ADJUDICATOR", 0, 1),
        ("READER 1", 1, 0),
        ("READER 2", 1, 0),
    ]
    assert [str(problem) for problem in problems] == [
        "TR: RECIST006 INDEPENDENT ASSESSOR ADJUDICATOR: TU and TR have no lesions of this evaluator, so that nothing "
        "can be derived (RS has overall responses of 1 assessment)"
    ]


def test_exactly_one_response_of_the_review_is_accepted() -> None:
    sizes: dict[str, float] = {"READER 1": 20, "READER 2": 20}
    _, problems = check_responses(review(sizes, {"READER 1": ("PR", "Y"), "READER 2": ("PR", "Y")}))
    assert [str(problem) for problem in problems] == [
        "RS.RSACPTFL rows 1, 2: RECIST016 subject S1, 2: the review has several accepted overall responses (mark the "
        "one with Y that the analysis uses)"
    ]
    data = review(sizes, {"READER 1": ("PR", "Y"), "READER 2": ("PR", "")})
    later = read_by(respond({}, {"OVRLRESP": "PR"}), "RS", ROLE, "READER 1")
    _, problems = check_responses({**data, "RS": join(data["RS"], later)})
    assert [str(problem) for problem in problems if problem.code == "RECIST016"] == [
        "RS.RSACPTFL row 3: RECIST016 subject S1, 3: the review has no accepted overall response (mark the one with Y "
        "that the analysis uses)"
    ]


def test_readers_may_call_the_assessments_of_a_visit_differently_and_stop_with_progression() -> None:
    readers = {"READER 1": ("R1-A", {"T01": 60}, "Y"), "READER 2": ("R2-A", {"T01": 41}, "")}
    tr, rs = [], []
    for reader, (group, second, accepted) in readers.items():
        sizes = [{"T01": 40.0}, second] if accepted else [{"T01": 40.0}, second, {"T01": 42.0}]
        said = [{"OVRLRESP": "PD"}] if accepted else [{"OVRLRESP": "SD"}, {"OVRLRESP": "SD"}]
        mine = read_by(measure(TARGETS, *sizes), "TR", ROLE, reader)
        tr.append(mine.assign(TRLNKGRP=group + mine["VISITNUM"]))
        mine = read_by(respond(*said), "RS", ROLE, reader, accepted)
        rs.append(mine.assign(RSLNKGRP=group + mine["VISITNUM"]))
    data = {"TU": identify(LIVER, "TARGET"), "TR": join(*tr), "RS": join(*rs)}
    assert check_responses(data)[1] == ()
    unmarked = data["RS"].assign(RSACPTFL=["", "Y", "Y"])
    assert [str(problem) for problem in check_responses({**data, "RS": unmarked})[1]] == []
    unmarked = data["RS"].assign(RSACPTFL=["Y", "Y", ""])
    assert [str(problem) for problem in check_responses({**data, "RS": unmarked})[1]] == [
        "RS.RSACPTFL rows 1, 2: RECIST016 subject S1, 2: the review has several accepted overall responses (mark the "
        "one with Y that the analysis uses)"
    ]


def test_records_that_name_nobody_are_the_investigators_beside_a_review() -> None:
    mine = read_by(measure(TARGETS, {"T01": 40}, {"T01": 20}), "TR", "")
    theirs = read_by(measure(TARGETS, {"T01": 40}, {"T01": 60}), "TR", ROLE)
    rs = join(
        read_by(respond({"OVRLRESP": "PR"}), "RS", "INVESTIGATOR"), read_by(respond({"OVRLRESP": "PD"}), "RS", ROLE)
    )
    checks, problems = check_responses({"TU": identify(LIVER, "TARGET"), "TR": join(mine, theirs), "RS": rs})
    assert [(str(check.evaluator), check.compared) for check in checks] == [(ROLE, 1), ("INVESTIGATOR", 1)]
    assert problems == ()


def test_lesions_of_a_role_hold_for_its_persons() -> None:
    data = review({"READER 1": 20}, {"READER 1": ("PR", "")})
    checks, problems = check_responses({**data, "TU": read_by(data["TU"], "TU", ROLE)})
    assert [str(check.evaluator) for check in checks] == ["INDEPENDENT ASSESSOR READER 1"]
    assert problems == ()
