"""Records compared with each other: values that go together, keys that occur once, how many there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from cdisc_conv.checks.codes import Coded, combine, first_of
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import NotRunnableError, Table


class OneToOne(Parameters):
    """``first`` and ``second`` are variables."""

    first: str
    second: str


class OneToOneWithin(OneToOne):
    """``first`` and ``second`` are variables, ``within`` those that have to be equal for the two to be compared."""

    within: tuple[str, ...]


class OneValue(Parameters):
    """``of`` has one value per combination of ``per``; names in the rule's `optional` are left out where missing.

    ``without`` is a dataset that says it better: where it is there, nothing is asked.
    """

    of: str
    per: tuple[str, ...]
    without: str = ""


class Unique(Parameters):
    """``per`` are the variables whose combination occurs once; optional ones are left out where missing."""

    per: tuple[str, ...]


class Count(Parameters):
    """How many different values of ``of`` (records, when left out) there are per combination of ``per``."""

    per: tuple[str, ...]
    of: tuple[str, ...] = ()
    least: int = 0
    most: int | None = None


@register_check(OneToOne, reach="across", of_domain=True)
def check_one_to_one(scope: Scope) -> Iterator[Hits]:
    """Values of two variables that do not go together one to one; blanks are not looked at."""
    table, (first, second) = scope.table, (scope.parameters.first, scope.parameters.second)
    table.require(first, second)
    yield from _find_mismatched(scope, first, second)


@register_check(OneToOneWithin, reach="across", of_domain=True)
def check_one_to_one_within(scope: Scope) -> Iterator[Hits]:
    """Values of two variables that do not go together one to one within others; blanks are not looked at."""
    table, (first, second) = scope.table, (scope.parameters.first, scope.parameters.second)
    table.require(first, second, *scope.parameters.within)
    yield from _find_mismatched(scope, first, second, scope.parameters.within)


@register_check(OneValue, of_domain=True)
def check_one_value(scope: Scope) -> Iterator[Hits]:
    """Combinations of some variables under which another one has several values; blanks are not looked at."""
    if scope.parameters.without and scope.table.tables.find(scope.parameters.without):
        raise NotRunnableError(f"{scope.parameters.without} decides")
    per = _present(scope, scope.parameters.per)
    yield from find_several(scope, per, scope.parameters.of)


def _find_mismatched(scope: Scope, first: str, second: str, within: Sequence[str] = ()) -> Iterator[Hits]:
    """Values that do not go together one to one, each wrong pair once.

    A pair that is rare for both of its values is reported for the first. One that is rare only because a pair took its
    place which is itself the rarer one of its other value is not: of A-1, A-1 and B-1, where B-2 is right, B-1 is.
    """
    table = scope.table
    rows = np.flatnonzero(scope.mask & ~table.coded(first).blank & ~table.coded(second).blank)
    ours, theirs = (
        combine([table.coded(name).take(rows) for name in (one, *within)], len(rows)) for one in (first, second)
    )
    pairs, distinct = pd.factorize(ours * (int(theirs.max(initial=-1)) + 2) + theirs)
    place, counts = first_of(pairs, len(distinct)), np.bincount(pairs, minlength=len(distinct))
    keys = (ours[place], theirs[place])
    rarer = [_is_rarer(key, counts) for key in keys]
    led = [rare & other[_find_winners(key, rare)] for key, rare, other in zip(keys, rarer, rarer[::-1], strict=True)]
    reported = rarer[0] & ~led[0]
    skipped = [led[0], led[1] | reported]
    if not (reported | (rarer[1] & ~skipped[1])).any():
        skipped = [np.zeros_like(led[0]), np.zeros_like(led[1])]
    for one, other, skip in ((first, second, skipped[0]), (second, first, skipped[1])):
        left_out = np.zeros(table.length, dtype=bool)
        left_out[rows] = skip[pairs]
        yield from find_several(scope, [one, *within], other, left_out)


def _find_winners(keys: np.ndarray, rarer: np.ndarray) -> np.ndarray:
    """For each pair, the pair that is not the rarer one of its key."""
    winners = np.zeros(int(keys.max(initial=-1)) + 1, dtype="int64")
    winners[keys[~rarer]] = np.flatnonzero(~rarer)
    return np.asarray(winners[keys])


def find_several(scope: Scope, per: Sequence[str], of: str, left_out: np.ndarray | None = None) -> Iterator[Hits]:
    """A finding for each combination of `per` with more than one value of `of`, on the records of the rarer values but
    those `left_out` (bool).
    """
    table = scope.table
    table.require(*per, of)
    filled = scope.mask & ~table.coded(of).blank & ~table.coded(per[0]).blank
    rows = np.flatnonzero(filled)
    values = table.coded(of).take(rows)
    keys = combine([table.coded(name).take(rows) for name in per], len(rows))
    pairs, distinct = pd.factorize(keys * max(len(values.values), 1) + values.codes)
    first = first_of(pairs, len(distinct))
    pair_keys, counts = keys[first], np.bincount(pairs, minlength=len(distinct))
    told = _is_rarer(pair_keys, counts)[pairs]
    found = np.flatnonzero(told if left_out is None else told & ~left_out[rows])
    wrong, groups = rows[found], keys[found]

    def fill(row: int) -> dict[str, str]:
        members = np.flatnonzero(pair_keys == groups[np.searchsorted(wrong, row)])
        texts = [values.text(int(first[member])) for member in members[np.argsort(-counts[members], kind="stable")]]
        given = {name: table.text(name, row) for name in per}
        words = ", ".join(f"{name} {text}" for name, text in given.items())
        return {"value": "/".join(given.values()), "given": words, "of": of, "values": _list_texts(texts)}

    yield Hits(scope.variable or of, wrong, groups, fill)


def _is_rarer(keys: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Which pairs are not the one with most records of their key (the first of equals)."""
    order = np.lexsort([np.arange(len(keys)), -counts, keys])
    rarer = np.ones(len(keys), dtype=bool)
    rarer[order[np.flatnonzero(np.diff(keys[order], prepend=-1))]] = False
    return rarer


