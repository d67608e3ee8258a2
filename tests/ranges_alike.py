"""What a conversion gave, to be compared between one range of subjects and several."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cdisc_conv.engine.convert import Conversion
from cdisc_conv.engine.workers.here import Here
from cdisc_conv.engine.workers.task import Workers


@dataclass(frozen=True)
class Shuffled:
    """Ranges that `workers` make, all of them, before they are handed over in the order that `order` gives."""

    order: Callable[[int], Sequence[int]]
    """The numbers of the ranges, by how many there are."""
    workers: Workers = field(default_factory=Here)

    def map(self, task: Any, take: Any, count: int) -> Generator[tuple[int, Any], None, None]:
        made = dict(self.workers.map(task, take, count))
        yield from ((number, made[number]) for number in self.order(count))


def list_differences(one: Conversion, other: Conversion) -> list[str]:
    """Where two conversions differ: datasets with all that is known of them, findings and facts."""
    found = [*_compare(one.datasets, other.datasets, "datasets"), *_compare(one.beside, other.beside, "beside")]
    found += _compare(list(map(str, one.problems)), list(map(str, other.problems)), "findings")
    for name in ("datasets", "account", "blocks", "wrong_codes", "wrong_types", "near_misses"):
        found += _compare(getattr(one.facts, name), getattr(other.facts, name), name)
    return found


def _compare(one: object, other: object, what: str) -> Iterator[str]:
    if isinstance(one, pd.DataFrame) and isinstance(other, pd.DataFrame):
        if list(one) != list(other) or not all(_as_text(one[name]) == _as_text(other[name]) for name in one):
            yield f"{what}:\n{one}\n{other}"
    elif dataclasses.is_dataclass(one) and not isinstance(one, type):
        for field in dataclasses.fields(one):
            yield from _compare(getattr(one, field.name), getattr(other, field.name), f"{what}.{field.name}")
    elif isinstance(one, Mapping) and isinstance(other, Mapping):
        yield from _compare(list(one), list(other), f"{what} keys")
        for key in one.keys() & other.keys():
            yield from _compare(one[key], other[key], f"{what}[{key}]")
    elif isinstance(one, tuple | list) and isinstance(other, tuple | list) and len(one) == len(other):
        for place, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            yield from _compare(mine, theirs, f"{what}[{place}]")
    elif one != other:
        yield f"{what}: {one} | {other}"


def _as_text(column: pd.Series) -> list[str]:
    return [f"{column.dtype.kind} {value}" for value in column.tolist()] if len(column) else []
