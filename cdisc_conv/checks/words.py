"""What is found, in words: one Problem per rule, dataset, variable and value, with counts and a few records by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from cdisc_conv.checks.codes import combine
from cdisc_conv.checks.findings import Finding, Records
from cdisc_conv.checks.load import fill_prefix
from cdisc_conv.checks.model import PLACEHOLDER, Hits, Rule
from cdisc_conv.checks.tables import SUBJECT, Table
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem

MOST_FINDINGS = 20
"""How many values of one rule, dataset and variable get a finding of their own; one more tells of the others."""

EXAMPLES = 3
"""How many records a finding tells by their keys."""


def describe_hits(rule: Rule, table: Table, hits: Iterable[Hits], keep: int = 0) -> list[Finding]:
    """The findings of one rule in one dataset, each with at most `keep` of its records."""
    rule = replace(
        rule,
        **{name: fill_prefix(getattr(rule, name), table.prefix) for name in ("message", "hint", "variable", "show")},
    )
    return [finding for item in hits for finding in _describe(rule, table, item, keep)]


def _describe(rule: Rule, table: Table, hits: Hits, keep: int) -> Iterator[Finding]:
    variable = hits.variable or rule.variable
    if hits.whole:
        words = dict(hits.words(-1))
        text = _fill(rule, table, words, -1)
        yield Finding(_problem(rule, text, Place(dataset=table.name, variable=variable), words, hits.count), text)
        return
    if not len(hits.rows):
        return
    order, starts = _split(rule, table, hits)
    bounds = [*starts.tolist(), len(order)]
    for number, (start, stop) in enumerate(pairwise(bounds)):
        if number == MOST_FINDINGS:
            yield _describe_rest(rule, table, hits, order[start:], len(starts) - number, keep)
            return
        rows = order[start:stop]
        words = dict(hits.words(int(rows[0])))
        text = _fill(rule, table, words, int(rows[0]))
        told = f"{text}; {_examples(rule, table, hits, rows)}"
        problem = _problem(rule, told, _place(table, variable, rows), words, len(rows))
        yield Finding(problem, text, _list_records(rule, table, variable, hits, rows[:keep]))


def _split(rule: Rule, table: Table, hits: Hits) -> tuple[np.ndarray, np.ndarray]:
    """The rows, those of one finding together, and where each finding begins; in the order of first rows."""
    names = [name for name in rule.placeholders if table.has(name)]
    codes = combine([table.coded(name).take(hits.rows) for name in names], len(hits.rows))
    if hits.groups is not None:
        codes = codes * (int(hits.groups.max()) + 1) + hits.groups
    codes, _ = pd.factorize(codes)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    return hits.rows[order], starts


def _describe_rest(rule: Rule, table: Table, hits: Hits, rows: np.ndarray, values: int, keep: int) -> Finding:
    rows = np.sort(rows)
    plural = "value" if values == 1 else "values"
    text = f"the same for {values:,} more {plural}; {_examples(rule, table, hits, rows)}"
    variable = hits.variable or rule.variable
    problem = _problem(rule, text, _place(table, variable, rows), {}, len(rows))
    return Finding(problem, "the same for more values", _list_records(rule, table, variable, hits, rows[:keep]))


def _list_records(rule: Rule, table: Table, variable: str, hits: Hits, rows: np.ndarray) -> Records:
    """The records with their subject, their keys, and the variables that the finding is about."""
    if not len(rows):
        return Records()
    wanted = dict.fromkeys((SUBJECT, *table.key_names, variable, *rule.placeholders, *rule.show))
    names = [name for name in wanted if name and table.has(name)]
    found = [tuple(table.text(name, int(row)) for name in names) for row in rows]
    if hits.details:
        names.append("")
        found = [(*values, hits.details(int(row))) for values, row in zip(found, rows, strict=True)]
    return Records(tuple((rows + 1).tolist()), tuple(names), tuple(found))


def _problem(rule: Rule, text: str, place: Place, words: Mapping[str, str], count: int) -> Problem:
    advice = PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), rule.hint)
    hint = " otherwise ".join(part for part in (words.get("hint", ""), advice) if part)
    return Problem(rule.id, text, rule.severity, place, hint, words.get("value", ""), count)


def _place(table: Table, variable: str, rows: np.ndarray) -> Place:
    return Place(dataset=table.name, variable=variable, rows=tuple((rows[:SHOWN_ROWS] + 1).tolist()))


def _fill(rule: Rule, table: Table, words: dict[str, str], row: int) -> str:
    """The message with its placeholders filled in; adds the values of variables to `words`."""
    named = [name for name in rule.placeholders if name not in words]
    for name in named:
        words[name] = table.text(name, row) or "blank"
    if named:
        words.setdefault("value", "/".join(words[name] for name in named))
    return PLACEHOLDER.sub(lambda found: words[found[1]], rule.message)


def _examples(rule: Rule, table: Table, hits: Hits, rows: np.ndarray) -> str:
    """How many records, and the first few by subject and key, with the values the rule shows."""
    shown = [_name_record(rule, table, hits, int(row)) for row in rows[:EXAMPLES]]
    rest = f"; and {len(rows) - EXAMPLES:,} more" if len(rows) > EXAMPLES else ""
    return f"{len(rows):,} {'record' if len(rows) == 1 else 'records'}: {'; '.join(shown)}{rest}"


def _name_record(rule: Rule, table: Table, hits: Hits, row: int) -> str:
    subject = [f"subject {table.text(SUBJECT, row) or 'blank'}"] if table.has(SUBJECT) else []
    keys = [f"{name} {table.text(name, row) or 'blank'}" for name in table.key_names]
    values = [f"{name} {table.text(name, row) or 'blank'}" for name in rule.show if table.has(name)]
    values += [hits.details(row)] if hits.details else []
    name = " ".join([*subject, *keys]) or f"record {row + 1}"
    return f"{name} ({', '.join(values)})" if values else name
