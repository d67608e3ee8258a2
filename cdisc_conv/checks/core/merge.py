"""What a rule found in a dataset, from what it found in ranges of its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from cdisc_conv.checks.core.data.vectors import Vector, group_rows, to_text
from cdisc_conv.checks.core.data.views import Column, View, join_views
from cdisc_conv.checks.core.evaluate import Hits, find_names
from cdisc_conv.checks.core.rule.model import Sensitivity


def cut_hits(hits: Hits) -> Hits:
    """The same with nothing but the records that were found, and of these what is reported."""
    wanted = dict.fromkeys((*hits.names, *_list_grouping(hits)))
    columns: dict[str, Column] = {
        name: _cut_values(vector.take(hits.rows)) for name in wanted if (vector := hits.view.find(name)) is not None
    }
    view = View(columns, _cut_values(hits.view.datasets.take(hits.rows)), hits.view.rows[hits.rows])
    return replace(hits, view=view, rows=np.arange(view.length))


def merge_hits(parts: Sequence[Hits], places: Mapping[str, int]) -> Hits:
    """What was found in all ranges, in the order of the datasets (`places`) and of their records.

    What a rule says of groups of records is said of the first record of each.
    """
    view = join_views([part.view for part in parts])
    found = view.datasets
    order = np.array([places.get(to_text(value), len(places)) for value in found.values], dtype="int64")
    view = view.take(np.lexsort((view.rows, found.spread(order))))
    rows = np.arange(view.length)
    first = parts[0]
    hits = replace(first, view=view, rows=rows, names=find_names(first.rule, view, first.prefix, rows))
    return _first_of_groups(hits)


def _cut_values(vector: Vector) -> Vector:
    """The same without the distinct values that none of the records has."""
    codes, places = np.unique(vector.codes, return_inverse=True)
    return Vector(places.astype("int64"), tuple(vector.values[code] for code in codes.tolist()))


def _list_grouping(hits: Hits) -> tuple[str, ...]:
    """The variables whose values make a group, of findings that are about groups."""
    if hits.rule.sensitivity is not Sensitivity.GROUP:
        return ()
    return tuple(name.replace("--", hits.prefix) for name in hits.rule.grouping)


def _first_of_groups(hits: Hits) -> Hits:
    """Of findings that are about groups of records, the first record of each."""
    names = _list_grouping(hits)
    if not names:
        return hits
    columns = [vector for name in names if (vector := hits.view.find(name)) is not None]
    groups = group_rows(columns, hits.view.length)
    first = np.sort(np.unique(groups, return_index=True)[1])
    return replace(hits, rows=hits.rows[first], names=tuple(dict.fromkeys((*hits.names, *names))))