@register_check(Unique, of_domain=True)
def check_unique(scope: Scope) -> Iterator[Hits]:
    """Records that share a combination that should occur once; those with a blank first value are not looked at."""
    table = scope.table
    per = _present(scope, scope.parameters.per)
    rows = np.flatnonzero(scope.mask & ~table.coded(per[0]).blank)
    keys = combine([table.coded(name).take(rows) for name in per], len(rows))
    repeated = np.bincount(keys)[keys] > 1 if len(keys) else np.zeros(0, dtype=bool)
    yield Hits(scope.variable or per[-1], rows[repeated], words=lambda row: {"per": ", ".join(per)})


@register_check(Count)
def check_count(scope: Scope) -> Iterator[Hits]:
    """Combinations of some variables with too many or too few different values of others."""
    table, parameters = scope.table, scope.parameters
    per = _present(scope, parameters.per)
    rows = scope.rows
    keys = combine([table.coded(name).take(rows) for name in per], len(rows))
    keys, distinct = pd.factorize(keys)
    counts = _count_distinct([table.coded(name).take(rows) for name in parameters.of], keys, len(distinct))
    wrong = counts < parameters.least
    if parameters.most is not None:
        wrong |= counts > parameters.most
    first = first_of(keys, len(distinct))[wrong]
    order = np.argsort(first)
    places, found = first[order], counts[wrong][order]
    wrong_rows = rows[places]

    def words(row: int) -> dict[str, str]:
        number = str(found[np.searchsorted(wrong_rows, row)])
        return {"count": number, "value": number}

    yield Hits(scope.variable or per[-1], wrong_rows, found, words)


def _count_distinct(of: list[Coded], keys: np.ndarray, groups: int) -> np.ndarray:
    """How many different combinations each group has; its records when there is nothing to tell apart."""
    if not of:
        return np.bincount(keys, minlength=groups)
    values = combine(of, len(keys))
    _, distinct = pd.factorize(keys * (int(values.max(initial=0)) + 1) + values)
    owners = distinct // (int(values.max(initial=0)) + 1)
    return np.bincount(owners, minlength=groups)


def _present(scope: Scope, names: Sequence[str]) -> list[str]:
    """The names without those that are optional and not there; NotRunnableError for others that are not there."""
    present = [name for name in names if scope.table.has(name) or name not in scope.optional]
    scope.table.require(*present)
    return present


def _list_texts(texts: Sequence[str]) -> str:
    shown = ", ".join(f"'{text}'" for text in texts[:4])
    return f"{shown} and {len(texts) - 4} more" if len(texts) > 4 else shown


def keys_of(table: Table, names: Sequence[str]) -> list[Coded]:
    """Several columns by their distinct values; NotRunnableError when one is not there."""
    table.require(*names)
    return [table.coded(name) for name in names]
