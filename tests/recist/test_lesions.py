"""Which lesions are due, and which of their records counts."""

from __future__ import annotations

import pytest

from cdisc_conv.recist import RecistSettings
from cdisc_conv.recist.settings import Terms
from tests.recist.lesion_data import TARGETS, check, derive, frame, identify, join, measure


def test_the_parts_of_a_lesion_that_split_are_added_up() -> None:
    lesions = ({"T01": 50, "T02": 20}, {"T01.1": 20, "T01.2": 15, "T02": 20}, {"T01.1": 20, "T02": 20})
    result, _ = check(measure(TARGETS, *lesions))
    rows = result.assessments
    assert rows["sum"].tolist() == [70, 55, 40]
    assert rows["target"].tolist() == ["", "SD", "NE"]
    assert rows["reason_target"].tolist()[2] == (
        "sum 40 mm; -42.9 % from baseline 70 mm; -27.3 % (-15 mm) from nadir 55 mm; not assessed: T01.2 (no record)"
    )
    last = result.lesions[result.lesions["number"] == 2]
    assert last["lesion"].tolist() == ["T01.1", "T01.2", "T02"]


def test_a_part_is_where_its_lesion_was() -> None:
    tu = join(identify({"T03": "LYMPH NODE"}, "TARGET"), identify({"T03.1": ""}, "TARGET", "TUSPLIT"))
    places = {"T03": "LYMPH NODE", "T03.1": "LYMPH NODE"}
    result, _ = check(measure(places, {"T03": 20}, {"T03.1": 9}), tu)
    assert result.lesions["location"].tolist() == ["LYMPH NODE", "LYMPH NODE"]
    assert result.assessments["target"].tolist() == ["", "CR"]


def test_a_split_lesion_may_be_recorded_on_although_its_parts_are() -> None:
    lesions = ({"T01": 50}, {"T01": 40, "T01.1": 20, "T01.2": 15})
    result, _ = check(measure(TARGETS, *lesions))
    assert result.assessments["sum"].tolist() == [50, 35]


@pytest.mark.parametrize(
    "merged",
    [
        {"T01": 60, "T01/T02": "TUMOR MERGED"},
        {"T01": 60, "T02": "ND:Merged into T01", "T01/T02": "TUMOR MERGED"},
        {"T01/T02": 60},
        {"T01": 10, "T02": 10, "T01/T02": 60},
    ],
)
def test_lesions_that_merged_are_one(merged: dict[str, float | str | None]) -> None:
    result, _ = check(measure(TARGETS, {"T01": 50, "T02": 30, "T03": 20}, {**merged, "T03": 12}))
    assert result.assessments["sum"].tolist() == [100, 72]
    assert result.assessments["target"].tolist() == ["", "SD"]


def test_merged_lesions_that_were_not_assessed_are_missing_once() -> None:
    lesions = ({"T01": 50, "T02": 30}, {"T01": 60, "T01/T02": "TUMOR MERGED"}, {"T01/T02": "ND:Image unclear"})
    result, _ = check(measure(TARGETS, *lesions))
    assert result.assessments["target"].tolist() == ["", "SD", "NE"]
    assert result.assessments["reason_target"].tolist()[2] == "not assessed: T01/T02 (Image unclear)"


def test_the_longest_diameter_counts_and_of_nodes_the_short_axis() -> None:
    tr = join(measure(TARGETS, {"T01": 40, "T03": 20}), measure({}, {"T03": 33}), measure({"T01": "NODE"}, {"T01": 11}))
    result, problems = check(tr)
    assert result.assessments["sum"].tolist() == [60]
    assert problems == ()


def test_a_node_without_its_short_axis_was_not_assessed() -> None:
    tr = join(measure(TARGETS, {"T03": 20}), measure({}, {}, {"T03": 33}))
    result, _ = check(tr)
    assert result.assessments["reason_target"].tolist()[1] == "not assessed: T03 (no record)"


def test_without_a_place_a_lesion_with_only_a_short_axis_is_a_node() -> None:
    result, _ = check(measure({"T03": "NODE"}, {"T03": 20}, {"T03": 9}), identify({"T03": ""}, "TARGET"))
    assert result.assessments["target"].tolist() == ["", "CR"]


def test_one_test_for_either_diameter() -> None:
    tr = measure({}, {"T01": 40, "T03": 20}, {"T01": 0, "T03": 9}).assign(TRTESTCD="DIAMETER")
    result, _ = check(tr)
    assert result.assessments["target"].tolist() == ["", "CR"]


