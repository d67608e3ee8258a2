"""What a transport file can hold: text of its encoding up to 200 bytes, and numbers that an IBM double can hold.

Whatever does not fit is changed as little as possible and reported with the original, so that one bad value neither
keeps a dataset from being written nor disappears silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.columns.stored import Edit, Frame, edit
from cdisc_conv.dataset import Column, Condition, Dataset, Item, Term, ValueLevel
from cdisc_conv.engine.describe.finer import meets_conditions
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity
from cdisc_conv.visible import replace_steering
from cdisc_conv.xpt.encodings import ASCII, ENCODINGS, cut, list_unwritable, measure
from cdisc_conv.xpt.ibm import LARGEST, SMALLEST
from cdisc_conv.xpt.problems import name_character
from cdisc_conv.xpt.transliteration import COMMON_MARKS, Transliteration, is_printable
from cdisc_conv.xpt.variables import LONGEST_TEXT

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAK = re.compile(r"[\t\n]")
UTF_8 = "utf-8"
REPLACEMENT = "?"
"""Stands for a character that the transport format does not have and that no map names."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """A text as it can be written."""

    written: str
    unmapped: tuple[str, ...] = ()
    """Characters that became `REPLACEMENT`."""
    cut: bool = False
    usual: bool = False
    """Whether it took marks that the study's map does not name."""


@dataclass(frozen=True, slots=True, eq=False)
class _Change:
    """One distinct value that is written otherwise, and the records (0-based) that have it."""

    original: str
    fit: _Fit
    rows: np.ndarray


class Alphabet:
    """What becomes of characters: first the map of study.yaml, then `COMMON_MARKS`, then `REPLACEMENT`.

    Both maps stand in for what the encoding does not have: what it can hold is written as it is.
    """

    def __init__(self, transliterate: Mapping[str, str], codec: str = ASCII) -> None:
        self.codec = codec
        self._said = Transliteration(_keep_needed(transliterate, codec))
        self._usual = Transliteration(_keep_needed(COMMON_MARKS, codec))
        self.touches_ascii = self._said.touches_ascii

    def fit(self, value: str) -> _Fit:
        """A value, label or code: text of the encoding, of at most 200 bytes."""
        said = self._said.apply(value)
        mapped = self._usual.apply(said) if list_unwritable(said, self.codec) else said
        unmapped = list_unwritable(mapped, self.codec)
        written = mapped.translate(dict.fromkeys(map(ord, unmapped), REPLACEMENT)).rstrip(" ")
        kept = cut(written, LONGEST_TEXT, self.codec)
        return _Fit(kept.rstrip(" "), unmapped, len(kept) < len(written), mapped != said)

    def measure_longest(self, series: pd.Series) -> int:
        """The bytes of the longest text of a column."""
        return _longest(series, self.codec)

    def fit_prose(self, text: str) -> str:
        """A text of define.xml alone: the values in it are spelled as the data are, other letters stay."""
        if text.isascii() and text.isprintable() and not self.touches_ascii:
            return text
        lines = (self._usual.apply(self._said.apply(line)) for line in text.split("\n"))
        return replace_steering(_NOT_XML.sub(REPLACEMENT, "\n".join(lines)), REPLACEMENT)

    def fit_name(self, text: str) -> str:
        """The same for a text of one line, such as the decode of a code: other letters stay, tabs do not."""
        return _BREAK.sub(REPLACEMENT, self.fit_prose(text))


def _keep_needed(replacements: Mapping[str, str], codec: str) -> dict[str, str]:
    """What a map says of texts that the encoding cannot write; and of ASCII, which it replaces for other reasons."""
    return {text: written for text, written in replacements.items() if text.isascii() or list_unwritable(text, codec)}


def fit_for_transport(
    datasets: Sequence[Dataset], transliterate: Mapping[str, str], encoding: str = "ASCII"
) -> tuple[list[Dataset], list[Problem]]:
    """The datasets with every value writable, and what was changed to get there.

    `transliterate` maps characters (or longer texts) that `encoding` cannot write to others; it is applied first, then
    `COMMON_MARKS`. Findings:
    FIT001 (note: values that a map changed), FIT002 (error: a character written as ``?``; one finding per distinct
    value, with the original), FIT003 (error: a value cut at 200 bytes, with the original), FIT004 (error: a number
    written as missing), FIT005 (error: longer than the length the mapping declares, written in full).

    The metadata follow: labels, codelists, where-clauses and method texts spell values as the data do, and lengths are
    bytes of the encoding of what is written.
    """
    alphabet = Alphabet(transliterate, ENCODINGS[encoding])
    problems: list[Problem] = []
    fitted = [_fit_dataset(dataset, alphabet, problems) for dataset in datasets]
    return _share_lengths(datasets, fitted, alphabet), problems


