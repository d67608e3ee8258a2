"""The values of an expression for all records at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.expr.dates import find_impossible
from cdisc_conv.expr.functions.signature import Function
from cdisc_conv.expr.functions.table import FUNCTIONS
from cdisc_conv.expr.instants import has_instants, read_instants
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
    is_missing_literal,
)
from cdisc_conv.expr.vectors import (
    TEXT_TYPE,
    Value,
    Vector,
    check_texts,
    drop,
    is_missing,
    is_scalar,
    lift,
    plain_text,
    to_bool,
    type_of,
)

_ARITHMETIC: dict[str, Any] = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
_COMPARE_NUMBERS: dict[str, Any] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_COMPARE_TEXTS: dict[str, Any] = {
    "==": pc.equal,
    "!=": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def compute(node: Node, columns: dict[str, Vector]) -> Value:
    """The value of a node whose types were checked; `columns` holds a vector per name."""
    match node:
        case Literal(value):
            return value
        case Name(name):
            return columns[name]
        case Negative(operand):
            return _apply(np.negative, compute(operand, columns))
        case Arithmetic(operator, left, right):
            return _apply(_finite(_ARITHMETIC[operator]), compute(left, columns), compute(right, columns))
        case Comparison():
            return _compute_comparison(node, columns)
        case Membership(operand, items, negated):
            return _apply(lambda value: _test_membership(value, items, negated), compute(operand, columns))
        case Not(operand):
            return _apply(np.logical_not, compute(operand, columns))
        case Logical(operator, operands):
            function = np.logical_and if operator == "and" else np.logical_or
            return reduce(lambda a, b: _apply(function, a, b), [compute(operand, columns) for operand in operands])
        case Call():
            return _compute_call(node, columns)


def _apply(function: Callable[..., Any], *values: Value) -> Value:
    """Calls a function of vectors; when all values are scalars, with vectors of one, and the result is a scalar."""
    if all(is_scalar(value) for value in values):
        result = function(*map(lift, values))
        return result if is_scalar(result) else drop(result)
    result = function(*values)
    return result


def _finite(function: Callable[..., Any]) -> Callable[..., Any]:
    """Arithmetic whose result is missing where it is not a finite number: division by zero, overflow."""

    def run(left: Any, right: Any) -> Any:
        with np.errstate(all="ignore"):
            result = function(left, right)
        return np.where(np.isfinite(result), result, np.nan)

    return run


def _compute_comparison(node: Comparison, columns: dict[str, Vector]) -> Value:
    operator, left, right = node.operator, node.left, node.right
    if is_missing_literal(left):
        left, right = right, left
    if is_missing_literal(right):
        test = is_missing if operator == "==" else lambda value: ~is_missing(value)
        return _apply(test, compute(left, columns))
    return _apply(lambda a, b: _compare(operator, a, b), compute(left, columns), compute(right, columns))


def _compare(operator: str, left: Any, right: Any) -> np.ndarray:
    """Compares vectors (one may be a scalar); false where a side is missing."""
    if is_scalar(left):
        left, right, operator = right, left, _MIRRORED.get(operator, operator)
    if type_of(left) is Type.TEXT:
        return _compare_texts(operator, left, right)
    result = _COMPARE_NUMBERS[operator](left, right)
    if operator == "!=" and type_of(left) is Type.NUMBER:
        result = result & ~np.isnan(left) & ~np.isnan(right)
    return np.asarray(result)


def _compare_texts(operator: str, left: pa.Array, right: pa.Array | str) -> np.ndarray:
    """Texts by their characters; a date that does not exist has no place in an order, as a missing one has none."""
    result = _compare_plain(operator, left, right)
    if operator in _MIRRORED:
        for side in (left, lift(right)):
            if (impossible := find_impossible(side)).any():
                result = result & ~impossible
    return result


def _compare_plain(operator: str, left: pa.Array, right: pa.Array | str) -> np.ndarray:
    if operator in _MIRRORED and has_instants(left) and has_instants(right):
        return _compare_instants(operator, left, right)
    function = _COMPARE_TEXTS[operator]
    if right == "":  # a computed "": a missing value
        return np.zeros(len(left), dtype=bool)
    if isinstance(right, str):
        result = check_texts(left, lambda texts: function(texts, pa.scalar(right, TEXT_TYPE)))
        return result if operator in ("==", ">", ">=") else np.asarray(result & ~is_missing(left))
    result = to_bool(function(plain_text(left), plain_text(right)))
    return np.asarray(result & ~is_missing(left) & ~is_missing(right))


def _compare_instants(operator: str, left: pa.Array, right: pa.Array | str) -> np.ndarray:
    """Times that both have an offset from UTC by their instants, other texts by their characters."""
    ours, theirs = plain_text(left), plain_text(right if not isinstance(right, str) else lift(right))
    by_text = to_bool(_COMPARE_TEXTS[operator](ours, theirs if len(theirs) == len(ours) else theirs[0]))
    first, second = read_instants(ours), read_instants(theirs)
    by_instant = _COMPARE_NUMBERS[operator](first, second)
    result = np.where(np.isnan(first) | np.isnan(second), by_text, by_instant)
    return np.asarray(result & ~is_missing(ours) & ~is_missing(theirs))


def _test_membership(value: Any, items: tuple[Literal, ...], negated: bool) -> np.ndarray:
    """`in` is `==` with any of the items; `not in` is `!=` with all of them, and so false for a missing value."""
    missing = is_missing(value)
    among = any(is_missing_literal(item) for item in items)
    wanted = [item.value for item in items if not is_missing_literal(item)]
    if type_of(value) is Type.TEXT:
        found = check_texts(value, lambda texts: pc.is_in(texts, value_set=pa.array(wanted, TEXT_TYPE)))
    else:
        found = np.isin(value, np.array(wanted, dtype="float64"))
    if negated:
        return np.asarray(~found & ~missing)
    return np.asarray(found | missing) if among else found


def _compute_call(node: Call, columns: dict[str, Vector]) -> Value:
    function = FUNCTIONS[node.function]
    values = [compute(argument, columns) for argument in node.arguments]
    if any(parameter.same for parameter in function.parameters):
        values = _unify(node, function, values)
    literals = [function.parameter(place).literal for place in range(len(values))]
    if not any(literals):
        return _apply(function.compute, *values)
    fixed = values[literals.index(True) :]
    return _apply(lambda *vectors: function.compute(*vectors, *fixed), *values[: len(values) - len(fixed)])


def _unify(node: Call, function: Function, values: list[Value]) -> list[Value]:
    """A "" among numbers becomes a missing number."""
    same = [function.parameter(place).same for place in range(len(values))]
    if all(type_of(value) is not Type.NUMBER for value, unified in zip(values, same, strict=True) if unified):
        return values
    return [
        np.nan if unified and is_missing_literal(argument) else value
        for value, unified, argument in zip(values, same, node.arguments, strict=True)
    ]
