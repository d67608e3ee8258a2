"""Dates that decide whether intervals are merged, and cannot be read."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc_conv.columns.dates.parse import parse_dates
from cdisc_conv.columns.distinct import Distinct, find_distinct
from cdisc_conv.columns.moments import read_written
from cdisc_conv.columns.rows import take_rows
from cdisc_conv.columns.texts import find_texts, is_number
from cdisc_conv.derivations.dates.collected import choose_formats
from cdisc_conv.derivations.evidence import SingleValues
from cdisc_conv.derivations.findings import MOST_FINDINGS, REST
from cdisc_conv.engine.derive.blocks import BlockRows
from cdisc_conv.engine.derive.reports import list_rows_behind
from cdisc_conv.engine.derive.state import State
from cdisc_conv.engine.plan.graph import RowSet
from cdisc_conv.findings import Finding
from cdisc_conv.problems import Place
from cdisc_conv.spec.model import Block, SourceKind


def report_merge_dates(state: State) -> None:
    """An error (DATE004) for each text that ``merge`` takes for a date and that is none.

    Its interval stays alone. A text that a derivation has reported as well is left to that.
    """
    for (dataset, number), rows in state.blocks.items():
        if RowSet(dataset, number) in state.known.blocks:
            continue
        block = state.study.datasets[dataset].blocks[number]
        for name in dict.fromkeys((block.merge.start, block.merge.end)) if block.merge else ():
            _check(state, dataset, block, rows, name)


def _check(state: State, dataset: str, block: Block, rows: BlockRows, name: str) -> None:
    values, of_form = _read_column(rows, name), block.source.kind is SourceKind.FORM
    if is_number(values):
        return
    found, faults = _find_faults(state, values, of_form)
    there = np.flatnonzero(faults[found.codes])
    if not len(there):
        return
    bare, hint = name.removeprefix("raw."), f"'merge' reads it as {name}; correct it at the source"
    place = Place(form=block.source.name if of_form else "", field=bare if of_form else "", dataset=dataset)
    cause = "" if of_form or name in block.given_names else f"{block.source.table}.{bare}"

    def describe(text: str) -> tuple[str, str]:
        return f"'{text}' is not a date that can be read, so its interval is merged with no other", hint

    finding = Finding("DATE004", REST, place=place, cause=cause, most=MOST_FINDINGS, unless_known=True)
    rows_behind = list_rows_behind(state.study, dataset, block, rows.origins()[1][there])
    state.report(
        finding, rows_behind, there, {}, SingleValues(found.codes, found.values, faults, describe, MOST_FINDINGS)
    )


def _read_column(rows: BlockRows, name: str) -> pd.Series:
    """A name of the block for each source row behind its records."""
    if name in rows.behind:
        return rows.behind[name]
    return take_rows(rows.read_source(name.removeprefix("raw.")), rows.origins()[1])


def _find_faults(state: State, values: pd.Series, of_form: bool) -> tuple[Distinct, np.ndarray]:
    """The distinct texts, and which of them cannot be read as dates."""
    if not of_form:
        found = find_distinct(values)
        return found, read_written(found.values).parts.faults
    settings = state.study.settings
    formats = choose_formats(settings.get("date_formats") or (), "date", settings.get("date_pivot"))
    found = find_texts(values)
    return found, np.asarray(parse_dates(found.values, formats).fault != "")
