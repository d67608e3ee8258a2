"""Non-target and new lesions."""

from __future__ import annotations

import pandas as pd
import pytest

from cdisc_conv.recist import RecistSettings
from tests.recist.lesion_data import TARGETS, Lesion, check, frame, identify, join, measure

NON = "NON-CR/NON-PD"
PLACES = {"NT01": "LIVER", "NT02": "LYMPH NODE"}


def derive(*assessments: dict[str, Lesion], part: str = "non_target") -> list[str]:
    there = {name: place for name, place in PLACES.items() if name in assessments[0]}
    result, _ = check(measure(PLACES, *assessments), identify(there, "NON-TARGET"))
    return result.assessments[part].tolist()[1:]


@pytest.mark.parametrize(
    ("lesions", "response"),
    [
        ({"NT01": "ABSENT", "NT02": "ABSENT"}, "CR"),
        ({"NT01": "ABSENT", "NT02": "PRESENT"}, NON),
        ({"NT01": "PRESENT", "NT02": "UNEQUIVOCAL"}, "PD"),
        ({"NT01": "ND:Not scanned", "NT02": "UNEQUIVOCAL"}, "PD"),
        ({"NT01": "ND:Not scanned", "NT02": "ABSENT"}, "NE"),
        ({"NT01": "ABSENT"}, "NE"),
        ({"NT01": "EQUIVOCAL", "NT02": "ABSENT"}, NON),
        ({"NT01": 0, "NT02": 9}, "CR"),
        ({"NT01": 0, "NT02": 10}, NON),
        ({"NT01": 1, "NT02": 9}, NON),
    ],
)
def test_non_target_response(lesions: dict[str, Lesion], response: str) -> None:
    baseline: dict[str, Lesion] = {"NT01": "PRESENT", "NT02": "PRESENT"}
    assert derive(baseline, lesions) == [response]
    assert derive(baseline, lesions, part="target") == [""]
    assert derive(baseline, lesions, part="overall") == [response]


def test_the_words_name_the_lesions() -> None:
    assert derive(
        {"NT01": "PRESENT", "NT02": "PRESENT"},
        {"NT01": "PRESENT", "NT02": "PRESENT"},
        {"NT01": "ABSENT", "NT02": "ABSENT"},
        {"NT01": "ABSENT", "NT02": "ND:Not scanned"},
        {"NT01": "UNEQUIVOCAL", "NT02": "ABSENT"},
        part="reason_non_target",
    ) == [
        "present: NT01, NT02",
        "every lesion is absent or normal",
        "not assessed: NT02 (Not scanned)",
        "progression: NT01",
    ]


def test_a_non_target_lesion_of_tu_without_any_record_is_missing() -> None:
    tr = measure(PLACES, {"NT01": "PRESENT"}, {"NT01": "ABSENT"})
    result, _ = check(tr, identify(PLACES, "NON-TARGET"))
    assert result.assessments["non_target"].tolist() == ["", "NE"]


def test_a_non_target_lesion_that_is_known_late_counts_from_then_on() -> None:
    tr = measure(PLACES, {"NT01": "PRESENT"}, {"NT01": "ABSENT"}, {"NT01": "ABSENT", "NT02": "PRESENT"})
    late = identify({"NT02": "LYMPH NODE"}, "NON-TARGET").assign(VISIT="3")
    for tu in (identify({"NT01": "LIVER"}, "NON-TARGET"), join(identify({"NT01": "LIVER"}, "NON-TARGET"), late)):
        result, problems = check(tr, tu)
        assert result.assessments["non_target"].tolist() == ["", "CR", NON]
        assert str(problems[0]) == (
            "TR.TRLNKID: RECIST008 subject S1: non-target lesion NT02 is first known at 3, after baseline "
            "(a lesion that was not there at baseline is a new lesion (RECIST 1.1, 4.3.5))"
        )


def test_without_non_target_lesions_so_far_nothing_stands_against_the_target_response() -> None:
    tr = measure({**TARGETS, **PLACES}, {"T01": 40}, {"T01": 0}, {"T01": 0, "NT01": "PRESENT"})
    result, _ = check(tr)
    assert result.assessments["overall"].tolist() == ["", "CR", "PR"]


