"""Laws: an expression survives being written and read, and a column gives what row after row would give."""

import datetime
import math
import re
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc_conv.expr import parse
from cdisc_conv.expr.expression import Expression
from cdisc_conv.expr.nodes import (
    Arithmetic,
    Call,
    Comparison,
    Literal,
    Logical,
    Membership,
    Name,
    Negative,
    Node,
    Not,
    Type,
)
from cdisc_conv.problems import ProblemsError

TEXTS = st.text(alphabet="aAb Zß\"'é中1.-T", max_size=4) | st.sampled_from(
    ["2022-03-01", "2022-02", "2022-03-01T10:00", "1.5"]
)
NUMBERS = st.integers(-8, 8).map(lambda n: n / 2) | st.floats(allow_nan=False, allow_infinity=False)
MISSING_NUMBERS = NUMBERS | st.just(math.nan)

TEXT_LITERALS = TEXTS.map(lambda text: Literal(text, Type.TEXT))
NUMBER_LITERALS = NUMBERS.map(lambda number: Literal(abs(number), Type.NUMBER))
COMPARE = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])


def is_blank(node: Node) -> bool:
    return isinstance(node, Literal) and node.value == ""


def calls(name: str, *arguments: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.tuples(*arguments).map(lambda values: Call(name, values))


@st.composite
def texts(draw: st.DrawFn, depth: int = 3) -> Node:
    if depth == 0:
        return draw(st.sampled_from([Name("T1"), Name("T2"), Name("raw.T 3")]) | TEXT_LITERALS)
    text, number = texts(depth - 1), numbers(depth - 1)
    pick = [
        texts(0),
        *(calls(name, text) for name in ("upper", "lower", "trim", "date")),
        calls("text", number),
        calls("substr", text, number),
        calls("substr", text, number, number),
        calls("word", text, number),
        calls("concat", text, number, text),
        calls("replace", text, text, text),
        calls("if", booleans(depth - 1), text, text),
        *(calls(name, text, text) for name in ("coalesce", "min", "max")),
    ]
    return draw(st.one_of(pick))


@st.composite
def numbers(draw: st.DrawFn, depth: int = 3) -> Node:
    if depth == 0:
        return draw(st.sampled_from([Name("N1"), Name("N2")]) | NUMBER_LITERALS)
    text, number = texts(depth - 1), numbers(depth - 1)
    pick = [
        numbers(0),
        number.map(Negative),
        st.builds(Arithmetic, st.sampled_from("+-*/"), number, number),
        *(calls(name, number) for name in ("floor", "ceil", "abs", "number")),
        *(calls(name, text) for name in ("length", "number", "year", "month")),
        calls("if", booleans(depth - 1), number, number | st.just(Literal("", Type.TEXT))),
        *(calls(name, number, number) for name in ("coalesce", "min", "max")),
    ]
    return draw(st.one_of(pick))


@st.composite
def booleans(draw: st.DrawFn, depth: int = 3) -> Node:
    if depth == 0:
        return draw(st.sampled_from([Name("B1"), Literal(True, Type.BOOLEAN)]))
    text, number, boolean = texts(depth - 1), numbers(depth - 1), booleans(depth - 1)
    pick = [
        booleans(0),
        boolean.map(Not),
        st.builds(Logical, st.sampled_from(["and", "or"]), st.lists(boolean, min_size=2, max_size=3).map(tuple)),
        st.builds(Comparison, COMPARE, text, text).filter(
            lambda node: node.operator in ("==", "!=") or not (is_blank(node.left) or is_blank(node.right))
        ),
        st.builds(Comparison, COMPARE, number, number),
        st.builds(Membership, text, st.lists(TEXT_LITERALS, min_size=1, max_size=3).map(tuple), st.booleans()),
        st.builds(
            Membership,
            number,
            st.lists(NUMBERS.map(lambda n: Literal(n, Type.NUMBER)), min_size=1, max_size=3).map(tuple),
            st.booleans(),
        ),
        *(calls(name, text, text) for name in ("starts_with", "ends_with", "contains")),
        calls("missing", text),
        calls("missing", number),
    ]
    return draw(st.one_of(pick))


EXPRESSIONS = texts() | numbers() | booleans()
ROWS = st.lists(
    st.fixed_dictionaries(
        {"T1": TEXTS, "T2": TEXTS, "raw.T 3": TEXTS, "N1": MISSING_NUMBERS, "N2": MISSING_NUMBERS, "B1": st.booleans()}
    ),
    max_size=6,
)
DTYPES = {"T1": "str", "T2": "category", "raw.T 3": "str", "N1": "float64", "N2": "float64", "B1": "bool"}


@given(EXPRESSIONS)
def test_written_and_read_back_it_is_the_same(tree: Node) -> None:
    expression = Expression(tree)
    assert parse(str(expression)) == expression
    assert str(parse(str(expression))) == str(expression)


@given(st.text(max_size=40) | st.text(alphabet="aA1. \"'`()[],=<>!+-*/&|\n", max_size=40))
def test_any_text_is_read_or_refused_as_problems(text: str) -> None:
    expression = None
    with suppress(ProblemsError):
        expression = parse(text)
    assert expression is None or parse(str(expression)) == expression


@settings(deadline=None, max_examples=300)
@given(EXPRESSIONS, ROWS)
def test_columns_give_what_rows_give(tree: Node, rows: list[dict[str, Any]]) -> None:
    frame = pd.DataFrame(
        {
            name: pd.Series([row[name] for row in rows], dtype="str" if dtype == "category" else dtype).astype(dtype)
            for name, dtype in DTYPES.items()
        }
    )
    result = Expression(tree).evaluate(frame.__getitem__, len(rows)).tolist()
    for found, row in zip(result, rows, strict=True):
        expected = reference(tree, row)
        assert found == expected or (found != found and expected != expected)
        assert type(found) is type(expected)


def reference(node: Node, row: dict[str, Any]) -> Any:
    """The value of one row, in plain Python."""
    match node:
        case Literal(value):
            return value
        case Name(name):
            return row[name]
        case Negative(operand):
            return -reference(operand, row)
        case Not(operand):
            return not reference(operand, row)
        case Logical("and", operands):
            return all(reference(operand, row) for operand in operands)
        case Logical(_, operands):
            return any(reference(operand, row) for operand in operands)
        case Arithmetic(operator, left, right):
            return reference_arithmetic(operator, reference(left, row), reference(right, row))
        case Comparison(operator, left, right):
            return reference_comparison(operator, left, right, row)
        case Membership(operand, items, negated):
            pairs = [reference_comparison("!=" if negated else "==", operand, item, row) for item in items]
            return all(pairs) if negated else any(pairs)
        case Call(function, arguments):
            values = [reference(argument, row) for argument in arguments]
            if function == "if" and values[2] == "" and isinstance(values[1], float):
                values[2] = math.nan
            return REFERENCE[function](*values)


def gone(value: Any) -> bool:
    return value == "" or value != value


def reference_arithmetic(operator: str, a: float, b: float) -> float:
    if operator == "/" and b == 0:
        return math.nan
    result = {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else 0.0}[operator]
    return result if math.isfinite(result) else math.nan


def reference_comparison(operator: str, left: Node, right: Node, row: dict[str, Any]) -> bool:
    a, b = reference(left, row), reference(right, row)
    if is_blank(left) or is_blank(right):
        equal = gone(a) and gone(b)
        return equal if operator == "==" else not equal
    if gone(a) or gone(b):
        return False
    return bool({"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator])


def reference_substr(text: str, start: float, length: float = 1e6) -> str:
    if gone(start) or gone(length) or start < 1:
        return ""
    kept = [
        letter
        for place, letter in enumerate(text, 1)
        if math.floor(start) <= place < math.floor(start) + math.floor(length)
    ]
    return "".join(kept)


def reference_word(text: str, n: float) -> str:
    words = dict(enumerate(text.split(), 1)) | dict(zip(range(-1, -99, -1), reversed(text.split()), strict=False))
    return "" if gone(n) else words.get(math.trunc(n), "")


def reference_text(number: float) -> str:
    if gone(number):
        return ""
    text = format(Decimal(repr(number)), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def reference_number(value: Any) -> float:
    if isinstance(value, float):
        return value
    try:
        number = float(value)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


ISO = re.compile(
    r"(\d{4}|-)(?:-(\d\d|-)(?:-(\d\d|-)(?:T(?:\d\d|-)(?::(?:\d\d|-)(?::(?:\d\d|-))?)?)?)?)?(?<!-)", re.ASCII
)


def reference_parts(iso: str) -> list[str]:
    """Year, month and day of a date that the calendar has, "" for an unknown one."""
    found = ISO.fullmatch(iso.strip())
    parts = [part or "" for part in found.groups()] if found else []
    parts = ["" if part == "-" else part for part in parts] or [""] * 3
    try:
        datetime.date(int(parts[0] or 2000), int(parts[1] or 1), int(parts[2] or 1))
    except ValueError:
        return [""] * 3
    return parts


def reference_date(iso: str) -> str:
    parts = reference_parts(iso)
    if any(parts):
        last = max(place for place, part in enumerate(parts) if part)
        return "-".join(part or "-" for part in parts[: last + 1])
    return ""


def reference_year(iso: str) -> float:
    return float(reference_parts(iso)[0] or "nan")


def reference_month(iso: str) -> float:
    return float(reference_parts(iso)[1] or "nan")


def whole(function: Any) -> Any:
    return lambda number: number if gone(number) else float(function(number))


def pick(function: Any) -> Any:
    return lambda *values: function([value for value in values if not gone(value)], default=values[0])


REFERENCE: dict[str, Any] = {
    "upper": str.upper,
    "lower": str.lower,
    "trim": str.strip,
    "date": reference_date,
    "text": reference_text,
    "substr": reference_substr,
    "word": reference_word,
    "concat": lambda a, n, b: a + reference_text(n) + b,
    "replace": lambda text, old, new: text.replace(old, new) if old else text,
    "if": lambda condition, yes, no: yes if condition else no,
    "coalesce": lambda a, b: b if gone(a) else a,
    "min": pick(min),
    "max": pick(max),
    "floor": whole(math.floor),
    "ceil": whole(math.ceil),
    "abs": abs,
    "number": reference_number,
    "length": lambda text: float(len(text)),
    "year": reference_year,
    "month": reference_month,
    "starts_with": lambda text, part: bool(part) and text.startswith(part),
    "ends_with": lambda text, part: bool(part) and text.endswith(part),
    "contains": lambda text, part: bool(part) and part in text,
    "missing": gone,
}
