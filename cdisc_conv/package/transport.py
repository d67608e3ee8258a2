"""What a transport file can hold: printable ASCII up to 200 bytes, and numbers that an IBM double can hold.

Whatever does not fit is changed as little as possible and reported with the original, so that one bad value neither
keeps a dataset from being written nor disappears silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.dataset import Codelist, Column, Dataset, Item, ValueLevel
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity
from cdisc_conv.xpt.columns import Transliteration
from cdisc_conv.xpt.ibm import LARGEST, SMALLEST
from cdisc_conv.xpt.problems import name_character
from cdisc_conv.xpt.variables import LONGEST_TEXT

_NOT_PRINTABLE = re.compile(r"[^ -~]")
REPLACEMENT = "?"
"""Stands for a character that the transport format does not have and the transliteration map does not name."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """A text as it can be written."""

    written: str
    unmapped: tuple[str, ...]
    """Characters that became `REPLACEMENT`."""
    cut: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Change:
    """One distinct value that is written otherwise, and the records (0-based) that have it."""

    original: str
    fit: _Fit
    rows: np.ndarray


def fit_for_transport(
    datasets: Sequence[Dataset], transliterate: Mapping[str, str]
) -> tuple[list[Dataset], list[Problem]]:
    """The datasets with every value writable, and what was changed to get there.

    `transliterate` maps characters (or longer texts) to ASCII; it is applied first. Findings: FIT001 (note: values that
    the map changed), FIT002 (error: a character written as ``?``; one finding per distinct value, with the original),
    FIT003 (error: a value cut at 200 bytes, with the original), FIT004 (error: a number written as missing), FIT005
    (error: longer than the length the mapping declares, written in full). Codelists and lengths in the metadata follow.
    """
    table = Transliteration(transliterate)
    problems: list[Problem] = []
    fitted = [_fit_dataset(dataset, table, problems) for dataset in datasets]
    return _share_lengths(datasets, fitted), problems


def _fit_dataset(dataset: Dataset, table: Transliteration, problems: list[Problem]) -> Dataset:
    changed: dict[str, pd.Series] = {}
    columns: list[Column] = []
    for column in dataset.columns:
        series = dataset.frame[column.name]
        fitted = _fit_numbers(dataset, column.name, series, problems) if column.numeric else None
        if not column.numeric and (changes := _find_changes(series, table)):
            problems.extend(_describe_changes(dataset.name, column.name, changes))
            fitted = _apply(series, changes)
            column = _fit_column(column, table, fitted)
        if fitted is not None:
            changed[column.name] = fitted
        columns.append(_widen(dataset.name, column, changed.get(column.name, series), problems))
    if not changed and columns == list(dataset.columns):
        return dataset
    return replace(dataset, frame=dataset.frame.assign(**changed), columns=tuple(columns))


def _find_changes(series: pd.Series, table: Transliteration) -> list[_Change]:
    """The distinct values that cannot be written as they are. Looks at whole columns first: nearly all are clean."""
    values = pa.array(series, from_pandas=True)
    suspect = pc.or_(
        pc.match_substring_regex(values, _NOT_PRINTABLE.pattern), pc.greater(pc.binary_length(values), LONGEST_TEXT)
    )
    if not pc.any(suspect).as_py():
        return []
    rows = np.flatnonzero(np.asarray(suspect))
    codes, distinct = pd.factorize(series.take(rows), use_na_sentinel=False)
    by_value = np.split(rows[np.argsort(codes, kind="stable")], np.cumsum(np.bincount(codes))[:-1])
    return [
        _Change(str(value), _fit_text(str(value), table), found)
        for value, found in zip(distinct, by_value, strict=True)
    ]


def _fit_text(value: str, table: Transliteration) -> _Fit:
    mapped = table.apply(value)
    unmapped = tuple(dict.fromkeys(_NOT_PRINTABLE.findall(mapped)))
    written = _NOT_PRINTABLE.sub(REPLACEMENT, mapped)
    return _Fit(written[:LONGEST_TEXT].rstrip(), unmapped, len(written) > LONGEST_TEXT)


def _apply(series: pd.Series, changes: Sequence[_Change]) -> pd.Series:
    codes, distinct = pd.factorize(series, use_na_sentinel=False)
    written = {change.original: change.fit.written for change in changes}
    replaced = pd.Series([written.get(value, value) for value in distinct], dtype=series.dtype)
    return replaced.take(codes).reset_index(drop=True)


def _describe_changes(dataset: str, variable: str, changes: Sequence[_Change]) -> Iterator[Problem]:
    mapped = [change for change in changes if not change.fit.unmapped and not change.fit.cut]
    if mapped:
        rows = np.sort(np.concatenate([change.rows for change in mapped]))
        first = mapped[0].original
        message = f"{_count(len(rows))} transliterated as study.yaml says, such as '{_shorten(first)}'"
        yield Problem("FIT001", message, Severity.NOTE, _place(dataset, variable, rows), value=first, count=len(rows))
    for change in changes:
        place, count = _place(dataset, variable, change.rows), len(change.rows)
        if change.fit.unmapped:
            named = ", ".join(name_character(character) for character in change.fit.unmapped[:5])
            message = f"'{_shorten(change.original)}' has characters that a transport file cannot hold: {named}"
            hint = f"written as '{REPLACEMENT}'; name them in 'transliterate' of study.yaml"
            yield Problem("FIT002", message, Severity.ERROR, place, hint, change.original, count)
        if change.fit.cut:
            message = f"a value is longer than {LONGEST_TEXT} bytes and was cut: '{_shorten(change.original)}'"
            hint = "split it into supplemental qualifiers (derivation 'split'); findings.json has the whole value"
            yield Problem("FIT003", message, Severity.ERROR, place, hint, change.original, count)


def _fit_numbers(dataset: Dataset, name: str, series: pd.Series, problems: list[Problem]) -> pd.Series | None:
    numbers = series.to_numpy(dtype=float)
    size = np.abs(numbers)
    with np.errstate(invalid="ignore"):
        bad = np.isinf(numbers) | (size > LARGEST) | ((size > 0) & (size < SMALLEST))
    if not bad.any():
        return None
    rows = np.flatnonzero(bad)
    value = repr(float(numbers[rows[0]]))
    what = "1 number" if len(rows) == 1 else f"{len(rows)} numbers"
    message = f"{what} that a transport file cannot hold, such as {value}, written as missing"
    hint = f"magnitudes from {SMALLEST:.0e} to {LARGEST:.0e} fit: correct the derivation"
    problems.append(
        Problem("FIT004", message, Severity.ERROR, _place(dataset.name, name, rows), hint, value, len(rows))
    )
    return series.mask(bad)


def _widen(dataset: str, column: Column, series: pd.Series, problems: list[Problem]) -> Column:
    """The column with a length that holds its longest value, whatever the mapping declared."""
    longest = 0 if column.numeric else _longest(series)
    if longest <= column.item.length:
        return column
    message = f"the declared length is {column.item.length}, but the longest value has {longest} bytes"
    hint = f"written with length {longest}; mend 'length' in the mapping"
    problems.append(Problem("FIT005", message, Severity.ERROR, Place(dataset=dataset, variable=column.name), hint))
    return replace(column, item=replace(column.item, length=longest))


def _longest(series: pd.Series) -> int:
    lengths = pc.max(pc.binary_length(pa.array(series, from_pandas=True))).as_py()
    return int(lengths or 0)


def _fit_column(column: Column, table: Transliteration, series: pd.Series) -> Column:
    item = _fit_item(column.item, table)
    levels = tuple(_fit_level(level, table) for level in column.value_level)
    return replace(column, item=replace(item, length=max(1, _longest(series))), value_level=levels)


def _fit_level(level: ValueLevel, table: Transliteration) -> ValueLevel:
    return replace(level, item=_fit_item(level.item, table))


def _fit_item(item: Item, table: Transliteration) -> Item:
    if item.codelist is None:
        return item
    terms = tuple(replace(term, value=_fit_text(term.value, table).written) for term in item.codelist.terms)
    codelist: Codelist = replace(item.codelist, terms=terms)
    return replace(item, codelist=codelist)


def _share_lengths(before: Sequence[Dataset], after: Sequence[Dataset]) -> list[Dataset]:
    """Variables whose length changed are as long as their longest value in any dataset; the others stay."""
    old_lengths: dict[str, int] = {}
    for old_dataset, new_dataset in zip(before, after, strict=True):
        for old, new in zip(old_dataset.columns, new_dataset.columns, strict=True):
            if old.item.length != new.item.length and not new.numeric:
                old_lengths[new.name] = max(old.item.length, old_lengths.get(new.name, 1))
    if not old_lengths:
        return list(after)
    lengths = {
        # A length beyond the longest value is one that the mapping declares: it stays.
        name: max(1, _longest_of(after, name), old if old > _longest_of(before, name) else 1)
        for name, old in old_lengths.items()
    }
    return [
        replace(dataset, columns=tuple(_with_length(column, lengths) for column in dataset.columns))
        for dataset in after
    ]


def _longest_of(datasets: Sequence[Dataset], name: str) -> int:
    return max(_longest(dataset.frame[name]) for dataset in datasets if name in dataset.frame)


def _with_length(column: Column, lengths: Mapping[str, int]) -> Column:
    if column.numeric or column.name not in lengths:
        return column
    return replace(column, item=replace(column.item, length=lengths[column.name]))


def _place(dataset: str, variable: str, rows: np.ndarray) -> Place:
    return Place(dataset=dataset, variable=variable, rows=tuple(int(row) + 1 for row in rows[:SHOWN_ROWS]))


def _count(values: int) -> str:
    return "1 value was" if values == 1 else f"{values:,} values were"


def _shorten(value: str) -> str:
    return value if len(value) <= 60 else value[:57] + "..."
