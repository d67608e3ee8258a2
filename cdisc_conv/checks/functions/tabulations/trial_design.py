"""The trial's design: arms, elements, visits and summary parameters, in themselves and against the subjects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import model_validator

from cdisc_conv.checks.codes import combine, is_among, match_records
from cdisc_conv.checks.functions.general.common import by_value, whole
from cdisc_conv.checks.functions.general.groups import keys_of
from cdisc_conv.checks.functions.general.terminology import fold
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import NotRunnableError, Table
from cdisc_conv.columns.moments import read_moments
from cdisc_conv.columns.texts import text_column


class Names(Parameters):
    """``names`` are names of datasets, or of parameters of the trial summary."""

    names: tuple[str, ...]


class Agreement(Parameters):
    """``dataset`` and ``by``: the record of another dataset; ``of`` is the variable that has to be the same.

    ``there`` are the names of ``by`` in the other dataset, ``of_there`` that of ``of``, where they differ. Records of
    which the other dataset has none are not asked. ``finds``: an ``other`` value, or a ``blank``.
    """

    dataset: str
    by: tuple[str, ...]
    of: str
    there: tuple[str, ...] = ()
    of_there: str = ""
    finds: Literal["other", "blank"] = "other"

    @model_validator(mode="after")
    def _same_number(self) -> Agreement:
        if self.there and len(self.there) != len(self.by):
            raise ValueError("'there' names as many variables as 'by'")
        return self


class Ordered(Parameters):
    """``first`` and ``second`` are numeric variables of which neither falls while the other rises, within ``per``."""

    first: str
    second: str
    per: tuple[str, ...] = ()


@register_check(Names, reach="across")
def check_missing_datasets(scope: Scope) -> Iterator[Hits]:
    """Datasets that a study lacks; told once, of the first of its datasets."""
    tables = scope.table.tables
    if not tables.complete:
        raise NotRunnableError("only some datasets of the study were made")
    missing = [name for name in scope.parameters.names if not tables.of_domain(name)]
    if tables.is_first(scope.table) and missing:
        yield whole(value=", ".join(missing))


@register_check(Agreement)
def check_agrees_with(scope: Scope) -> Iterator[Hits]:
    """Values that no record of another dataset with the same keys has, or blanks where it has a value."""
    table, parameters = scope.table, scope.parameters
    if table.name == parameters.dataset:
        raise NotRunnableError(f"{table.name} is what the others are held against")
    other = table.tables.require(parameters.dataset)
    keys, there = keys_of(table, parameters.by), keys_of(other, parameters.there or parameters.by)
    own = table.coded(parameters.of)
    wanted = other.coded(parameters.of_there or parameters.of)
    asked = (
        scope.mask & (own.blank == (parameters.finds == "blank")) & ~np.logical_or.reduce([key.blank for key in keys])
    )
    known = is_among(keys, there)
    same = is_among([*keys, own], [*there, wanted])
    rows = np.flatnonzero(asked & known & ~same)
    found = match_records([key.take(rows) for key in keys], there)
    groups = combine([*(key.take(rows) for key in keys), own.take(rows)], len(rows))
    expected = dict(zip(rows.tolist(), found.tolist(), strict=True))
    yield Hits(
        scope.variable or parameters.of,
        rows,
        groups,
        lambda row: {
            "value": own.text(row),
            "expected": wanted.text(expected[row]) or "blank",
            "key": ", ".join(f"{name} {key.text(row)}" for name, key in zip(parameters.by, keys, strict=True)),
        },
    )


@register_check(Ordered, reach="across")
def check_rising_together(scope: Scope) -> Iterator[Hits]:
    """Records in which one number is higher than in the record before it, and the other one lower."""
    table, parameters = scope.table, scope.parameters
    first, second = table.numbers(parameters.first), table.numbers(parameters.second)
    per = combine([table.coded(name) for name in parameters.per], table.length)
    rows = np.flatnonzero(scope.mask & ~np.isnan(first) & ~np.isnan(second))
    order = rows[np.lexsort([second[rows], first[rows], per[rows]])]
    same = per[order][1:] == per[order][:-1]
    falls = same & (first[order][1:] > first[order][:-1]) & (second[order][1:] < second[order][:-1])
    yield Hits(scope.variable or parameters.second, np.sort(order[1:][falls]))


@register_check(reach="across")
def check_branches(scope: Scope) -> Iterator[Hits]:
    """Elements of TA after which arms part although TABRANCH says nothing, in any of these arms.

    Arms that share their first elements part at the last of them; that is where subjects are assigned.
    """
    table = scope.table
    table.require("ARMCD", "TAETORD", "ETCD", "TABRANCH")
    frame = pd.DataFrame(
        {
            "arm": [table.coded("ARMCD").texts[code] for code in table.coded("ARMCD").codes],
            "order": table.numbers("TAETORD"),
            "element": [table.coded("ETCD").texts[code] for code in table.coded("ETCD").codes],
            "branch": ~table.coded("TABRANCH").blank,
            "row": np.arange(table.length),
        }
    ).sort_values(["arm", "order"], kind="stable")
    paths: dict[tuple[str, ...], dict[str, list[tuple[int, bool]]]] = {}
    for _, arm in frame.groupby("arm", sort=False):
        elements = arm["element"].tolist()
        for place, (row, branch) in enumerate(zip(arm["row"], arm["branch"], strict=True)):
            following = elements[place + 1] if place + 1 < len(elements) else ""
            path = tuple(elements[: place + 1])
            paths.setdefault(path, {}).setdefault(following, []).append((int(row), bool(branch)))
    parted = [ways for ways in paths.values() if len(ways) > 1]
    silent = [ways for ways in parted if not any(branch for way in ways.values() for _, branch in way)]
    rows = sorted(row for ways in silent for way in ways.values() for row, _ in way)
    yield Hits("TABRANCH", np.array(rows, dtype="int64"))


@register_check(reach="subject")
def check_elements_of_arm(scope: Scope) -> Iterator[Hits]:
    """Elements of a subject that are not among those of the arm, where TA has the arm."""
    table = scope.table
    arms = table.tables.require("TA")
    own = keys_of(table, ("DM.ACTARMCD", "ETCD"))
    theirs = keys_of(arms, ("ARMCD", "ETCD"))
    known = is_among(own[:1], theirs[:1]) & is_among(own[1:], theirs[1:])
    wrong = scope.mask & ~own[0].blank & ~own[1].blank & known & ~is_among(own, theirs)
    rows = np.flatnonzero(wrong)
    yield Hits(
        "ETCD",
        rows,
        combine([column.take(rows) for column in own], len(rows)),
        lambda row: {"value": own[1].text(row), "arm": own[0].text(row)},
    )


@register_check(Names, reach="across")
def check_missing_parameters(scope: Scope) -> Iterator[Hits]:
    """Parameters that the trial summary lacks."""
    codes = set(scope.table.coded("TSPARMCD").texts)
    missing = [name for name in scope.parameters.names if name not in codes]
    if missing:
        yield whole("TSPARMCD", value=", ".join(missing))


@register_check()
def check_date_parameters(scope: Scope) -> Iterator[Hits]:
    """Values of parameters of dates (SSTDTC) that are no ISO 8601 dates."""
    table = scope.table
    codes, values = table.coded("TSPARMCD"), table.coded("TSVAL")
    dates = codes.spread(np.array([code.endswith("DTC") for code in codes.texts], dtype=bool))
    faults = read_moments(text_column(values.texts)).faults
    yield by_value("TSVAL", values, dates & values.spread(faults) & scope.mask, _name_parameter(table))


def _name_parameter(table: Table) -> Callable[[int], Mapping[str, str]]:
    codes = table.coded("TSPARMCD")
    return lambda row: {"code": codes.text(row)}


@register_check(reach="across")
def check_start_of_study(scope: Scope) -> Iterator[Hits]:
    """A start of the study (SSTDTC) after the first informed consent."""
    table = scope.table
    consent = table.tables.require("DM")
    consent.require("RFICDTC")
    dates = consent.moments("RFICDTC")
    known = dates.latest[~np.isnan(dates.latest)]
    if not len(known):
        raise NotRunnableError("DM has no date of informed consent")
    starts = table.moments("TSVAL")
    codes = table.coded("TSPARMCD")
    is_start = codes.spread(np.array([code == "SSTDTC" for code in codes.texts], dtype=bool))
    wrong = is_start & (starts.earliest > known.min())
    first = str(np.datetime64(int(known.min() // 86_400), "D"))
    yield Hits("TSVAL", np.flatnonzero(wrong & scope.mask), words=lambda row: {
        "value": table.text("TSVAL", row), "expected": first,
    })  # fmt: skip


@register_check(reach="across")
def check_treatment_given(scope: Scope) -> Iterator[Hits]:
    """Investigational treatments of the trial summary (TRT) that nobody received, by any treatment name of EX."""
    table = scope.table
    exposure = table.tables.require("EX")
    exposure.require("EXTRT")
    given = [fold(text) for text in exposure.coded("EXTRT").texts if text]
    if not given:
        raise NotRunnableError("EX has no treatments")
    codes, values = table.coded("TSPARMCD"), table.coded("TSVAL")
    planned = codes.spread(np.array([code == "TRT" for code in codes.texts], dtype=bool)) & ~values.blank
    words = [fold(text) for text in values.texts]
    unknown = np.array([not any(word in one or one in word for one in given) for word in words], dtype=bool)
    yield by_value("TSVAL", values, planned & values.spread(unknown) & scope.mask)
