"""The settings of a study."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cdisc_conv.recist import RecistSettings, read_settings


def test_the_limits_of_recist() -> None:
    assert RecistSettings().limits.model_dump() == {
        "partial_response_percent": 30,
        "progression_percent": 20,
        "progression_mm": 5,
        "normal_node_mm": 10,
        "too_small_mm": 5,
    }


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        RecistSettings().limits.progression_mm = 3  # type: ignore[misc]


def test_settings_of_a_study() -> None:
    data = {
        "evaluator": "INDEPENDENT ASSESSOR",
        "limits": {"progression_mm": 3},
        "variables": {"assessment": "GRPNM"},
        "terms": {"absent": ["Gone"], "units": {"MM": 1}},
    }
    settings, problems = read_settings(data)
    assert problems == ()
    assert settings.evaluator == "INDEPENDENT ASSESSOR"
    assert settings.limits.progression_mm == 3
    assert settings.variables.assessment == "GRPNM"
    assert settings.terms.absent == ("GONE",)


def test_every_mistake_is_told_at_once() -> None:
    data = {"evaluatr": "X", "limits": {"progression_mm": "much", "normal_node": 10}, "terms": {"absent": "GONE"}}
    settings, problems = read_settings(data, "tiny/study.yaml")
    assert settings == RecistSettings()
    assert sorted(str(problem) for problem in problems) == [
        "tiny/study.yaml: RECIST011 settings: recist: evaluatr: there is no such setting (did you mean evaluator?)",
        "tiny/study.yaml: RECIST011 settings: recist: limits.normal_node: there is no such setting "
        "(did you mean normal_node_mm?)",
        "tiny/study.yaml: RECIST011 settings: recist: limits.progression_mm: input should be a valid number, unable to "
        "parse string as a number",
        "tiny/study.yaml: RECIST011 settings: recist: terms.absent: input should be a valid tuple",
    ]
