"""For which records an expression makes use of each of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cdisc_conv.expr.evaluator import compute
from cdisc_conv.expr.nodes import Call, Comparison, Name, Node, children, is_missing_literal
from cdisc_conv.expr.vectors import Vector, is_missing, lift

Mask = Any
"""Records: one truth value each, or one for all."""


def find_reads(node: Node, columns: Mapping[str, Vector] | None = None) -> dict[str, Mask]:
    """The records whose value of each column the expression uses; `columns` holds a vector per name.

    ``if(TLNODAL == "Y", TLSAXIS, TLLDIAM)`` uses TLSAXIS of the records that are nodes, and ``coalesce(A, B)`` uses B
    where A is missing. Asking whether a column is missing uses no value of it. Without `columns` every branch counts.
    """
    found: dict[str, Mask] = {}
    _visit(node, True, dict(columns) if columns is not None else None, found)
    return found


def _visit(node: Node, mask: Mask, columns: dict[str, Vector] | None, found: dict[str, Mask]) -> None:
    match node:
        case Name(name):
            found[name] = np.logical_or(found.get(name, False), mask)
        case Comparison(_, left, right) if is_missing_literal(left) or is_missing_literal(right):
            _visit_question(right if is_missing_literal(left) else left, mask, columns, found)
        case Call("missing", (argument,)):
            _visit_question(argument, mask, columns, found)
        case Call("if", (condition, yes, no)) if columns is not None:
            _visit(condition, mask, columns, found)
            met = np.asarray(compute(condition, columns), dtype=bool)
            _visit(yes, mask & met, columns, found)
            _visit(no, mask & ~met, columns, found)
        case Call("coalesce", arguments) if columns is not None:
            for argument in arguments:
                _visit(argument, mask, columns, found)
                mask = mask & _is_missing(compute(argument, columns))
        case _:
            for child in children(node):
                _visit(child, mask, columns, found)


def _visit_question(node: Node, mask: Mask, columns: dict[str, Vector] | None, found: dict[str, Mask]) -> None:
    """What stands in a question whether it is missing: no use of a column itself, but of what a function takes."""
    if not isinstance(node, Name):
        _visit(node, mask, columns, found)


def _is_missing(value: Any) -> Mask:
    vector = lift(value)
    missing = is_missing(vector)
    return missing if vector is value else bool(missing[0])