def test_a_lesion_that_only_tr_knows_counts() -> None:
    assert derive({"T01": 20, "T09": 30}, {"T01": 10, "T09": 10}, tu=identify({"T01": "LIVER"}, "TARGET")) == ["PR"]


def test_without_a_group_in_tr_that_of_tu_holds() -> None:
    tr = measure(TARGETS, {"T01": 20}, {"T01": 10}).drop(columns="TRGRPID")
    assert check(tr)[0].assessments["target"].tolist() == ["", "PR"]


def test_centimetres_are_converted() -> None:
    tr = measure(TARGETS, {"T01": 40}, {"T01": 2.5}).assign(TRSTRESU=["mm", "cm"])
    assert check(tr)[0].assessments["sum"].tolist() == [40, 25]


def test_one_reason_for_all_lesions_of_a_group() -> None:
    missed = frame(
        "USUBJID TRGRPID TRLNKID TRTESTCD TRORRES TRSTRESC TRSTRESN TRSTAT TRREASND VISIT VISITNUM TRDTC",
        ("S1", "TARGET", "", "TRALL", "", "", "", "NOT DONE", "Visit missed", "2", "2", ""),
    )
    result, _ = check(join(measure(TARGETS, {"T01": 40, "T02": 10}), missed))
    assert result.assessments["reason_target"].tolist()[1] == "not assessed: T01 (Visit missed), T02 (Visit missed)"
    assert result.assessments["overall"].tolist() == ["", "NE"]


def test_equal_records_are_one() -> None:
    tr = measure(TARGETS, {"T01": 40}, {"T01": 20})
    result, problems = check(join(tr, tr))
    assert result.assessments["sum"].tolist() == [40, 20]
    assert [problem.code for problem in problems] == ["RECIST005"]


def test_records_that_contradict_each_other() -> None:
    tr = join(measure(TARGETS, {"T01": 40}, {"T01": 20}), measure(TARGETS, {}, {"T01": 30}))
    result, problems = check(tr)
    assert result.assessments["sum"].tolist() == [40, 30]
    assert str(problems[0]) == (
        "TR.TRSTRESC rows 2, 3: RECIST009 subject S1, 2: lesion T01 has results that contradict each other (20, 30); "
        "the last record counts (keep one record per lesion, assessment and evaluator)"
    )


def test_a_value_that_is_not_understood() -> None:
    tr = measure(TARGETS, {"T01": 40, "T02": 30}, {"T01": 20, "T02": "GROSSLY SMALLER"}, {"T02": "GROSSLY SMALLER"})
    result, problems = check(tr)
    assert str(problems[0]) == (
        "TR.TRSTRESC rows 4, 5: RECIST007 TUMSTATE 'GROSSLY SMALLER' is neither a length nor a known word: those "
        "lesions count as not assessed (if it is right, add the word to 'settings: recist: terms' of study.yaml)"
    )
    assert problems[0].count == 2
    assert result.assessments["reason_target"].tolist()[1].endswith("not assessed: T02 (not understood)")


def test_a_word_of_the_study() -> None:
    terms = Terms(absent=("Gone",))
    tr = measure(TARGETS, {"T01": 40}, {"T01": "GONE"})
    assert check(tr, settings=RecistSettings(terms=terms))[0].assessments["target"].tolist() == ["", "CR"]


def test_a_unit_that_is_not_known() -> None:
    tr = measure(TARGETS, {"T01": 40}, {"T01": 20}).assign(TRSTRESU=["mm", "in"])
    _, problems = check(tr)
    assert problems[0].message == (
        "LDIAM '20 IN' is neither a length nor a known word: those lesions count as not assessed"
    )


def test_a_target_lesion_that_was_not_measured_at_baseline() -> None:
    result, problems = check(measure(TARGETS, {"T01": 40}, {"T01": 20, "T02": 30}))
    assert result.assessments["sum"].tolist() == [40, 20]
    assert str(problems[0]) == (
        "TR.TRLNKID: RECIST008 subject S1: target lesion T02 was not measured at baseline and is left out of every sum "
        "(give its diameter at baseline in TR, or correct the name that ties TR to TU)"
    )


def test_present_is_no_measurement_of_a_target_lesion() -> None:
    result, _ = check(measure(TARGETS, {"T01": 40}, {"T01": "PRESENT"}))
    assert result.assessments["reason_target"].tolist()[1] == "not assessed: T01 (not measured)"
