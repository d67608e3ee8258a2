"""By which variables records are matched: given, from define.xml, the standard's natural keys, or inferred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cdisc_conv.compare.datasets.codes import Codes, combine_codes, encode_rows, encode_values
from cdisc_conv.compare.rules import Rules
from cdisc_conv.datafiles.table import Table, is_missing
from cdisc_conv.problems import Problem, ProblemsError, did_you_mean

GIVEN, INFERRED = "given", "inferred"
_SAMPLE = 20_000
_MOST_TRIED = 40


@dataclass(frozen=True, slots=True)
class Keys:
    """Key variables and where they come from: ``given``, ``define.xml``, a standard, or ``inferred``."""

    variables: tuple[str, ...]
    origin: str


def choose_keys(
    base: Table, other: Table, given: Sequence[str], defined: Mapping[str, Sequence[str]], rules: Rules
) -> Keys:
    """The variables to match by, present on both sides.

    ``defined`` has keys from define.xml by their origin. Natural keys of a standard count when they are unique on both
    sides; else a minimal set that is unique is inferred.

    Raises ProblemsError (CMP011) for given keys that a side does not have.
    """
    if given:
        return Keys(_check_given(base, other, given), GIVEN)
    common = {name for name in base.names if name in other.columns}
    for origin, names in defined.items():
        if names and common.issuperset(names):
            return Keys(tuple(names), origin)
    for origin, names in _list_natural(base, other):
        present = tuple(name for name in names if name in common)
        if present and encode_rows(base, other, present, rules).unique:
            return Keys(present, origin)
    return Keys(infer_keys(base, other, rules), INFERRED)


def infer_keys(base: Table, other: Table, rules: Rules) -> tuple[str, ...]:
    """A minimal set of variables that is unique on both sides, or where there is none, one that is so as far as any.

    Variables whose values are the same on both sides are tried first, results (numbers with decimals) last; of these
    groups always the variable is added that makes most distinct combinations, and in the end each is left out again
    that is not needed. This is done on a sample; what is unique there is completed on the whole.
    """
    size = 5 * _SAMPLE
    groups = _rank_candidates(_cut(base, size), _cut(other, size), whole=max(base.rows, other.rows) <= size)
    sample = _Encoder(_cut(base, _SAMPLE), _cut(other, _SAMPLE), rules)
    chosen = _shrink(_grow([], groups, sample), sample)
    if max(base.rows, other.rows) > _SAMPLE:
        whole = _Encoder(base, other, rules)
        chosen = _shrink(_grow(chosen, [[name] for group in groups for name in group], whole), whole)
    return tuple(name for name in base.names if name in chosen)


def _check_given(base: Table, other: Table, given: Sequence[str]) -> tuple[str, ...]:
    problems = []
    for side, table in (("base", base), ("compare", other)):
        for name in given:
            if name not in table.columns:
                hint = did_you_mean(name, table.names) or f"the variables are {', '.join(table.names)}"
                message = f"key variable {name} is not in {side} {table.source}"
                problems.append(Problem("CMP011", message, hint=hint))
    if problems:
        raise ProblemsError(problems)
    return tuple(dict.fromkeys(given))


def _list_natural(base: Table, other: Table) -> list[tuple[str, tuple[str, ...]]]:
    from cdisc_conv.standards import load_standard

    name = (base.name or other.name).upper()
    sdtm, adam = load_standard("sdtmig", "3.4"), load_standard("adamig", "1.3")
    if name.startswith("SUPP") and len(name) > 4:
        name = "SUPPQUAL"
    found = [(f"natural keys of {one.label}", one.datasets[name].keys) for one in (sdtm, adam) if name in one.datasets]
    if not found and "PARAMCD" in base.columns and "BDS" in adam.datasets:
        found.append((f"natural keys of {adam.label}", adam.datasets["BDS"].keys))
    return found


def _cut(table: Table, rows: int) -> Table:
    return table.take(np.arange(rows)) if table.rows > rows else table


def _rank_candidates(base: Table, other: Table, whole: bool) -> list[list[str]]:
    """Groups of variables on both sides, the likeliest keys first. Values can only be matched where it is the whole."""
    groups: dict[tuple[bool, bool], list[tuple[int, str]]] = {}
    for name in [name for name in base.names if name in other.columns]:
        first, second = base.columns[name], other.columns[name]
        if is_missing(first) and is_missing(second):
            continue
        codes = encode_values(base, other, name, Rules())
        counts = codes.count_distinct()
        same = not whole or sum(counts) - codes.size >= 0.99 * max(counts)
        decimals = any(isinstance(one, np.ndarray) and bool((one % 1 > 0).any()) for one in (first, second))
        groups.setdefault((decimals, not same), []).append((-min(counts), name))
    found, left = [], _MOST_TRIED
    for _, group in sorted(groups.items()):
        found.append([name for _, name in sorted(group, key=lambda one: one[0])][:left])
        left -= len(found[-1])
    return found


class _Encoder:
    """Distinct combinations of variables of two tables; each variable is encoded once."""

    def __init__(self, base: Table, other: Table, rules: Rules) -> None:
        self._base, self._other, self._rules = base, other, rules
        self._parts: dict[str, Codes] = {}
        self._counts: dict[frozenset[str], int] = {}
        self.rows = base.rows + other.rows

    def count(self, names: Sequence[str]) -> int:
        """How many distinct combinations base has, plus how many other has."""
        key = frozenset(names)
        if key not in self._counts:
            for name in names:
                if name not in self._parts:
                    self._parts[name] = encode_values(self._base, self._other, name, self._rules)
            codes = combine_codes([self._parts[name] for name in names], self._base, self._other)
            self._counts[key] = sum(codes.count_distinct())
        return self._counts[key]


def _grow(chosen: Sequence[str], groups: Sequence[Sequence[str]], encoder: _Encoder) -> list[str]:
    """Add of each group in turn what makes most combinations, until there are as many as records."""
    found, reached = list(chosen), encoder.count(chosen)
    for group in groups:
        free = [name for name in group if name not in found]
        while free and reached < encoder.rows:
            counts = [encoder.count([*found, name]) for name in free]
            best = int(np.argmax(counts))
            if counts[best] <= reached:
                break
            reached = counts[best]
            found.append(free.pop(best))
    return found


def _shrink(chosen: Sequence[str], encoder: _Encoder) -> list[str]:
    """Leave out what is not needed, the latest first."""
    found = list(chosen)
    for name in reversed(chosen):
        rest = [other for other in found if other != name]
        if rest and encoder.count(rest) == encoder.count(found):
            found = rest
    return found
