"""Settings of a study that derivations cannot read: one clear message, no traceback."""

from __future__ import annotations

from typing import Any

import pytest

from cdisc_conv.problems import ProblemsError
from tests.derivations.rows import FakeRows, derive


@pytest.mark.parametrize(
    ("settings", "entry", "message"),
    [
        (
            {"date_formats": ["DD-MMM-YYYY"]},
            {"datetime": "X"},
            "DATE003 'M-' in the format 'DD-MMM-YYYY' means nothing; formats are written like DD-MON-YYYY or HH:MM "
            "(correct 'date_formats' of the study)",
        ),
        (
            {"visits": [{"event": "Screening", "visitnum": "first"}]},
            {"visit": {"take": "number", "event": "X", "unscheduled": []}},
            "VISIT003 the study's table of visits cannot be read (it is a list of {event: Screening, visitnum: 1, "
            "day: -14}; 'visitnum' and 'day' are numbers)",
        ),
        (
            {"units": [{"from": "stone", "to": "kg", "factor": 0}]},
            {"convert": {"value": "X", "from": {"constant": "cm"}, "to": {"constant": "m"}}},
            "UNIT003 the units in the settings of the study cannot be read (they are a list of {from: stone, to: kg, "
            "factor: 6.35029318}; the factor is a number and not 0)",
        ),
    ],
)
def test_the_message_says_what_is_wrong(settings: dict[str, Any], entry: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemsError) as error:
        derive(FakeRows({"X": ["1"]}, settings=settings), **entry)
    assert str(error.value) == message
