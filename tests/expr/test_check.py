"""Types, before any data is read."""

import pytest

from cdisc_conv.expr import Type, parse

COLUMNS = {"AESER": Type.TEXT, "AESTDTC": Type.TEXT, "AGE": Type.NUMBER, "FLAG": Type.BOOLEAN}


def messages(text: str, expected: Type | None = None) -> list[str]:
    return [str(problem) for problem in parse(text).check(COLUMNS.get, expected)[1]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("AGE + 1", Type.NUMBER),
        ("AGE > 1", Type.BOOLEAN),
        ('AESER == ""', Type.BOOLEAN),
        ('AGE == ""', Type.BOOLEAN),
        ('AGE in (1, "")', Type.BOOLEAN),
        ("upper(AESER)", Type.TEXT),
        ('if(FLAG, AGE, "")', Type.NUMBER),
        ('coalesce("", AESER)', Type.TEXT),
        ("if(FLAG, UNKNOWN, UNKNOWN)", None),
        ("UNKNOWN", None),
        ("UNKNOWN == 1 and UNKNOWN", Type.BOOLEAN),
        ("FLAG == true", Type.BOOLEAN),
        ("number(AGE) == number(AESER)", Type.BOOLEAN),
        ('concat(AESER, "-", AGE)', Type.TEXT),
        ("min(AESTDTC, UNKNOWN)", Type.TEXT),
    ],
)
def test_sound_expressions(text: str, found: Type | None) -> None:
    assert parse(text).check(COLUMNS.get) == (found, [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "AESER == 1",
            "EXPR009 AESER is a text and 1 is a number, which do not compare, at character 7 of: AESER == 1 "
            '(write "1")',
        ),
        (
            "AESER >= 18",
            "EXPR009 AESER is a text and 18 is a number, which do not compare, at character 7 of: AESER >= 18 "
            "(write number(AESER))",
        ),
        (
            'AGE == "1"',
            'EXPR009 AGE is a number and "1" is a text, which do not compare, at character 5 of: AGE == "1" '
            "(write the number without quotes)",
        ),
        (
            "AGE == AESER",
            "EXPR009 AGE is a number and AESER is a text, which do not compare, at character 5 of: AGE == AESER "
            "(write number(AESER))",
        ),
        (
            "AESER in (1, 2)",
            "EXPR009 AESER is a text and 1 is a number, which do not compare, at character 11 of: AESER in (1, 2) "
            '(write "1")',
        ),
        (
            'X in ("a", 1)',
            'EXPR009 "a" is a text and 1 is a number, which do not compare, at character 12 of: X in ("a", 1) '
            '(write "1")',
        ),
        (
            "AESER - 1",
            'EXPR010 what "-" computes with must be a number, but AESER is a text, at character 1 of: AESER - 1 '
            "(write number(AESER))",
        ),
        (
            "AESER + 1",
            'EXPR010 what "+" computes with must be a number, but AESER is a text, at character 1 of: AESER + 1 '
            "(write concat(a, b) to join texts)",
        ),
        (
            "not AESER",
            "EXPR010 what follows not must be true or false, but AESER is a text, at character 5 of: not AESER "
            '(compare it: AESER == "Y")',
        ),
        (
            "FLAG and AGE",
            "EXPR010 what and joins must be true or false, but AGE is a number, at character 10 of: FLAG and AGE "
            "(compare it: AGE == 1)",
        ),
        (
            "upper(AGE)",
            "EXPR010 text of upper(text) must be a text, but AGE is a number, at character 7 of: upper(AGE) "
            "(write text(AGE))",
        ),
        (
            "concat(FLAG)",
            "EXPR010 value of concat(value, ...) must be a text, but FLAG is true or false, at character 8 of: "
            'concat(FLAG) (choose values: if(condition, "Y", "N"))',
        ),
        (
            "max(AGE, AESER)",
            "EXPR010 the values of max(value, ...) must be of one type, but AGE is a number and AESER is a text, "
            "at character 10 of: max(AGE, AESER) (write number(AESER))",
        ),
        (
            'AESER < ""',
            'EXPR010 "<" cannot compare with "", which stands for a missing value, at character 7 of: AESER < "" '
            '(write == "" or != "")',
        ),
        (
            'FLAG == ""',
            'EXPR010 true or false is never missing and cannot equal "", at character 6 of: FLAG == "" '
            "(leave the comparison out)",
        ),
        (
            "FLAG < true",
            'EXPR010 "<" cannot order true and false, at character 6 of: FLAG < true '
            "(combine conditions with and, or, not)",
        ),
        ("FLAG in (1)", "EXPR010 FLAG is true or false, which no list holds, at character 1 of: FLAG in (1)"),
        (
            "uper(AESER)",
            "EXPR008 there is no function uper, at character 1 of: uper(AESER) (did you mean upper?)",
        ),
        ("UPCASE(AESER)", "EXPR008 there is no function UPCASE, at character 1 of: UPCASE(AESER) (write upper(text))"),
        (
            "AESER.lower()",
            "EXPR008 there is no function AESER.lower, at character 1 of: AESER.lower() (write lower(text))",
        ),
        (
            "substr(AESER)",
            "EXPR008 substr takes 2 or 3 arguments, not 1, at character 1 of: substr(AESER) "
            "(write substr(text, start, [length]))",
        ),
        (
            "min()",
            "EXPR008 min takes at least 1 argument, not 0, at character 1 of: min() (write min(value, ...))",
        ),
        (
            "round(AGE, 0.01)",
            "EXPR011 digits of round(number, [digits]) must be a whole number from 0 to 15, at character 12 of: "
            "round(AGE, 0.01) (round(x, 2) gives two decimal places)",
        ),
        (
            "matches(AESER, AESTDTC)",
            "EXPR011 pattern of matches(text, pattern) must be a text in quotes, at character 16 of: "
            'matches(AESER, AESTDTC) (write it out: matches(x, "UN-*"))',
        ),
        (
            'match(AESER, "[0-9")',
            'EXPR014 "[0-9" is not a regular expression: missing ], at character 14 of: match(AESER, "[0-9") '
            "(escape signs that mean themselves, such as [(] or [.])",
        ),
    ],
)
def test_unsound_expressions(text: str, message: str) -> None:
    assert messages(text) == [message]


