"""Values that a condition passes over by a hair: ``Yes`` where the mapping asks for ``AEYN == "Y"``.

Of a column whose values forms.yaml declares, every other value is a finding anyway (`coded`). This is for the columns
without such a list, and for given datasets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from cdisc_conv.columns.distinct import TEXT, Distinct, find_distinct
from cdisc_conv.columns.stored import Frame
from cdisc_conv.columns.texts import trim_text
from cdisc_conv.engine.account.rows import name_dataset
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem, Severity, Tally
from cdisc_conv.spec.lint.codes import closed_values
from cdisc_conv.spec.lint.comparisons import Comparison, list_comparisons
from cdisc_conv.spec.model import Study
from cdisc_conv.spec.terms.codes import list_codes, reduce_text
from cdisc_conv.tables import TableId
from cdisc_conv.visible import show_hidden


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A value of a column, and the text that it is compared with and differs from in case, blanks or signs alone.

    Without a `text`, one of a given dataset that is not in the codelist of its variable.
    """

    table: TableId
    column: str
    value: str
    text: str
    reader: str


NearMisses = Mapping[NearMiss, Tally]


def find_near_misses(
    study: Study, forms: Mapping[str, Frame], given: Mapping[str, Frame], datasets: Collection[str]
) -> NearMisses:
    """The values of raw forms and given datasets that a condition of some datasets just misses, with their rows.

    A value that the same condition names as well is none: who writes ``in ("Y", "y")`` tells them apart knowingly.
    """
    columns: dict[tuple[str, str], Distinct] = {}
    found: dict[NearMiss, Tally] = {}
    for comparison in list_comparisons(study):
        if name_dataset(comparison.reader) not in datasets:
            continue
        table = comparison.table
        frame = forms.get(table.name) if table.is_form else given.get(table)
        for column in comparison.columns:
            if (
                frame is None
                or column not in frame
                or frame[column].dtype != TEXT
                or _is_declared(study, table, column)
            ):
                continue
            if (table, column) not in columns:
                columns[table, column] = find_distinct(trim_text(frame[column]))
            terms: Collection[str] = ()
            if table in study.given:
                standard = study.sdtm.standard.variable(study.given[table].standard, column)
                terms = closed_values(study.sdtm, standard)
            for miss, tally in _compare(comparison, column, columns[table, column], terms):
                found[miss] = tally
    return found


def _is_declared(study: Study, table: TableId, column: str) -> bool:
    form = study.forms.get(table.name) if table.is_form else None
    return form is not None and column in form.fields and bool(form.fields[column].values)


def _compare(
    comparison: Comparison, column: str, values: Distinct, terms: Collection[str]
) -> Iterator[tuple[NearMiss, Tally]]:
    meant = {reduced: text for text in comparison.texts if (reduced := reduce_text(text))}
    for number, value in enumerate(values.values.tolist()):
        text = meant.get(reduce_text(value)) if value not in comparison.texts else None
        if text is None and value and terms and value not in terms and value not in comparison.texts:
            text = ""
        if text is not None:
            rows = np.flatnonzero(values.codes == number)
            shown = tuple(int(row) + 1 for row in rows[:SHOWN_ROWS])
            yield NearMiss(comparison.table, column, value, text, comparison.reader), Tally(len(rows), shown)


def describe_near_misses(found: NearMisses) -> list[Problem]:
    """The findings: CODE003 (warning), one per value and the text it is compared with."""
    readers: dict[tuple[TableId, str, str, str], tuple[dict[str, None], Tally]] = {}
    near = {(miss.table, miss.column, miss.value) for miss in found if miss.text}
    for miss, tally in found.items():
        if not miss.text and (miss.table, miss.column, miss.value) in near:
            continue
        key = (miss.table, miss.column, miss.value, miss.text)
        readers.setdefault(key, ({}, tally))[0][miss.reader] = None
    return [_describe(*key, list_codes(sorted(names)), tally) for key, (names, tally) in readers.items()]


def _describe(table: TableId, column: str, value: str, text: str, readers: str, tally: Tally) -> Problem:
    if not text:
        message = f"'{show_hidden(value)}' in {column} of {table} is not in its codelist; read by {readers}"
        place = Place(dataset=table, variable=column, rows=tally.rows)
        return Problem("CODE003", message, Severity.WARNING, place, "correct the dataset", value, tally.count)
    form = table.name if table.is_form else ""
    message = f"'{show_hidden(value)}' in {column} of {table} is not the '{text}' that it is compared with by {readers}"
    hint = f"correct the {'export' if form else 'dataset'}, or let the condition name both"
    if form:
        place = Place(form=form, field=column, rows=tally.rows)
        hint = f"{hint}; with its 'values' in forms.yaml every code of {column} is checked"
    else:
        place = Place(dataset=table, variable=column, rows=tally.rows)
    return Problem("CODE003", message, Severity.WARNING, place, hint, value, tally.count)
