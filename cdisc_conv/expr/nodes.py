"""The parts of a parsed expression, and how they are written back as text.

Every node is frozen. `position` is the offset of the node in the text it came from; it takes no part in comparisons, so
that two expressions are equal when they mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

RAW = "raw."
"""What a backticked name begins with: `` `IT.AE TERM` `` is the name ``raw.IT.AE TERM``."""

PLAIN_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
RESERVED = frozenset({"and", "or", "not", "in", "true", "false"})


class Type(StrEnum):
    """What a part of an expression holds. Missing text is "", a missing number NaN; truth is never missing."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"


def _position() -> int:
    return field(default=0, compare=False, repr=False, kw_only=True)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Literal:
    """A number (float), a text or true/false, written out."""

    value: str | float | bool
    type: Type
    position: int = _position()


@dataclass(frozen=True, slots=True)
class Name:
    """A column. `quoted` tells that it was written in backticks; its name then begins with ``raw.``."""

    name: str
    quoted: bool = field(default=False, compare=False)
    position: int = _position()


@dataclass(frozen=True, slots=True)
class Negative:
    """Minus a number."""

    operand: Node
    position: int = _position()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers and one of + - * /."""

    operator: str
    left: Node
    right: Node
    position: int = _position()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values and one of == != < <= > >=."""

    operator: str
    left: Node
    right: Node
    position: int = _position()


@dataclass(frozen=True, slots=True)
class Membership:
    """`in` and `not in` a list of literals."""

    operand: Node
    items: tuple[Literal, ...]
    negated: bool = False
    position: int = _position()


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a truth value."""

    operand: Node
    position: int = _position()


@dataclass(frozen=True, slots=True)
class Logical:
    """Two or more truth values joined by `and`, or by `or`."""

    operator: str
    operands: tuple[Node, ...]
    position: int = _position()


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the table in `functions`, or one that does not exist (the check says so)."""

    function: str
    arguments: tuple[Node, ...]
    position: int = _position()


Node = Literal | Name | Negative | Arithmetic | Comparison | Membership | Not | Logical | Call


def children(node: Node) -> tuple[Node, ...]:
    """The parts a node is made of, left to right.

    >>> children(Not(Name("X")))
    (Name(name='X', quoted=False),)
    """
    match node:
        case Negative(operand) | Not(operand):
            return (operand,)
        case Arithmetic(_, left, right) | Comparison(_, left, right):
            return (left, right)
        case Membership(operand, items):
            return (operand, *items)
        case Logical(_, operands):
            return operands
        case Call(_, arguments):
            return arguments
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything in it, in reading order; needs no recursion."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(children(current)))


def measure_depth(node: Node) -> int:
    """How many nodes lie one within the other at the deepest place.

    >>> measure_depth(Not(Not(Name("X"))))
    3
    """
    level: list[Node] = [node]
    depth = 0
    while level:
        depth += 1
        level = [child for parent in level for child in children(parent)]
    return depth


def is_missing_literal(node: Node) -> bool:
    """Whether the node is the literal "", which stands for a missing value."""
    return isinstance(node, Literal) and node.type is Type.TEXT and node.value == ""


_OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY, _SIGN, _ATOM = range(8)


def _binding(node: Node) -> int:
    match node:
        case Logical("or"):
            return _OR
        case Logical():
            return _AND
        case Not():
            return _NOT
        case Comparison() | Membership():
            return _COMPARE
        case Arithmetic("+" | "-"):
            return _ADD
        case Arithmetic():
            return _MULTIPLY
        case Negative():
            return _SIGN
    return _ATOM


def format_node(node: Node) -> str:
    """The expression as text, with one blank around operators and no more parentheses than it needs.

    >>> format_node(Comparison("==", Name("AESER"), Literal("Y", Type.TEXT)))
    'AESER == "Y"'
    """
    match node:
        case Literal():
            return format_literal(node)
        case Name(name):
            return format_name(name)
        case Negative(operand):
            return f"-{_within(operand, _SIGN)}"
        case Arithmetic(operator, left, right):
            own = _binding(node)
            return f"{_within(left, own)} {operator} {_within(right, own + 1)}"
        case Comparison(operator, left, right):
            return f"{_within(left, _ADD)} {operator} {_within(right, _ADD)}"
        case Membership(operand, items, negated):
            word = "not in" if negated else "in"
            return f"{_within(operand, _ADD)} {word} ({', '.join(map(format_literal, items))})"
        case Not(operand):
            return f"not {_within(operand, _NOT)}"
        case Logical(operator, operands):
            own = _binding(node) + 1
            return f" {operator} ".join(_within(operand, own) for operand in operands)
        case Call(function, arguments):
            return f"{function}({', '.join(map(format_node, arguments))})"


def _within(node: Node, binding: int) -> str:
    text = format_node(node)
    return text if _binding(node) >= binding else f"({text})"


def format_literal(literal: Literal) -> str:
    """A literal as the language writes it.

    >>> format_literal(Literal('6" nail', Type.TEXT))
    '"6"" nail"'
    """
    if literal.type is Type.TEXT:
        return '"' + str(literal.value).replace('"', '""') + '"'
    if literal.type is Type.BOOLEAN:
        return "true" if literal.value else "false"
    return format_number(float(literal.value))


def format_number(number: float) -> str:
    """The shortest digits that give the same number back, whole numbers without a point.

    >>> format_number(18.0), format_number(0.1)
    ('18', '0.1')
    """
    return str(int(number)) if number.is_integer() and abs(number) < 1e16 else repr(number)


def format_name(name: str) -> str:
    """A name as the language writes it; in backticks when it is not a plain name.

    >>> format_name("DM.RFSTDTC"), format_name("raw.IT.AE TERM")
    ('DM.RFSTDTC', '`IT.AE TERM`')
    """
    if PLAIN_NAME.fullmatch(name) and name not in RESERVED:
        return name
    return "`" + name.removeprefix(RAW).replace("`", "``") + "`"
