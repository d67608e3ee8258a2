"""Forms on one row of which stand several records: AETERM_1, AETERM_2 ..."""

from __future__ import annotations

from collections.abc import Sequence

from cdisc_conv.draft.matching.columns import Item
from cdisc_conv.draft.reading.names import split_name


def split_repeats(items: Sequence[Item]) -> list[list[Item]]:
    """The items of each repeat, those without a number with the first; one list where nothing repeats.

    Names that differ in one number alone are repeats of one question. At least two questions have to repeat alike.
    """
    groups: dict[tuple[int, str], dict[tuple[str, ...], Item]] = {}
    for item in items:
        parts = split_name(item.name)
        for place, part in enumerate(parts):
            if part.isdigit():
                groups.setdefault((place, part), {})[(*parts[:place], "#", *parts[place + 1 :])] = item
                break
    places = {place for place, _ in groups}
    for place in sorted(places):
        numbers = sorted((number for at, number in groups if at == place), key=int)
        shared = set.intersection(*(set(groups[place, number]) for number in numbers))
        if len(numbers) > 1 and len(shared) > 1:
            numbered = {item.column for number in numbers for item in groups[place, number].values()}
            rest = [item for item in items if item.column not in numbered]
            first, *others = ([*groups[place, number].values()] for number in numbers)
            return [[*first, *rest], *others]
    return [list(items)]
