"""The operators of rules by name. An operator is asked a question and answers with one truth value per record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cdisc_conv.checks.core.data.study import Study
from cdisc_conv.checks.core.data.vectors import Mask, Value, Vector, constant
from cdisc_conv.checks.core.data.views import View
from cdisc_conv.checks.core.rule.model import PREFIX, Check, Reach
from cdisc_conv.docstrings import read_docstring


class MissingVariableError(LookupError):
    """A condition is about a variable that the records do not have."""


class NotAnswerableError(ValueError):
    """A condition cannot be answered; the message says what it lacks."""


@dataclass(frozen=True)
class Question:
    """One condition asked of the records of a view. ``prefix`` is what stands for ``--``."""

    check: Check
    view: View
    prefix: str
    study: Study | None = None

    @property
    def length(self) -> int:
        return self.view.length

    @property
    def target(self) -> Vector:
        """The variable that is asked about."""
        return self.column(self.check.name)

    @property
    def comparand(self) -> Vector:
        """What it is compared with: a column where there is one of that name, else the value as it stands."""
        value = self.filled(self.check.value)
        if not self.check.literal and isinstance(value, str):
            found = self.view.find(value)
            if found is not None:
                return found
        return constant(_to_value(value), self.length)

    @property
    def compares_columns(self) -> bool:
        """Whether the value names a column."""
        value = self.filled(self.check.value)
        return not self.check.literal and isinstance(value, str) and value in self.view

    def filled(self, value: Any) -> Any:
        """A name, or a list of them, with the prefix of the domain filled in."""
        if isinstance(value, str):
            return fill_prefix(value, self.prefix)
        return [self.filled(item) for item in value] if isinstance(value, list) else value

    def column(self, name: str) -> Vector:
        """The column of that name; MissingVariableError when there is none."""
        found = self.view.find(self.filled(name))
        if found is None:
            raise MissingVariableError(self.filled(name))
        return found

    def columns(self, names: Any, *, required: bool = True) -> list[Vector]:
        """The columns of those names; one whose every value is the same list of names stands for these."""
        wanted: list[str] = []
        for name in names if isinstance(names, list | tuple) else [names]:
            filled = self.filled(name)
            found = self.view.find(filled)
            value = found.values[0] if found is not None and found.single else None
            wanted += [str(item) for item in value] if isinstance(value, tuple) else [filled]
        there = [name for name in dict.fromkeys(wanted) if required or name in self.view]
        return [self.column(name) for name in there]

    def option(self, name: str, default: Any = None) -> Any:
        """Something said beside the operator and its value."""
        return self.check.options.get(name, default)

    def all(self, answer: bool) -> Mask:
        """The same answer for every record."""
        return np.full(self.length, answer)


Answer = Callable[[Question], Mask]


@dataclass(frozen=True)
class Operator:
    """An operator by name: how it is answered, how far it looks, and what it does in a line."""

    name: str
    answer: Answer
    reach: Reach
    grouped: bool = field(default=False)
    """Whether the variables that it groups by decide how far it looks."""

    @property
    def doc(self) -> str:
        return read_docstring(self.answer).strip().partition("\n")[0]


OPERATORS: dict[str, Operator] = {}


def operator(
    name: str, negation: str = "", *, reach: Reach = Reach.RECORD, grouped: bool = False
) -> Callable[[Answer], Answer]:
    """Register a function under `name`, and its opposite under `negation`."""

    def register(answer: Answer) -> Answer:
        _add(Operator(name, answer, reach, grouped))
        if negation:
            _add(Operator(negation, _negate(answer), reach, grouped))
        return answer

    return register


def _add(made: Operator) -> None:
    if made.name in OPERATORS:
        raise ValueError(f"there are two operators named {made.name}")
    OPERATORS[made.name] = made


def _negate(answer: Answer) -> Answer:
    def opposite(question: Question) -> Mask:
        return ~answer(question)

    opposite.__doc__ = f"Not: {answer.__doc__}"
    return opposite


def load_operators() -> dict[str, Operator]:
    """All operators by name."""
    import cdisc_conv.checks.core.operators  # noqa: F401  (registers them)

    return OPERATORS


def fill_prefix(name: str, prefix: str) -> str:
    """A name with what stands for ``--`` at its beginning.

    >>> fill_prefix("--STDTC", "AE"), fill_prefix("RELREC.**DECOD", "AE")
    ('AESTDTC', 'RELREC.**DECOD')
    """
    return prefix + name.removeprefix(PREFIX) if name.startswith(PREFIX) else name


def _to_value(value: Any) -> Value:
    if isinstance(value, list | tuple):
        return tuple(_to_value(item) for item in value)
    if isinstance(value, bool) or value is None:
        return value
    return float(value) if isinstance(value, int | float) else str(value)
