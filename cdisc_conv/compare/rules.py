"""What counts as a difference: tolerances and the options for text."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace

from cdisc_conv.problems import Problem, ProblemsError


@dataclass(frozen=True, slots=True)
class Rules:
    """How values are compared.

    Two numbers are equal when they differ by no more than the absolute tolerance, or by no more than the relative one
    times the larger magnitude, in decimal digits: 70.1 and 70.2 differ by 0.1. ``absolute`` and ``relative`` hold
    tolerances of single variables, ``""`` is for the others.
    """

    absolute: Mapping[str, float] = field(default_factory=dict)
    relative: Mapping[str, float] = field(default_factory=dict)
    trim: bool = True
    """Trailing blanks do not count, as in SAS."""
    ignore_case: bool = False
    blank_is_missing: bool = False
    """A null and an empty text are the same, even where both sides tell them apart."""
    order: bool = False
    """The order of rows and variables counts."""
    metadata: bool = True
    """Differences of labels, types, lengths and formats count."""

    def tolerance(self, variable: str) -> tuple[float, float]:
        """Absolute and relative tolerance of a variable."""
        return (
            self.absolute.get(variable, self.absolute.get("", 0.0)),
            self.relative.get(variable, self.relative.get("", 0.0)),
        )

    def tolerated(self) -> tuple[str, ...]:
        """The variables that have a tolerance of their own."""
        return tuple(name for name in dict.fromkeys((*self.absolute, *self.relative)) if name)

    def keep(self, names: Container[str]) -> Rules:
        """The same without tolerances of other variables."""
        kept = (
            {key: one for key, one in side.items() if not key or key in names}
            for side in (self.absolute, self.relative)
        )
        absolute, relative = kept
        return replace(self, absolute=absolute, relative=relative)


Tolerance = float | Mapping[str, float] | None


def read_tolerance(tolerance: Tolerance, name: str = "tolerance") -> dict[str, float]:
    """A tolerance for all variables, or by variable (``""`` for all others).

    Raises ProblemsError (CMP010) for what is not a number from 0.

    >>> read_tolerance(1e-9), read_tolerance({"AVAL": 0.01})
    ({'': 1e-09}, {'AVAL': 0.01})
    """
    given = {"": tolerance} if isinstance(tolerance, int | float) else dict(tolerance or {})
    wrong = [value for value in given.values() if not 0 <= value < float("inf")]
    if wrong:
        raise ProblemsError([Problem("CMP010", f"{name} is {wrong[0]}; expected a number from 0")])
    return {key: float(value) for key, value in given.items()}


def parse_tolerances(words: list[str], name: str = "--tolerance") -> dict[str, float]:
    """Tolerances as the command line has them: ``1e-9`` or ``AVAL=0.01``.

    >>> parse_tolerances(["1e-9", "AVAL=0.01"])
    {'': 1e-09, 'AVAL': 0.01}
    """
    found: dict[str, float] = {}
    for word in words:
        variable, _, number = word.rpartition("=")
        try:
            found[variable.strip()] = float(number)
        except ValueError:
            hint = "write a number such as 1e-9, or VARIABLE=0.01"
            raise ProblemsError([Problem("CMP010", f"{name} {word} is not a tolerance", hint=hint)]) from None
    return read_tolerance(found, name)
