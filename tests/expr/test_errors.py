"""Texts that are not expressions: the whole message, with the character and what to write."""

import pandas as pd
import pytest

from cdisc_conv.expr import parse
from cdisc_conv.problems import ProblemsError

BACKTICK_HINT = "(names with other than letters, digits, _ and . go in backticks, texts in quotes)"


def messages(text: str) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        parse(text, file="ae.yaml", line=7)
    return [str(problem).removeprefix("ae.yaml:7: ") for problem in caught.value.problems]


def test_the_place_in_the_spec_comes_first() -> None:
    with pytest.raises(ProblemsError) as caught:
        parse('AESER = "Y"', file="sdtm/ae.yaml", line=12)
    assert str(caught.value) == (
        'sdtm/ae.yaml:12: EXPR002 "=" is not an operator, at character 7 of: AESER = "Y" (write == to compare)'
    )


@pytest.mark.parametrize("text", ["", "  \n "])
def test_empty(text: str) -> None:
    assert messages(text) == ['EXPR001 the expression is empty (write AESER == "Y")']


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a && b", 'EXPR002 "&&" is not an operator, at character 3 of: a && b (write and)'),
        ("a | b", 'EXPR002 "|" is not an operator, at character 3 of: a | b (write or)'),
        (
            "a || b",
            'EXPR002 "||" is not an operator, at character 3 of: a || b (write or; to join texts, concat(a, b))',
        ),
        ("a <> 1", 'EXPR002 "<>" is not an operator, at character 3 of: a <> 1 (write !=)'),
        ("a ^= 1", 'EXPR002 "^=" is not an operator, at character 3 of: a ^= 1 (write !=)'),
        ("a === 1", 'EXPR002 "===" is not an operator, at character 3 of: a === 1 (write == to compare)'),
        ("!a", 'EXPR002 "!" is not an operator, at character 1 of: !a (write not)'),
        ("a ** 2", 'EXPR002 "**" is not an operator, at character 3 of: a ** 2 (there are no powers; write a product)'),
    ],
)
def test_operators_of_other_languages(text: str, message: str) -> None:
    assert messages(text) == [message]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a % 2", f'EXPR003 "%" has no meaning here, at character 3 of: a % 2 {BACKTICK_HINT}'),
        ("&a; b == 1", 'EXPR003 ";" has no meaning here, at character 3 of: &a; b == 1 ' + BACKTICK_HINT),
        ("a\x00b", f"EXPR003 the character U+0000 has no meaning here, at character 2 of: a\x00b {BACKTICK_HINT}"),
        (
            '"\ud800"',
            'EXPR003 the character U+D800 is half of a character, at character 2 of: "?" (write the character itself)',
        ),
        (
            'a == "Y',
            'EXPR004 the text that begins here has no end, at character 6 of: a == "Y '
            '(close it with "; double it inside a text)',
        ),
        (
            "`AE TERM == 1",
            "EXPR004 the name that begins here has no end, at character 1 of: `AE TERM == 1 "
            "(close it with `; double it inside a name)",
        ),
        (
            "` ` == 1",
            "EXPR004 the name in backticks is empty, at character 1 of: ` ` == 1 (write a column between them)",
        ),
        (
            "12abc == 1",
            'EXPR005 "12abc" is not a number, at character 1 of: 12abc == 1 '
            "(texts go in quotes, names that begin with a digit in backticks)",
        ),
        ("a == 007", 'EXPR005 "007" is not a number, at character 6 of: a == 007 (dates and codes go in quotes)'),
        ("1e999", 'EXPR005 "1e999" is too large, at character 1 of: 1e999 (the largest number is 1.79e308)'),
    ],
)
def test_pieces_that_mean_nothing(text: str, message: str) -> None:
    assert messages(text)[-1] == message


