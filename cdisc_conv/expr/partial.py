"""What is left of an expression where the values of some names are known: conditions that they decide are gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from cdisc_conv.expr.expression import Expression
from cdisc_conv.expr.nodes import Call, Comparison, Literal, Logical, Membership, Name, Node, Not, Type, walk
from cdisc_conv.problems import ProblemsError

Known = Callable[[str], "str | float | None"]
"""The value of a name in every record that is meant, or None where it is not known or differs between records."""


def decide(condition: Expression, known: Known) -> bool | None:
    """Whether a condition is true, or false, in every record; None where the known values leave it open.

    >>> from cdisc_conv.expr import parse
    >>> known = {"VSTESTCD": "TEMP"}.get
    >>> decide(parse('VSTESTCD == "TEMP"'), known), decide(parse('VSTESTCD == "TEMP" and AGE > 2'), known)
    (True, None)
    >>> decide(parse('VSTESTCD == "PULSE" and AGE > 2'), known)
    False
    """
    return _decide(condition.tree, known)


def simplify(expression: Expression, known: Known) -> Expression:
    """The expression without the branches of ``if`` and the conditions that the known values rule out.

    >>> from cdisc_conv.expr import parse
    >>> str(simplify(parse('if(UNIT == "F", (TEMP - 32) / 1.8, TEMP)'), {"UNIT": "C"}.get))
    'TEMP'
    """
    tree = _simplify(expression.tree, known)
    return expression if tree == expression.tree else replace(expression, tree=tree)


def _decide(node: Node, known: Known) -> bool | None:
    match node:
        case Logical(operator, operands):
            closing = operator == "or"
            found = [_decide(operand, known) for operand in operands]
            if closing in found:
                return closing
            return None if None in found else not closing
        case Not(operand):
            found_one = _decide(operand, known)
            return None if found_one is None else not found_one
    names = {part.name for part in walk(node) if isinstance(part, Name)}
    values = {name: known(name) for name in names}
    if any(value is None for value in values.values()):
        return None
    return _compute(node, values)


def _compute(node: Node, values: dict[str, str | float | None]) -> bool | None:
    import pandas as pd

    def column(name: str) -> pd.Series:
        value = values[name]
        return pd.Series([value], dtype="str" if isinstance(value, str) else "float64")

    try:
        made = Expression(node).evaluate(column, 1)
    except ProblemsError:
        return None
    return bool(made.iloc[0]) if made.dtype == bool else None


def _simplify(node: Any, known: Known) -> Any:
    if isinstance(node, tuple):
        return tuple(_simplify(item, known) for item in node)
    if isinstance(node, Call) and node.function == "if" and len(node.arguments) == 3:
        decided = _decide(node.arguments[0], known)
        if decided is not None:
            return _simplify(node.arguments[1 if decided else 2], known)
    if isinstance(node, Logical):
        return _simplify_logical(node, known)
    if isinstance(node, Comparison | Membership | Not) and (decided := _decide(node, known)) is not None:
        return Literal(decided, Type.BOOLEAN)
    if isinstance(node, Node) and not isinstance(node, Literal | Name):
        changed = {item.name: _simplify(getattr(node, item.name), known) for item in fields(node)}
        return replace(node, **changed)
    return node


def _simplify_logical(node: Logical, known: Known) -> Node:
    decided = _decide(node, known)
    if decided is not None:
        return Literal(decided, Type.BOOLEAN)
    left = tuple(_simplify(operand, known) for operand in node.operands if _decide(operand, known) is None)
    return left[0] if len(left) == 1 else Logical(node.operator, left, position=node.position)  # type: ignore[no-any-return]
