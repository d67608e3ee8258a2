"""Reading expressions: what means what, and how they are written back."""

import pytest

from cdisc_conv.expr import parse
from cdisc_conv.expr.nodes import Arithmetic, Comparison, Literal, Logical, Membership, Name, Negative, Not, Type

A, B, C = Name("A"), Name("B"), Name("C")
ONE, TWO = Literal(1.0, Type.NUMBER), Literal(2.0, Type.NUMBER)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("A or B and C", Logical("or", (A, Logical("and", (B, C))))),
        ("not A == B", Not(Comparison("==", A, B))),
        ("not A and B", Logical("and", (Not(A), B))),
        ("A + B * C", Arithmetic("+", A, Arithmetic("*", B, C))),
        ("A - B - C", Arithmetic("-", Arithmetic("-", A, B), C)),
        ("A - (B - C)", Arithmetic("-", A, Arithmetic("-", B, C))),
        ("-A * B", Arithmetic("*", Negative(A), B)),
        ("A + 1 < B", Comparison("<", Arithmetic("+", A, ONE), B)),
        ("A and B and C", Logical("and", (A, B, C))),
        ("A in (1, -2)", Membership(A, (ONE, Literal(-2.0, Type.NUMBER)))),
        ("A not in ['x']", Membership(A, (Literal("x", Type.TEXT),), negated=True)),
        ("true", Literal(True, Type.BOOLEAN)),
    ],
)
def test_operators_bind_as_documented(text: str, tree: object) -> None:
    assert parse(text).tree == tree


def test_true_is_not_the_number_one() -> None:
    assert parse("true") != parse("1")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"it\'s"', "it's"),
        ("'it''s'", "it's"),
        ('"6"" nail"', '6" nail'),
        (r'"a\n"', r"a\n"),
        ('""', ""),
        ("'中文'", "中文"),
    ],
)
def test_texts_double_their_quote_and_keep_backslashes(text: str, value: str) -> None:
    assert parse(text).tree == Literal(value, Type.TEXT)


@pytest.mark.parametrize(("text", "value"), [("18", 18.0), ("0.5", 0.5), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0)])
def test_numbers(text: str, value: float) -> None:
    assert parse(text).tree == Literal(value, Type.NUMBER)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("AETERM", "AETERM"),
        ("DM.RFSTDTC", "DM.RFSTDTC"),
        ("raw.IT.AETERM", "raw.IT.AETERM"),
        ("不良事件", "不良事件"),
        ("`IT.AE TERM`", "raw.IT.AE TERM"),
        ("`a``b`", "raw.a`b"),
        ("`and`", "raw.and"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert parse(text).names == (name,)


def test_names_come_once_in_order_and_tell_backticks() -> None:
    expression = parse("`AE TERM` != B and (A == B or DM.C > `AE TERM`)")
    assert expression.names == ("raw.AE TERM", "B", "A", "DM.C")
    assert expression.quoted_names == {"raw.AE TERM"}


def test_backticks_and_the_raw_prefix_mean_the_same_column() -> None:
    assert parse("`AESTDAT`") == parse("raw.AESTDAT")


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("AESER=='Y'and(B!='')", 'AESER == "Y" and B != ""'),
        ("(((A)))", "A"),
        ("(A or B) and C", "(A or B) and C"),
        ("A or (B and C)", "A or B and C"),
        ("(A and B) and C", "(A and B) and C"),
        ("not(A)", "not A"),
        ("not (A or B)", "not (A or B)"),
        ("A-(B+C)", "A - (B + C)"),
        ("A-B+C", "A - B + C"),
        ("-(A+B)", "-(A + B)"),
        ("(A < B) == true", "(A < B) == true"),
        ("x in['a',\"b\"]", 'x in ("a", "b")'),
        ("x not  in (1,-2.50)", "x not in (1, -2.5)"),
        ("`IT.AE TERM` == 1", "`IT.AE TERM` == 1"),
        ("`IT.AETERM` == 1", "raw.IT.AETERM == 1"),
        ("substr( A ,1,4)", "substr(A, 1, 4)"),
        ("1e20", "1e+20"),
    ],
)
def test_written_back_in_one_form(text: str, normal: str) -> None:
    assert str(parse(text)) == normal
    assert parse(normal) == parse(text)


def test_rename_changes_only_the_names_given() -> None:
    renamed = parse('not missing(A) and B in (1, 2) and -A < if(C == "A", A, 1)').rename({"A": "raw.X Y", "B": "DM.B"})
    assert str(renamed) == 'not missing(`X Y`) and DM.B in (1, 2) and -`X Y` < if(C == "A", `X Y`, 1)'


def test_expressions_are_values() -> None:
    assert len({parse("A==1"), parse("(A == 1)"), parse("A == 2")}) == 2
