"""Conditions of methods worked out on the columns of a dataset."""

from __future__ import annotations

import numpy as np

from cdisc_conv.checks.codes import Coded
from cdisc_conv.checks.define.columns import Columns
from cdisc_conv.expr import Type, parse
from cdisc_conv.expr.vectors import Vector
from cdisc_conv.problems import ProblemsError


def evaluate(columns: Columns, condition: str, needed: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray] | None:
    """Which records meet a condition, and of which that is certain; None where types do not go together."""
    try:
        expression = parse(condition)
        if expression.check(lambda name: _type_of(_coded(columns, name)), Type.BOOLEAN)[1]:
            return None
        met = expression.evaluate(lambda name: _vector(columns, name), columns.length).to_numpy(dtype=bool)
    except ProblemsError:
        return None
    known = np.ones(columns.length, dtype=bool)
    for name in needed:
        known &= ~_coded(columns, name).blank
        if f"{own_name(name, columns)}F" in columns.dataset.frame:  # an imputed date stands for several
            known &= columns.coded(f"{own_name(name, columns)}F").blank
    return met, known


def find_flagged(columns: Columns, name: str) -> np.ndarray:
    """Which records have a flag (bool)."""
    flags = columns.coded(name)
    return flags.spread(np.array([text == "Y" for text in flags.texts], dtype=bool))


def own_name(name: str, columns: Columns) -> str:
    """The name of a variable of the dataset itself without the dataset."""
    return name.removeprefix(f"{columns.name}.")


def _coded(columns: Columns, name: str) -> Coded:
    return columns.coded(own_name(name, columns))


def _type_of(coded: Coded) -> Type:
    return Type.NUMBER if isinstance(coded.values, np.ndarray) else Type.TEXT


def _vector(columns: Columns, name: str) -> Vector:
    coded = _coded(columns, name)
    if isinstance(coded.values, np.ndarray):
        return coded.spread(coded.values)
    return coded.values.take(coded.codes)