def _fit_dataset(dataset: Dataset, alphabet: Alphabet, problems: list[Problem]) -> Dataset:
    edits: dict[str, Edit] = {}
    columns: list[Column] = []
    for column in dataset.columns:
        series = dataset.frame[column.name]
        if column.numeric:
            if _fit_numbers(dataset, column.name, series, problems):
                edits[column.name] = _leave_out
        elif changes := _find_changes(series, alphabet):
            problems.extend(_describe_changes(dataset.name, column.name, changes))
            edits[column.name] = partial(_apply, {change.original: change.fit.written for change in changes})
            series = edits[column.name](series)
            column = _fit_lengths(column, dataset.frame, series, alphabet)
        elif alphabet.codec not in (ASCII, UTF_8) and not is_printable(_to_arrow(series)):
            column = _fit_lengths(column, dataset.frame, series, alphabet)  # so far in bytes of UTF-8
        problems.extend(_describe_label(column.label, alphabet, Place(dataset=dataset.name, variable=column.name)))
        column = _fit_column(column, alphabet)
        columns.append(
            column if column.numeric else _widen(dataset.name, column, alphabet.measure_longest(series), problems)
        )
    problems.extend(_describe_label(dataset.label, alphabet, Place(dataset=dataset.name)))
    fitted = replace(
        dataset,
        codec=UTF_8 if alphabet.codec == ASCII else alphabet.codec,
        label=alphabet.fit(dataset.label).written,
        structure=alphabet.fit_prose(dataset.structure),
        comment=alphabet.fit_prose(dataset.comment),
        columns=tuple(columns),
    )
    if not edits:
        return dataset if fitted == dataset else fitted
    return replace(fitted, frame=edit(dataset.frame, edits))


def fit_texts(value: Any, alphabet: Alphabet) -> Any:
    """A description (nested frozen dataclasses) with every text as define.xml can hold it.

    What a where-clause compares with is a value; names of files stay.
    """
    if isinstance(value, Condition):
        return _fit_condition(value, alphabet)
    if isinstance(value, str):
        return value if isinstance(value, StrEnum) else alphabet.fit_prose(value)
    if isinstance(value, tuple):
        return tuple(fit_texts(one, alphabet) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        kept = ("href", "dataset_folder", "stylesheet", "created", "context")
        inner = {one.name: getattr(value, one.name) for one in fields(value) if one.name not in kept}
        return replace(value, **{name: fit_texts(one, alphabet) for name, one in inner.items()})
    return value


def _find_changes(series: pd.Series, alphabet: Alphabet) -> list[_Change]:
    """The distinct values that cannot be written as they are. Looks at whole columns first: nearly all are clean."""
    values = _to_arrow(series)
    longest = pc.max(pc.binary_length(values)).as_py() or 0
    if is_printable(values) and longest <= LONGEST_TEXT and not alphabet.touches_ascii:
        return []
    codes, distinct = pd.factorize(series, use_na_sentinel=False)
    fits = {code: alphabet.fit(str(value)) for code, value in enumerate(distinct) if value == value}
    wrong = {
        code: fit
        for code, fit in fits.items()
        if fit.cut or fit.written != str(distinct[code]).rstrip(" ") or len(str(distinct[code])) > LONGEST_TEXT
    }
    if not wrong:
        return []
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(len(distinct) + 1))
    return [_Change(str(distinct[code]), fit, order[ends[code] : ends[code + 1]]) for code, fit in wrong.items()]


def _to_arrow(series: pd.Series) -> pa.LargeStringArray:
    values = pa.array(series, type=pa.large_string(), from_pandas=True)
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _apply(written: Mapping[str, str], series: pd.Series) -> pd.Series:
    """A column with some values as they are written."""
    codes, distinct = pd.factorize(series, use_na_sentinel=False)
    replaced = pd.Series([written.get(value, value) for value in distinct], dtype=series.dtype)
    return replaced.take(codes).reset_index(drop=True)


