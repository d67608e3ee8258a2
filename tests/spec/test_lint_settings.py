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
            "date_formats: 5",
            "DATE003 the formats of dates cannot be read ('date_formats' is a list such as [DD-MON-YYYY])",
        ),
        (
            "date_formats: {a: DD-MON-YYYY}",
            "DATE003 the formats of dates cannot be read ('date_formats' is a list such as [DD-MON-YYYY])",
        ),
        (
            "visits: [{event: Screening, visitnum: 1}, {event: screening, visitnum: 2}]",
            "FORM003 two events have the name 'screening' (the first is tiny/study.yaml:8)",
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


def test_one_format_needs_no_list(lint):
    assert lint((STUDY, "variables:", "settings: {date_formats: DD-MON-YYYY}\nvariables:")) == []


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{µ: μg}", "LINT108 'transliterate' writes 'μg' for 'µ', which is not plain ASCII (write 'ug')"),
        (
            "{é: è}",
            "LINT108 'transliterate' writes 'è' for 'é', which is not plain ASCII (a transport file holds printable "
            "ASCII characters only)",
        ),
        (
            "{'': x}",
            "LINT108 'transliterate' replaces an empty text (name the character that is to be replaced)",
        ),
    ],
)
def test_a_transliteration_that_a_transport_file_cannot_hold(lint, entry, message):
    found = lint((STUDY, "variables:", f"transliterate: {entry}\nvariables:"))
    assert found == [f"tiny/study.yaml:7: {message}"]


def test_a_transliteration_may_leave_a_character_out(lint):
    assert lint((STUDY, "variables:", "transliterate: {é: e, ́: ''}\nvariables:")) == []
