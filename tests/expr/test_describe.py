"""Expressions in English."""

import pytest

from cdisc_conv.expr import parse
from cdisc_conv.problems import ProblemsError


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('AESER == "Y" and AESTDTC != ""', "AESER equals Y and AESTDTC is not missing"),
        ('AESER != "N"', "AESER is neither missing nor N"),
        ("A != B", "A and B are both present and differ"),
        ('not (AESER == "Y") and B', "(AESER does not equal Y or is missing) and B"),
        ("not (AGE < 18)", "AGE is not less than 18 or is missing"),
        ("AGE >= 18 or AGE <= 2", "AGE is at least 18 or AGE is at most 2"),
        ("A and (B or C)", "A and (B or C)"),
        ("not (A or B)", "it is not the case that (A or B)"),
        ('A in ("Y", "")', "A is one of (Y, missing)"),
        ('A in ("Y")', "A is Y"),
        ('A not in ("Y", "N")', "A is neither missing nor one of (Y, N)"),
        ('A not in ("")', "A is not missing"),
        ('not missing(A) and not contains(A, "x y")', 'A is not missing and A does not contain "x y"'),
        ("(A - B) / B * 100 > 5", "(((A − B) / B) × 100) is greater than 5"),
        ("-A < 1", "(minus A) is less than 1"),
        ("round(A, 1)", "A rounded (decimal places: 1)"),
        ("round(A)", "A rounded"),
        ('substr(A, 1, 4) == "2022"', "the part of A from character 1, of length 4 equals 2022"),
        ("substr(A, 5)", "the part of A from character 5"),
        ('if(A == 1, "LATE", "")', "LATE if A equals 1, otherwise missing"),
        ('coalesce(A, B, "x")', "the first of (A, B, x) that is not missing"),
        ('upper(coalesce(A, "x"))', "(the first of (A, x) that is not missing) in upper case"),
        ("number(if(A == B, C, D))", "(C if A equals B, otherwise D) as a number"),
        ('replace(replace(A, "b", "c"), "d", "e")', "(A with b replaced by c) with d replaced by e"),
        ('concat(if(A == 1, "x", "y"), B)', "((x if A equals 1, otherwise y), B) joined"),
        ("upper(trim(A))", "A without leading and trailing blanks in upper case"),
        ("add_days(A, 1)", "the date 1 day after A"),
        ("add_days(A, 21)", "the date 21 days after A"),
        ("ADT + 1", "1 day after ADT"),
        ("ADSL.TRTSDT + LAG", "LAG days after ADSL.TRTSDT"),
        ("ADT - 7 <= TRTSDT", "(7 days before ADT) is at most TRTSDT"),
        ("AENDT - ASTDT + 1", "(the number of days from ASTDT to AENDT) + 1"),
        ("max(ADT, DTHDT) + CYC * 21", "(CYC × 21) days after (the greatest of (ADT, DTHDT) that is not missing)"),
        ("ADT + 1 - ASTDT", "the number of days from ASTDT to (1 day after ADT)"),
        ("AVAL + 1", "AVAL + 1"),
        ("`IT.AE TERM` == DM.A", "IT.AE TERM equals DM.A"),
    ],
)
def test_words(text: str, words: str) -> None:
    assert parse(text).describe() == words


def test_names_are_said_as_the_caller_wants() -> None:
    words = parse("AESTDTC >= DM.RFSTDTC").describe(lambda name: f"<{name}>")
    assert words == "<AESTDTC> is at least <DM.RFSTDTC>"


def test_a_function_that_does_not_exist_has_no_words() -> None:
    with pytest.raises(ProblemsError, match="EXPR008 there is no function foo"):
        parse("foo(A)").describe()
