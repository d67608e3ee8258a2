"""Lint of the tables and options of study.yaml that derivations read."""

from __future__ import annotations

import pytest

STUDY = "study.yaml"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (
            "units: [{from: stone}]",
            "UNIT003 the units in the settings of the study cannot be read (they are a list of {from: stone, to: kg, "
            "factor: 6.35029318}; the factor is a number and not 0)",
        ),
        (
            "date_formats: [day first]",
            "DATE003 'day first' in the format 'day first' means nothing; formats are written like DD-MON-YYYY or "
            "HH:MM (correct 'date_formats' of the study)",
        ),
        (
            "date_formats: [DD-MON-YY]",
            "DATE003 the format 'DD-MON-YY' has years of two digits; 'pivot' (of a study: 'date_pivot') has to say "
            "which are meant, such as 1930 for 1930 to 2029 (correct 'date_formats' of the study)",
        ),
        (
            "visits: [{visitnum: 1}]",
            "VISIT003 the study's table of visits cannot be read (it is a list of {event: Screening, visitnum: 1, "
            "day: -14}; 'visitnum' and 'day' are numbers)",
        ),
    ],
)
def test_settings_that_cannot_be_read(lint, setting, message):
    assert lint((STUDY, "variables:", f"settings:\n  {setting}\nvariables:")) == [f"tiny/study.yaml:8: {message}"]