def _describe_changes(dataset: str, variable: str, changes: Sequence[_Change]) -> Iterator[Problem]:
    mapped = [change for change in changes if not change.fit.unmapped and not change.fit.cut]
    mapped = [change for change in mapped if change.fit.written != change.original.rstrip(" ")]
    for usual in (False, True):
        alike = [change for change in mapped if change.fit.usual is usual]
        if not alike:
            continue
        rows = np.sort(np.concatenate([change.rows for change in alike]))
        first, written = alike[0].original, alike[0].fit.written
        message = f"{_count(len(rows))} transliterated as study.yaml says, such as '{_shorten(first)}'"
        hint = ""
        if usual:
            message = f"{_count(len(rows))} transliterated, such as '{_shorten(first)}', written '{_shorten(written)}'"
            hint = "'transliterate' of study.yaml can say it otherwise"
        place = _place(dataset, variable, rows)
        yield Problem("FIT001", message, Severity.NOTE, place, hint, value=first, count=len(rows))
    for change in changes:
        place, count = _place(dataset, variable, change.rows), len(change.rows)
        if change.fit.unmapped:
            yield _describe_unmapped(f"'{_shorten(change.original)}'", change.original, change.fit, place, count)
        if change.fit.cut:
            message = f"a value is longer than {LONGEST_TEXT} bytes and was cut: '{_shorten(change.original)}'"
            hint = "split it into supplemental qualifiers (derivation 'split'); findings.json has the whole value"
            yield Problem("FIT003", message, Severity.ERROR, place, hint, change.original, count)


def _describe_label(label: str, alphabet: Alphabet, place: Place) -> Iterator[Problem]:
    fit = alphabet.fit(label)
    if fit.unmapped:
        yield _describe_unmapped(f"the label '{_shorten(label)}'", label, fit, place, 1)


def _describe_unmapped(what: str, original: str, fit: _Fit, place: Place, count: int) -> Problem:
    named = ", ".join(name_character(character) for character in fit.unmapped[:5])
    message = f"{what} has characters that a transport file cannot hold: {named}"
    hint = f"written as '{REPLACEMENT}'; name them in 'transliterate' of study.yaml"
    return Problem("FIT002", message, Severity.ERROR, place, hint, original, count)


def _find_unfit(series: pd.Series) -> np.ndarray:
    size = np.abs(series.to_numpy(dtype=float))
    with np.errstate(invalid="ignore"):
        return np.asarray(np.isinf(size) | (size > LARGEST) | ((size > 0) & (size < SMALLEST)))


def _leave_out(series: pd.Series) -> pd.Series:
    """A column of numbers without those that cannot be written."""
    return series.mask(_find_unfit(series))


def _fit_numbers(dataset: Dataset, name: str, series: pd.Series, problems: list[Problem]) -> bool:
    """Whether some numbers cannot be written, which is reported."""
    bad = _find_unfit(series)
    if not bad.any():
        return False
    rows = np.flatnonzero(bad)
    value = repr(float(series.iloc[rows[0]]))
    what = "1 number" if len(rows) == 1 else f"{len(rows)} numbers"
    message = f"{what} that a transport file cannot hold, such as {value}, written as missing"
    hint = f"magnitudes from {SMALLEST:.0e} to {LARGEST:.0e} fit: correct the derivation"
    problems.append(
        Problem("FIT004", message, Severity.ERROR, _place(dataset.name, name, rows), hint, value, len(rows))
    )
    return True


def _widen(dataset: str, column: Column, longest: int, problems: list[Problem]) -> Column:
    """The column with a length that holds its longest value, whatever the mapping declared."""
    if longest <= column.item.length:
        return column
    message = f"the declared length is {column.item.length}, but the longest value has {longest} bytes"
    hint = f"written with length {longest}; correct 'length' in the mapping"
    problems.append(Problem("FIT005", message, Severity.ERROR, Place(dataset=dataset, variable=column.name), hint))
    return replace(column, item=replace(column.item, length=longest))


