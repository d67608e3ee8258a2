"""What is a disagreement, what is not, and how it is told."""

from __future__ import annotations

import pandas as pd
import pytest

from cdisc_conv.recist import RecistSettings, check_responses
from tests.recist.lesion_data import TARGETS, Lesion, check, frame, identify, join, measure, respond

PLACES = {**TARGETS, "NT01": "STOMACH"}
TU = join(identify({"T01": "LIVER"}, "TARGET"), identify({"NT01": "STOMACH"}, "NON-TARGET"))
BASELINE: dict[str, Lesion] = {"T01": 40, "NT01": "PRESENT"}


def messages(lesions: dict[str, Lesion], recorded: dict[str, str]) -> list[str]:
    _, problems = check(measure(PLACES, BASELINE, lesions), TU, respond(recorded))
    return [str(problem) for problem in problems]


def test_agreement_is_silent() -> None:
    recorded = {"TRGRESP": "PR", "NTRGRESP": "NON-CR/NON-PD", "NEWLIND": "N", "OVRLRESP": "PR"}
    assert messages({"T01": 20, "NT01": "PRESENT"}, recorded) == []


def test_each_disagreement_names_the_measurements() -> None:
    recorded = {"TRGRESP": "SD", "NTRGRESP": "CR", "NEWLIND": "Y", "OVRLRESP": "PD"}
    assert messages({"T01": 20, "NT01": "ABSENT", "N01": "EQUIVOCAL"}, {"TRGRESP": "PR"}) == [
        "RS: RECIST005 subject S1, 2 (2024-02-01): RS has no overall response; the measurements give PR"
    ]
    assert messages({"T01": 20, "NT01": "PRESENT"}, recorded) == [
        "RS.RSSTRESC row 1: RECIST001 subject S1, 2 (2024-02-01): the target response is recorded as SD, the "
        "measurements "
        "give PR: sum 20 mm; -50.0 % from baseline 40 mm; -50.0 % (-20 mm) from nadir 40 mm; T01 20 mm, NT01 present "
        "(check the measurements against the images, then correct either side)",
        "RS.RSSTRESC row 2: RECIST002 subject S1, 2 (2024-02-01): the non-target response is recorded as CR, the "
        "measurements give NON-CR/NON-PD: present: NT01; T01 20 mm, NT01 present "
        "(check the measurements against the images, then correct either side)",
        "RS.RSSTRESC row 3: RECIST003 subject S1, 2 (2024-02-01): the new lesion indicator is recorded as Y, the "
        "measurements give N: none; T01 20 mm, NT01 present "
        "(check the measurements against the images, then correct either side)",
        "RS.RSSTRESC row 4: RECIST004 subject S1, 2 (2024-02-01): the overall response is recorded as PD, the "
        "measurements "
        "give PR: table 1 row 4 (target PR, non-target NON-CR/NON-PD, new lesions N); sum 20 mm; -50.0 % from baseline "
        "40 mm; -50.0 % (-20 mm) from nadir 40 mm; T01 20 mm, NT01 present "
        "(it follows from the parts as recorded: settle those first)",
    ]


def test_a_slip_in_the_overall_response_alone() -> None:
    found = messages({"T01": 20, "NT01": "PRESENT"}, {"TRGRESP": "PR", "NEWLIND": "N", "OVRLRESP": "SD"})
    assert len(found) == 1
    assert found[0].endswith("(the parts as recorded give PR too: correct the overall response)")


@pytest.mark.parametrize(
    ("lesions", "recorded"),
    [
        ({"T01": 20, "NT01": "PRESENT"}, {"OVRLRESP": "Partial response"}),
        ({"T01": "ND:x", "NT01": "ND:x"}, {"TRGRESP": "NE", "NEWLIND": "UNKNOWN", "OVRLRESP": "NE"}),
        ({"T01": "ND:x", "NT01": "ND:x"}, {"TRGRESP": "NOT EVALUABLE", "NEWLIND": "N", "OVRLRESP": "Not evaluable"}),
        ({"T01": 20, "NT01": "PRESENT", "N01": "EQUIVOCAL"}, {"NEWLIND": "N", "OVRLRESP": "PR"}),
        ({"T01": 20, "NT01": "PRESENT", "N01": "EQUIVOCAL"}, {"NEWLIND": "U", "OVRLRESP": "PR"}),
    ],
)
def test_the_same_in_other_words_is_no_disagreement(lesions: dict[str, Lesion], recorded: dict[str, str]) -> None:
    assert messages(lesions, recorded) == []


