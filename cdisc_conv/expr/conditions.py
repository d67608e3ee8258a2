"""Where-clauses from the expressions of the mapping language."""

from __future__ import annotations

from collections.abc import Iterator

from cdisc_conv.dataset import Condition
from cdisc_conv.expr import Expression, parse
from cdisc_conv.expr.nodes import (
    Comparison,
    Literal,
    Logical,
    Membership,
    Name,
    Negative,
    Node,
    Type,
    format_node,
    format_number,
)
from cdisc_conv.problems import Place, Problem, ProblemsError

_COMPARATORS = {"==": "EQ", "!=": "NE", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE"}
_TURNED = {"EQ": "EQ", "NE": "NE", "LT": "GT", "LE": "GE", "GT": "LT", "GE": "LE"}
_HINT = "a where-clause compares variables with values (==, !=, <, <=, >, >=, in, not in), joined by 'and'"


def read_conditions(text: str, place: Place, what: str) -> tuple[Condition, ...]:
    """The conditions of a where-clause that is written as an expression; ``what`` names its place in messages.

    Raises ProblemsError: EXPR... when the text is not an expression, DEF110 when it says what a where-clause cannot.

    >>> for condition in read_conditions('PARAMCD in ("PFS", "OS") and ADSL.FASFL == "Y"', Place(), ""):
    ...     print(condition.variable, condition.comparator, condition.values)
    PARAMCD IN ('PFS', 'OS')
    ADSL.FASFL EQ ('Y',)
    """
    expression: Expression = parse(text, file=place.file, line=place.line)
    found = list(_list_conditions(expression.tree))
    wrong = [one for one in found if isinstance(one, str)]
    if wrong:
        message = f"{what}: {' and '.join(wrong)} cannot be part of a where-clause"
        raise ProblemsError([Problem("DEF110", message, place=place, hint=_HINT)])
    return tuple(one for one in found if isinstance(one, Condition))


def _list_conditions(node: Node) -> Iterator[Condition | str]:
    """The conditions of an expression; the text of a part that is none."""
    match node:
        case Logical("and", operands):
            for operand in operands:
                yield from _list_conditions(operand)
        case Comparison(operator, Name(name), right) if (value := _read_value(right)) is not None:
            yield Condition(name, _COMPARATORS[operator], (value,))
        case Comparison(operator, left, Name(name)) if (value := _read_value(left)) is not None:
            yield Condition(name, _TURNED[_COMPARATORS[operator]], (value,))
        case Membership(Name(name), items, negated):
            yield Condition(name, "NOTIN" if negated else "IN", tuple(_write(item) for item in items))
        case _:
            yield format_node(node)


def _read_value(node: Node) -> str | None:
    match node:
        case Literal(type=Type.TEXT | Type.NUMBER):
            return _write(node)
        case Negative(Literal(type=Type.NUMBER) as number):
            return f"-{_write(number)}"
    return None


def _write(literal: Literal) -> str:
    return format_number(float(literal.value)) if literal.type is Type.NUMBER else str(literal.value)