def _longest(series: pd.Series, codec: str = UTF_8) -> int:
    values = _to_arrow(series)
    if codec not in (ASCII, UTF_8) and not is_printable(values):
        return max((measure(text, codec) for text in values.unique().to_pylist() if text), default=0)
    return int(pc.max(pc.binary_length(values)).as_py() or 0)


def _fit_lengths(column: Column, frame: Frame, written: pd.Series, alphabet: Alphabet) -> Column:
    """The column with the lengths of what is written, as a whole and under each of its where-clauses."""
    levels = []
    for level in column.value_level:
        if level.item.type == "text":
            found = alphabet.measure_longest(written[meets_conditions(level.conditions, frame)])
            level = replace(level, item=replace(level.item, length=max(1, found)))
        levels.append(level)
    item = replace(column.item, length=max(1, alphabet.measure_longest(written)))
    return replace(column, item=item, value_level=tuple(levels))


def _fit_column(column: Column, alphabet: Alphabet) -> Column:
    levels = tuple(_fit_level(level, alphabet) for level in column.value_level)
    return replace(
        column,
        label=alphabet.fit(column.label).written,
        item=_fit_item(column.item, alphabet),
        value_level=levels,
    )


def _fit_level(level: ValueLevel, alphabet: Alphabet) -> ValueLevel:
    conditions = tuple(_fit_condition(one, alphabet) for one in level.conditions)
    label = alphabet.fit_name(level.label)
    return replace(level, conditions=conditions, item=_fit_item(level.item, alphabet), label=label)


def _fit_condition(condition: Condition, alphabet: Alphabet) -> Condition:
    return replace(condition, values=tuple(dict.fromkeys(alphabet.fit(value).written for value in condition.values)))


def _fit_item(item: Item, alphabet: Alphabet) -> Item:
    codelist, origin = item.codelist, item.origin
    if codelist is not None:
        terms: dict[str, Term] = {}
        for term in codelist.terms:
            # Two terms that are written alike are one.
            written = alphabet.fit(term.value).written
            terms.setdefault(written, replace(term, value=written, decode=alphabet.fit_name(term.decode)))
        codelist = replace(
            codelist, terms=tuple(terms.values()), name=alphabet.fit_prose(codelist.name),
        )  # fmt: skip
    if origin is not None:
        origin = replace(origin, description=alphabet.fit_prose(origin.description))
    return replace(
        item,
        codelist=codelist,
        origin=origin,
        method=alphabet.fit_prose(item.method),
        comment=alphabet.fit_prose(item.comment),
    )


def _share_lengths(before: Sequence[Dataset], after: Sequence[Dataset], alphabet: Alphabet) -> list[Dataset]:
    """Variables whose length changed are as long as their longest value in any dataset; the others stay."""
    old_lengths: dict[str, int] = {}
    for old_dataset, new_dataset in zip(before, after, strict=True):
        for old, new in zip(old_dataset.columns, new_dataset.columns, strict=True):
            if old.item.length != new.item.length and new_dataset.shares_length(new):
                old_lengths[new.name] = max(old.item.length, old_lengths.get(new.name, 1))
    if not old_lengths:
        return list(after)
    lengths = {
        # A length beyond the longest value is one that the mapping declares: it stays.
        name: max(1, _longest_of(after, name, alphabet.codec), old if old > _longest_of(before, name) else 1)
        for name, old in old_lengths.items()
    }
    return [
        replace(
            dataset,
            columns=tuple(
                _with_length(column, lengths) if dataset.shares_length(column) else column for column in dataset.columns
            ),
        )
        for dataset in after
    ]


def _longest_of(datasets: Sequence[Dataset], name: str, codec: str = UTF_8) -> int:
    shared = [d for d in datasets for column in d.columns if column.name == name and d.shares_length(column)]
    return max(_longest(dataset.frame[name], codec) for dataset in shared)


def _with_length(column: Column, lengths: Mapping[str, int]) -> Column:
    if column.name not in lengths:
        return column
    return replace(column, item=replace(column.item, length=lengths[column.name]))


def _place(dataset: str, variable: str, rows: np.ndarray) -> Place:
    return Place(dataset=dataset, variable=variable, rows=tuple(int(row) + 1 for row in rows[:SHOWN_ROWS]))


def _count(values: int) -> str:
    return "1 value was" if values == 1 else f"{values:,} values were"


def _shorten(value: str) -> str:
    return value if len(value) <= 60 else value[:57] + "..."