def test_not_done_agrees_with_nothing_assessed() -> None:
    rs = respond({"OVRLRESP": ""}).assign(RSSTAT="NOT DONE")
    _, problems = check(measure(PLACES, BASELINE, {"T01": "ND:x", "NT01": "ND:x"}), TU, rs)
    assert problems == ()


def test_not_done_disagrees_with_measurements() -> None:
    rs = respond({"OVRLRESP": ""}).assign(RSSTAT="NOT DONE")
    _, problems = check(measure(PLACES, BASELINE, {"T01": 40, "NT01": "PRESENT"}), TU, rs)
    assert problems[0].message.startswith(
        "subject S1, 2 (2024-02-01): the overall response is recorded as NOT DONE, the measurements give SD: "
    )


def test_no_such_lesions_agrees_with_not_applicable_only() -> None:
    tr, tu = measure(TARGETS, {"T01": 40}, {"T01": 40}), identify({"T01": "LIVER"}, "TARGET")
    _, problems = check(tr, tu, respond({"NTRGRESP": "NA", "OVRLRESP": "SD"}))
    assert problems == ()
    _, problems = check(tr, tu, respond({"NTRGRESP": "CR", "OVRLRESP": "SD"}))
    assert problems[0].message == (
        "subject S1, 2 (2024-02-01): the non-target response is recorded as CR, the measurements give no such lesions: "
        "T01 40 mm"
    )
    _, problems = check(tr, tu, respond({"TRGRESP": "NA", "OVRLRESP": "SD"}))
    assert [problem.code for problem in problems] == ["RECIST001"]


def test_stable_disease_without_target_lesions_disagrees() -> None:
    tr = measure(PLACES, {"NT01": "PRESENT"}, {"NT01": "PRESENT"})
    _, problems = check(tr, identify({"NT01": "STOMACH"}, "NON-TARGET"), respond({"OVRLRESP": "SD"}))
    assert [problem.message for problem in problems] == [
        "subject S1, 2 (2024-02-01): the overall response is recorded as SD, the measurements give NON-CR/NON-PD: "
        "table 2 row 2 (non-target NON-CR/NON-PD, new lesions N); NT01 present"
    ]


def test_a_new_lesion_of_an_earlier_assessment_may_be_recorded_as_none() -> None:
    tr = measure(TARGETS, {"T01": 40}, {"T01": 40, "N01": "UNEQUIVOCAL"}, {"T01": 40})
    recorded = {"NEWLIND": "Y", "OVRLRESP": "PD"}, {"NEWLIND": "N", "OVRLRESP": "PD"}
    assert check(tr, rs=respond(*recorded))[1] == ()
    recorded = {"NEWLIND": "Y", "OVRLRESP": "PD"}, {"NEWLIND": "N", "OVRLRESP": "SD"}
    assert [problem.code for problem in check(tr, rs=respond(*recorded))[1]] == ["RECIST004"]


def test_assessments_that_only_one_side_has() -> None:
    tr = measure(TARGETS, {"T01": 40}, {"T01": 20}, {"T01": 20})
    rs = respond({}, {"OVRLRESP": "PR"}, {"OVRLRESP": "PD"})
    _, problems = check(tr, rs=rs)
    assert [(problem.severity.value, str(problem)) for problem in problems] == [
        ("note", "RS: RECIST005 subject S1, 2 (2024-02-01): RS has no overall response; the measurements give PR"),
        (
            "note",
            "RS.RSSTRESC row 2: RECIST006 subject S1, 4: the overall response is recorded as PD, but TU and TR have no "
            "record of the assessment",
        ),
    ]


def test_without_any_response_one_note_is_enough() -> None:
    tr = measure(TARGETS, {"T01": 40}, {"T01": 20}, {"T01": 20})
    _, problems = check(tr, rs=respond({"OVRLRESP": "PR"}).assign(RSCAT="LUGANO"))
    assert [str(problem) for problem in problems] == [
        "RS: RECIST005 RS has no responses by RECIST 1.1 (2 assessments have measurements; "
        "see 'settings: recist: terms' for what RS is asked for)"
    ]


