"""An expression in English, for the method texts of define.xml."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from cdisc_conv.expr.functions.table import FUNCTIONS
from cdisc_conv.expr.nodes import (
    RAW,
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
    format_number,
    is_missing_literal,
)

_ORDER = {"<": "is less than", "<=": "is at most", ">": "is greater than", ">=": "is at least"}
_NOT_ORDER = {"<": "is not less than", "<=": "is not at most", ">": "is not greater than", ">=": "is not at least"}
_SIMPLE_TEXT = re.compile(r"[^\W_][\w-]*")
_PLACE = re.compile(r"\{(\d|all)(?::([^{}]*)\{\}([^{}]*))?\}")

Namer = Callable[[str], str]
"""The words for a reference. One that knows better than its ending whether it is a date says so as ``is_date``."""


def name_plainly(name: str) -> str:
    """A reference as the reader knows it: columns of the source lose their ``raw.``."""
    return name.removeprefix(RAW)


def describe_node(node: Node, name_of: Namer) -> str:
    """The words for a node; `name_of` gives those for a reference."""
    match node:
        case Literal():
            return _describe_literal(node)
        case Name(name):
            return name_of(name)
        case Negative(operand):
            return f"minus {_operand(operand, name_of)}"
        case Arithmetic(operator, left, right) if days := _describe_days(operator, left, right, name_of):
            return days
        case Arithmetic(operator, left, right):
            sign = {"*": "×", "-": "−"}.get(operator, operator)
            return f"{_operand(left, name_of)} {sign} {_operand(right, name_of)}"
        case Comparison():
            return _describe_comparison(node, name_of)
        case Membership(operand, items, negated):
            return _describe_membership(operand, items, negated, name_of)
        case Not(operand):
            return _describe_opposite(operand, name_of)
        case Logical(operator, operands):
            return f" {operator} ".join(_condition(operand, name_of) for operand in operands)
        case Call(function):
            return _fill_words(FUNCTIONS[function].words, node, name_of)


def _describe_days(operator: str, left: Node, right: Node, name_of: Namer) -> str:
    """Days added to a date, taken from it, or between two dates; "" for any other sum or difference."""
    is_date = getattr(name_of, "is_date", is_date_name)
    first, second = (is_date_node(node, is_date) for node in (left, right))
    if operator == "-" and first and second:
        return f"the number of days from {_operand(right, name_of)} to {_operand(left, name_of)}"
    if operator not in "+-" or first == second or (operator == "-" and second):
        return ""
    date, days = (left, right) if first else (right, left)
    count = _operand(days, name_of)
    word = "day" if count == "1" else "days"
    return f"{count} {word} {'after' if operator == '+' else 'before'} {_operand(date, name_of)}"


def is_date_node(node: Node, is_date: Callable[[str], bool]) -> bool:
    """Whether an expression is a date as a number, where `is_date` tells it of names."""
    match node:
        case Name(name):
            return is_date(name)
        case Call("coalesce" | "min" | "max", arguments):
            return all(is_date_node(one, is_date) for one in arguments)
        case Call("if", (_, yes, no)):
            values = [one for one in (yes, no) if not is_missing_literal(one)]
            return bool(values) and all(is_date_node(one, is_date) for one in values)
        case Arithmetic("+" | "-" as operator, left, right):
            first, second = is_date_node(left, is_date), is_date_node(right, is_date)
            return first != second and (operator == "+" or first)
    return False


def is_date_name(name: str) -> bool:
    """Whether a name is that of a date as a number, by its ending (ADaMIG 1.3, 3.1.2: DT; TRTSDT, AP01EDT ...).

    >>> is_date_name("ADSL.TRTSDT"), is_date_name("ASTDTM"), is_date_name("AVAL")
    (True, False, False)
    """
    return name.rpartition(".")[2].endswith("DT")


def _describe_literal(literal: Literal) -> str:
    if literal.type is Type.TEXT:
        text = str(literal.value)
        return text if _SIMPLE_TEXT.fullmatch(text) else f'"{text}"'
    return (
        ("true" if literal.value else "false") if literal.type is Type.BOOLEAN else format_number(float(literal.value))
    )


def _operand(node: Node, name_of: Namer) -> str:
    words = describe_node(node, name_of)
    return words if isinstance(node, Literal | Name) else f"({words})"


def _condition(node: Node, name_of: Namer) -> str:
    words = describe_node(node, name_of)
    joined = isinstance(node, Logical) or (isinstance(node, Not) and isinstance(node.operand, Comparison))
    return f"({words})" if joined else words


def _subject(node: Node, name_of: Namer) -> str:
    words = describe_node(node, name_of)
    return words if isinstance(node, Literal | Name | Call) else f"({words})"


def _argument(node: Node, name_of: Namer) -> str:
    is_condition = isinstance(node, Logical | Comparison | Membership | Not)
    return _condition(node, name_of) if is_condition else _subject(node, name_of)


def _enclosed(node: Node, words: str) -> str:
    """Words that more words follow: a choice or a text of several parts in brackets, to show where it ends."""
    return f"({words})" if isinstance(node, Call) and len(node.arguments) > 1 else words


def _describe_comparison(node: Comparison, name_of: Namer) -> str:
    left, right, operator = node.left, node.right, node.operator
    if is_missing_literal(left):
        left, right = right, left
    subject = _subject(left, name_of)
    if is_missing_literal(right):
        return f"{subject} is {'' if operator == '==' else 'not '}missing"
    other = _subject(right, name_of)
    if operator == "==":
        return f"{subject} equals {other}"
    if operator in _ORDER:
        return f"{subject} {_ORDER[operator]} {other}"
    if isinstance(right, Literal):
        return f"{subject} is neither missing nor {other}"
    return f"{subject} and {other} are both present and differ"


def _describe_membership(operand: Node, items: Sequence[Literal], negated: bool, name_of: Namer) -> str:
    subject = _subject(operand, name_of)
    words = ["missing" if is_missing_literal(item) else _describe_literal(item) for item in items]
    if negated:
        # `not in` is false for a missing value, whether the list says so or not.
        others = [word for item, word in zip(items, words, strict=True) if not is_missing_literal(item)]
        return (
            f"{subject} is neither missing nor one of ({', '.join(others)})" if others else f"{subject} is not missing"
        )
    return f"{subject} is {words[0]}" if len(words) == 1 else f"{subject} is one of ({', '.join(words)})"


def _describe_opposite(node: Node, name_of: Namer) -> str:
    """The opposite of a condition, which is also true where a compared value is missing."""
    match node:
        case Call(function) if FUNCTIONS[function].negative:
            return _fill_words(FUNCTIONS[function].negative, node, name_of)
        case Comparison(operator, left, right) if not (is_missing_literal(left) or is_missing_literal(right)):
            if operator != "!=" and isinstance(right, Literal):
                verb = "does not equal" if operator == "==" else _NOT_ORDER[operator]
                return f"{_subject(left, name_of)} {verb} {_subject(right, name_of)} or is missing"
    return f"it is not the case that ({describe_node(node, name_of)})"


def _fill_words(template: str, call: Call, name_of: Namer) -> str:
    function = FUNCTIONS[call.function]
    if call.function == "add_days" and call.arguments[1:] and describe_node(call.arguments[1], name_of) == "1":
        template = template.replace("days", "day")
    said = [
        "missing" if function.parameter(place).same and is_missing_literal(node) else _argument(node, name_of)
        for place, node in enumerate(call.arguments)
    ]

    listed = [
        f"({words})" if isinstance(node, Call) and node.function == "if" else words
        for node, words in zip(call.arguments, said, strict=True)
    ]

    def put(found: re.Match[str]) -> str:
        place, before, after = found.groups()
        if place == "0" and found.start() == 0 and template[found.end() :]:
            return _enclosed(call.arguments[0], said[0])
        if place == "all":
            return f"({', '.join(listed)})"
        words = said[int(place)] if int(place) < len(said) else ""
        if before is None:
            return words
        return f"{before}{words}{after}" if words else ""

    return _PLACE.sub(put, template)