def test_a_subject_with_both_kinds() -> None:
    tr = measure({**TARGETS, **PLACES}, {"T01": 40, "NT01": "PRESENT"}, {"T01": 0, "NT01": "PRESENT"})
    tu = join(identify({"T01": "LIVER"}, "TARGET"), identify({"NT01": "LIVER"}, "NON-TARGET"))
    result, _ = check(tr, tu)
    row = result.assessments.iloc[1]
    assert (row["target"], row["non_target"], row["new"], row["overall"]) == ("CR", NON, "N", "PR")
    assert row["reason_overall"] == (
        "table 1 row 2 (target CR, non-target NON-CR/NON-PD, new lesions N); sum 0 mm; -100.0 % from baseline 40 mm; "
        "-100.0 % (-40 mm) from nadir 40 mm; every lesion is gone, and no node has 10 mm or more"
    )


def find_new(*lesions: dict[str, Lesion], tu: pd.DataFrame | None = None, stay: bool = True) -> pd.DataFrame:
    tr = measure(TARGETS, {"T01": 40}, *({"T01": 40, **each} for each in lesions))
    known = identify({"T01": "LIVER"}, "TARGET")
    settings = RecistSettings(new_lesions_stay=stay)
    result, _ = check(tr, known if tu is None else join(known, tu), settings=settings)
    return result.assessments.iloc[1:]


def test_new_lesions() -> None:
    found = find_new({}, {"N01": "EQUIVOCAL"}, {"N02": "UNEQUIVOCAL"}, tu=identify({"N02": "BONE"}, "NEW"))
    assert found["new"].tolist() == ["N", "EQUIVOCAL", "Y"]
    assert found["overall"].tolist() == ["SD", "SD", "PD"]
    assert found["reason_new"].tolist() == ["none", "equivocal: N01", "new: N02 (bone)"]


def test_a_new_lesion_that_was_measured_is_new() -> None:
    assert find_new({"N01": 12})["new"].tolist() == ["Y"]


def test_a_new_lesion_stays_until_it_is_absent() -> None:
    lesions = ({"N01": "UNEQUIVOCAL"}, {}, {"N01": "ABSENT"}, {})
    found = find_new(*lesions)
    assert found["new"].tolist() == ["Y", "Y", "N", "N"]
    assert found["carried"].tolist() == [False, True, False, False]
    assert found["overall"].tolist() == ["PD", "PD", "SD", "SD"]
    assert found["reason_new"].tolist()[1] == "new: a lesion of an earlier assessment"
    assert find_new(*lesions, stay=False)["new"].tolist() == ["Y", "N", "N", "N"]


def test_a_new_lesion_that_only_tu_knows() -> None:
    tu = identify({"N01": "BONE"}, "NEW").assign(VISIT="3")
    assert find_new({}, {}, tu=tu)["new"].tolist() == ["N", "Y"]


def test_a_new_lesion_of_tu_at_a_visit_of_its_own() -> None:
    tu = identify({"N01": "BONE"}, "NEW").assign(VISIT="UNSCHEDULED", TUDTC="2024-02-20")
    found = find_new({}, tu=tu)
    assert found["assessment"].tolist() == ["2", "UNSCHEDULED"]
    assert found["new"].tolist() == ["N", "Y"]
    assert found["overall"].tolist() == ["SD", "PD"]


def test_an_equivocal_lesion_that_proved_to_be_new_is_noted() -> None:
    tr = measure(TARGETS, {"T01": 40}, {"T01": 40, "N01": "EQUIVOCAL"}, {"T01": 40, "N01": "UNEQUIVOCAL"})
    _, problems = check(tr)
    assert [str(problem) for problem in problems if problem.code == "RECIST013"] == [
        "TU.TULNKID: RECIST013 subject S1: lesion N01 was equivocal at 2 and is new at 3; RECIST 1.1 (4.3.5) dates the "
        "progression at 2"
    ]


def test_without_lesions_at_baseline_only_a_new_one_tells() -> None:
    columns = "USUBJID TRGRPID TRLNKID TRTESTCD TRSTRESC VISIT VISITNUM TRDTC"
    tr = frame(
        columns,
        ("S1", "TARGET", "", "SUMDIAM", "0", "1", "1", "2024-01-01"),
        ("S1", "TARGET", "", "SUMDIAM", "0", "2", "2", "2024-02-01"),
        ("S1", "NEW", "N01", "TUMSTATE", "UNEQUIVOCAL", "3", "3", "2024-03-01"),
    )
    result, _ = check(tr, identify({"N01": "BONE"}, "NEW"))
    assert result.assessments["overall"].tolist() == ["", "", "PD"]