def test_without_any_measurement_one_note_is_enough() -> None:
    _, problems = check_responses({"RS": respond({"OVRLRESP": "PR"}, {"OVRLRESP": "SD"})})
    assert [str(problem) for problem in problems] == [
        "TR: RECIST006 TU and TR have no lesions of this evaluator, so that nothing can be derived (RS has overall "
        "responses of 2 assessments)"
    ]


def test_several_responses_of_one_assessment() -> None:
    tr = measure(TARGETS, {"T01": 40}, {"T01": 20})
    rs = join(respond({"OVRLRESP": "SD"}), respond({"OVRLRESP": "PR"}))
    _, problems = check(tr, rs=rs)
    assert [str(problem) for problem in problems] == [
        "RS.RSSTRESC rows 1, 2: RECIST014 subject S1, 2: RS has several overall responses (SD, PR); the last one is "
        "compared (keep one record per assessment and evaluator)"
    ]


def test_a_sum_that_is_recorded_otherwise() -> None:
    tr = measure(TARGETS, {"T01": 40}, {"T01": 20})
    total = tr.tail(1).assign(TRLNKID="", TRTESTCD="SUMDIAM", TRSTRESC="21.5", TRSTRESN="21.5")
    _, problems = check(join(tr, total), rs=respond({"OVRLRESP": "PR"}))
    assert [str(problem) for problem in problems] == [
        "TR.TRSTRESN row 3: RECIST012 subject S1, 2: the sum of diameters is recorded as 21.5 mm, the lesions make "
        "20 mm (correct the sum or the diameters)"
    ]


def test_each_evaluator_on_its_own() -> None:
    mine = measure(TARGETS, {"T01": 40}, {"T01": 20}).assign(TREVAL="INVESTIGATOR", TREVALID="")
    readers = [
        measure(TARGETS, {"T01": 40}, {"T01": size}).assign(TREVAL="INDEPENDENT ASSESSOR", TREVALID=f"READER {n}")
        for n, size in ((1, 39), (2, 60))
    ]
    rs = respond({"OVRLRESP": "PR"}).assign(RSEVAL="INVESTIGATOR")
    datasets = {"TR": join(mine, *readers), "RS": rs}
    checks, problems = check_responses(datasets)
    assert [(str(check.evaluator), check.assessments["overall"].tolist()) for check in checks] == [
        ("INDEPENDENT ASSESSOR READER 1", ["", "SD"]),
        ("INDEPENDENT ASSESSOR READER 2", ["", "PD"]),
        ("INVESTIGATOR", ["", "PR"]),
    ]
    assert [str(problem) for problem in problems] == [
        f"RS: RECIST005 INDEPENDENT ASSESSOR READER {number}: RS has no responses by RECIST 1.1 of evaluator "
        f"INDEPENDENT ASSESSOR READER {number} (1 assessment has measurements; see 'settings: recist: terms' for "
        "what RS is asked for)"
        for number in (1, 2)
    ]
    for number, response in ((1, "SD"), (2, "PD")):
        settings = RecistSettings(evaluator="Independent Assessor", evaluator_id=f"Reader {number}")
        (result,), problems = check_responses(datasets, settings)
        assert result.assessments["overall"].tolist() == ["", response]
        assert str(problems[0]) == (
            f"RS.RSEVAL: RECIST010 RS has no records of evaluator Independent Assessor Reader {number} (it has those "
            "of 'INVESTIGATOR')"
        )


def test_a_dataset_without_the_variables() -> None:
    tr = frame("USUBJID TRTESTCD", ("S1", "LDIAM"))
    checks, problems = check_responses({"TR": tr})
    assert checks == ()
    assert [str(problem) for problem in problems] == [
        "TR.TRLNKID: RECIST010 TR has no TRLNKID, TRSTRESC: its records cannot be used to derive or compare responses "
        "(map it, or name the variable the study uses in 'settings: recist: variables' of study.yaml)"
    ]


def test_nothing_to_check_is_no_finding() -> None:
    assert check_responses([]) == ((), ())


def test_the_input_is_left_as_it_was() -> None:
    tr, tu, rs = measure(TARGETS, {"T01": 40}, {"T01": 20}), identify(TARGETS, "TARGET"), respond({"OVRLRESP": "SD"})
    before = [each.copy() for each in (tr, tu, rs)]
    check(tr, tu, rs)
    for now, then in zip((tr, tu, rs), before, strict=True):
        pd.testing.assert_frame_equal(now, then)