def test_the_type_a_place_wants() -> None:
    assert messages("AESER", Type.BOOLEAN) == [
        "EXPR010 the expression must be true or false, but AESER is a text, at character 1 of: AESER "
        '(compare it: AESER == "Y")'
    ]
    assert messages("AGE > 1", Type.BOOLEAN) == []
    assert messages("UNKNOWN", Type.BOOLEAN) == []


def test_all_findings_at_once_with_their_place() -> None:
    problems = parse('AESER + 1 > 2 and foo(AGE) and AGE == "x"', file="ae.yaml", line=3).check(COLUMNS.get)[1]
    assert [problem.code for problem in problems] == ["EXPR010", "EXPR008", "EXPR009"]
    assert {str(problem.place) for problem in problems} == {"ae.yaml:3"}


@pytest.mark.parametrize(
    "text",
    ['AESTDTC < "2022-02-30"', '"2022-02-30" > AESER', 'AESTDTC == "2022-02-30"', 'AESTDTC in ("", "2022-02-30")'],
)
def test_a_date_that_does_not_exist(text: str) -> None:
    place = text.index('"2022-02-30"') + 1
    assert messages(text) == [
        f'EXPR013 "2022-02-30" is not a date that the calendar has, at character {place} of: {text} '
        "(correct it; where only the month is known, leave the day out)"
    ]


@pytest.mark.parametrize("text", ['AESER == "2022-02-30"', 'AESER < "0001-13"', 'AESTDTC >= "2024-02-29T10:00"'])
def test_what_need_not_be_a_date(text: str) -> None:
    assert messages(text) == []