VALUE_HINT = "(write a column, a text in quotes, a number or a function)"
BETWEEN_HINT = "(write an operator between them; texts stand in quotes, names with blanks in backticks)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a ==", "EXPR006 the expression ends where a value is expected, at character 5 of: a == (complete it)"),
        ("a == )", f'EXPR006 ")" stands where a value is expected, at character 6 of: a == ) {VALUE_HINT}'),
        ("(a == 1", 'EXPR006 the "(" is never closed, at character 1 of: (a == 1 (close it with ))'),
        ("a == 1)", 'EXPR006 ")" closes nothing, at character 7 of: a == 1) (take it out, or open it before)'),
        (
            "a, b",
            'EXPR006 "," stands outside a list, at character 2 of: a, b (lists follow in or the name of a function)',
        ),
        ("AE TERM", f'EXPR006 "TERM" stands where an operator is expected, at character 4 of: AE TERM {BETWEEN_HINT}'),
        ('a "Y"', f'EXPR006 "Y" stands where an operator is expected, at character 3 of: a "Y" {BETWEEN_HINT}'),
        (
            "a AND b",
            'EXPR006 "AND" stands where an operator is expected, at character 3 of: a AND b '
            "(write and in small letters)",
        ),
        ("a eq 1", 'EXPR006 "eq" stands where an operator is expected, at character 3 of: a eq 1 (write ==)'),
        (
            "a is null",
            'EXPR006 "is" stands where an operator is expected, at character 3 of: a is null '
            "(write missing(x), or not missing(x))",
        ),
        (
            "1 < a < 5",
            'EXPR006 "<" compares the result of another comparison, at character 7 of: 1 < a < 5 '
            "(join two comparisons with and: 1 < x and x < 5)",
        ),
        (
            "a not 1",
            'EXPR006 "not" stands where an operator is expected, at character 3 of: a not 1 (write not in, or !=)',
        ),
        ("a in 1", 'EXPR006 a list is expected after in, at character 6 of: a in 1 (write in ("A", "B"))'),
        (
            "a in (b)",
            "EXPR006 a list after in holds texts and numbers only, at character 7 of: a in (b) "
            "(put texts in quotes; to compare with other columns, write x == A or x == B)",
        ),
        ('a in ("b"', 'EXPR006 the "(" is never closed, at character 6 of: a in ("b" (close it with ))'),
        ('a in ("b"]', 'EXPR006 "]" closes nothing, at character 10 of: a in ("b"] (take it out, or open it before)'),
    ],
)
def test_pieces_that_do_not_fit(text: str, message: str) -> None:
    assert messages(text) == [message]


def test_all_findings_at_once() -> None:
    assert messages('AESER = "Y" && B == 01 AND c') == [
        'EXPR002 "=" is not an operator, at character 7 of: AESER = "Y" && B == 01 AND c (write == to compare)',
        'EXPR002 "&&" is not an operator, at character 13 of: AESER = "Y" && B == 01 AND c (write and)',
        'EXPR005 "01" is not a number, at character 21 of: AESER = "Y" && B == 01 AND c (dates and codes go in quotes)',
        'EXPR006 "AND" stands where an operator is expected, at character 24 of: AESER = "Y" && B == 01 AND c '
        "(write and in small letters)",
    ]


def test_what_follows_an_unreadable_piece_is_not_reported() -> None:
    assert [message[:7] for message in messages("a $ b")] == ["EXPR003"]


def test_long_texts_are_quoted_around_the_place() -> None:
    text = " and ".join(["A == 1"] * 20) + " and B = 2"
    assert messages(text) == [
        'EXPR002 "=" is not an operator, at character 223 of: '
        "...and A == 1 and A == 1 and A == 1 and B = 2 (write == to compare)"
    ]


@pytest.mark.parametrize(
    "text", ["(" * 5000, "(" * 60 + "a" + ")" * 60, "not " * 4000 + "a", "-" * 9000 + "1", "f(" * 5000]
)
def test_hostile_nesting_is_refused(text: str) -> None:
    (message,) = messages(text)
    assert message.startswith("EXPR007 the expression is nested more than 50 deep, at character ")


def test_a_tree_that_is_too_deep_is_refused() -> None:
    (message,) = messages("+".join(["a"] * 2000))
    assert message.startswith("EXPR007 the expression is more than 100 operations deep, at character ")


def test_a_text_that_is_too_long_is_refused() -> None:
    (message,) = messages("a" * 20_001)
    assert message.startswith("EXPR007 the expression has 20,001 characters, more than 20,000, at character ")


def test_long_chains_of_and_are_fine() -> None:
    chain = parse(" and ".join(["A == 1"] * 1500))
    assert len(chain.names) == 1
    assert chain.describe().count("equals") == 1500


def test_nothing_is_ever_run_as_python() -> None:
    text = "__import__('os').system('x')"
    assert messages(text) == [f'EXPR003 "." has no meaning here, at character 17 of: {text} {BACKTICK_HINT}']
    (problem,) = parse("__import__('os')").check(lambda name: None)[1]
    assert problem.message == "there is no function __import__, at character 1 of: __import__('os')"
    assert parse("a.__class__").names == ("a.__class__",)


@pytest.mark.parametrize("grow", ['replace({0}, "a", "aa")', "concat({0}, {0})"])
def test_a_text_that_would_fill_the_memory(grow: str) -> None:
    text, times = "A", 40 if grow.startswith("replace") else 9
    for _ in range(times):
        text = grow.format(text)
    frame = pd.DataFrame({"A": ["a" * 1000]}, dtype="str")
    with pytest.raises(ProblemsError) as raised:
        parse(text).evaluate(frame.__getitem__, 1)
    (problem,) = raised.value.problems
    assert problem.code == "EXPR012"
    assert problem.message.startswith("it makes a text of more than 100,000 characters, at character ")
    assert problem.hint == "replace less, or cut the text with substr"
