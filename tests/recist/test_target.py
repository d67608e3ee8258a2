"""Target response: sums against baseline and nadir."""

from __future__ import annotations

from cdisc_conv.recist import RecistSettings
from cdisc_conv.recist.settings import Limits
from tests.recist.lesion_data import TARGETS, check, derive, measure


def test_partial_response_is_30_percent_under_baseline() -> None:
    assert derive({"T01": 100}, {"T01": 70.1}, {"T01": 70}) == ["SD", "PR"]


def test_sums_of_decimals_meet_the_limit() -> None:
    # 0.7 x (10.1 + 20.2 + 30.3) is 42.42, which floating point misses by a little.
    assert derive({"T01": 10.1, "T02": 20.2, "T03": 30.3}, {"T01": 7.07, "T02": 14.14, "T03": 21.21}) == ["PR"]
    assert derive({"T01": 30.3}, {"T01": 10.1}, {"T01": 12.12}, {"T01": 15.15}) == ["PR", "PR", "PD"]


def test_progression_is_20_percent_over_nadir() -> None:
    assert derive({"T01": 100}, {"T01": 119}, {"T01": 120}) == ["SD", "PD"]


def test_progression_needs_5_mm_too() -> None:
    assert derive({"T01": 20}, {"T01": 12}, {"T01": 16.9}, {"T01": 17}) == ["PR", "SD", "PD"]


def test_progression_is_measured_from_the_smallest_sum_not_from_baseline() -> None:
    assert derive({"T01": 100}, {"T01": 40}, {"T01": 50}) == ["PR", "PD"]


def test_after_progression_the_sums_go_on_to_tell() -> None:
    assert derive({"T01": 50}, {"T01": 60}, {"T01": 52}) == ["PD", "SD"]


def test_complete_response_needs_nodes_under_10_mm() -> None:
    assert derive(
        {"T01": 20, "T03": 18},
        {"T01": 0, "T03": 10},
        {"T01": 0, "T03": 9.9},
        {"T01": 1, "T03": 9},
        settings=RecistSettings(reappearance_is_progression=False),
    ) == ["PR", "CR", "PR"]


def test_growth_of_normal_nodes_is_still_complete_response() -> None:
    assert derive({"T03": 20}, {"T03": 3}, {"T03": 9}) == ["CR", "CR"]


def test_absent_counts_nothing_and_too_small_counts_5_mm() -> None:
    result, _ = check(measure(TARGETS, {"T01": 40, "T02": 30}, {"T01": "ABSENT", "T02": "TOO SMALL TO MEASURE"}))
    assert result.assessments["sum"].tolist() == [70, 5]
    assert result.lesions["state"].tolist() == ["measured", "measured", "absent", "too small"]


def test_too_small_with_a_number_counts_the_number() -> None:
    tr = measure(TARGETS, {"T01": 40}, {"T01": 3}).assign(TRORRES=["40", "TOO SMALL TO MEASURE"])
    result, _ = check(tr)
    assert result.assessments["sum"].tolist() == [40, 3]
    assert result.lesions["state"].tolist() == ["measured", "too small"]


def test_a_lesion_not_assessed_makes_the_response_not_evaluable() -> None:
    assert derive({"T01": 50, "T02": 50}, {"T01": 0}, {"T01": 0, "T02": "ND:Image unclear"}) == ["NE", "NE"]


def test_what_was_assessed_may_show_progression_alone() -> None:
    # The paper's example: baseline sum 50 mm with three lesions, two of them 80 mm at follow-up.
    assert derive({"T01": 20, "T02": 20, "T03": 10}, {"T01": 40, "T02": 40}) == ["PD"]


def test_an_incomplete_sum_is_no_nadir() -> None:
    assert derive({"T01": 50, "T02": 50}, {"T01": 10}, {"T01": 45, "T02": 45}) == ["NE", "SD"]


def test_nothing_assessed_at_all() -> None:
    assert derive({"T01": 50}, {"T01": "ND:Too ill"}, {"T01": 30}) == ["NE", "PR"]


def test_a_lesion_back_after_complete_response_is_progression() -> None:
    lesions = ({"T01": 50, "T03": 20}, {"T01": 0, "T03": 9}, {"T01": 2, "T03": 8})
    assert derive(*lesions) == ["CR", "PD"]
    assert derive(*lesions, settings=RecistSettings(reappearance_is_progression=False)) == ["CR", "PR"]


def test_a_lesion_back_after_partial_response_is_added_to_the_sum() -> None:
    assert derive({"T01": 50, "T02": 50}, {"T01": 0, "T02": 30}, {"T01": 3, "T02": 30}) == ["PR", "PR"]


def test_a_node_back_to_10_mm_after_complete_response_is_progression() -> None:
    assert derive({"T03": 20}, {"T03": 9}, {"T03": 10}) == ["CR", "PD"]


def test_partial_response_stays_if_the_study_says_so() -> None:
    lesions = ({"T01": 100}, {"T01": 70}, {"T01": 80}, {"T01": 84}, {"T01": 80})
    assert derive(*lesions) == ["PR", "SD", "PD", "SD"]
    assert derive(*lesions, settings=RecistSettings(partial_response_stays=True)) == ["PR", "PR", "PD", "SD"]


def test_the_limits_are_settings() -> None:
    settings = RecistSettings(limits=Limits(partial_response_percent=50, progression_percent=10, progression_mm=2))
    assert derive({"T01": 20}, {"T01": 11}, {"T01": 12}, {"T01": 13.2}, settings=settings) == ["SD", "SD", "PD"]


def test_baseline_and_nadir_stand_in_the_result() -> None:
    result, _ = check(measure(TARGETS, {"T01": 100}, {"T01": 80}, {"T01": 90}))
    rows = result.assessments
    assert rows["baseline"].tolist() == [100, 100, 100]
    assert rows["nadir"].tolist()[1:] == [100, 80]
    assert rows["change_percent"].tolist()[1:] == [-20, -10]
    assert rows["nadir_change"].tolist()[1:] == [-20, 10]
    assert rows["nadir_change_percent"].tolist()[1:] == [-20, 12.5]
    assert rows["reason_target"].tolist() == [
        "",
        "sum 80 mm; -20.0 % from baseline 100 mm; -20.0 % (-20 mm) from nadir 100 mm",
        "sum 90 mm; -10.0 % from baseline 100 mm; +12.5 % (+10 mm) from nadir 80 mm",
    ]


def test_the_words_name_what_is_missing_and_what_is_back() -> None:
    lesions = ({"T01": 20, "T02": 20}, {"T01": 0, "T02": 0}, {"T01": 4, "T02": "ND:Image unclear"})
    result, _ = check(measure(TARGETS, *lesions))
    assert result.assessments["reason_target"].tolist()[1:] == [
        "sum 0 mm; -100.0 % from baseline 40 mm; -100.0 % (-40 mm) from nadir 40 mm; every lesion is gone, and no node "
        "has 10 mm or more",
        "sum 4 mm; -90.0 % from baseline 40 mm; (+4 mm) from nadir 0 mm; a lesion is there again after complete "
        "response; not assessed: T02 (Image unclear), but the others show progression alone",
    ]
