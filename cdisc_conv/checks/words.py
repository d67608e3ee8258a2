"""What is found, in words: one Problem per rule, dataset, variable and value, with counts and a few records by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from cdisc_conv.checks.codes import combine
from cdisc_conv.checks.findings import Finding, Records
from cdisc_conv.checks.load import fill_prefix
from cdisc_conv.checks.model import PLACEHOLDER, Hits, Rule
from cdisc_conv.checks.tables import SUBJECT, Table
from cdisc_conv.checks.told import Cause, Findings, Told, merge_told, sum_told
from cdisc_conv.problems import SHOWN_ROWS, Place, Problem

MOST_FINDINGS = 20
"""How many values of one rule, dataset and variable get a finding of their own; one more tells of the others."""

EXAMPLES = 3
"""How many records a finding tells by their keys."""


def tell_hits(rule: Rule, table: Table, hits: Iterable[Hits], keep: int = 0) -> Findings:
    """What one rule found in one dataset, or in a range of its records; at most `keep` records of each finding."""
    rule = _fill_rule(rule, table)
    return merge_told(
        {cause: replace(told, at=place)}
        for place, item in enumerate(hits)
        for cause, told in _tell(rule, table, item, keep)
    )


def describe_told(rule: Rule, table: Table, found: Findings, keep: int = 0) -> list[Finding]:
    """The findings of one rule in one dataset, each with at most `keep` of its records."""
    rule = _fill_rule(rule, table)
    findings: list[Finding] = []
    variables: dict[str, list[tuple[Cause, Told]]] = {}
    places = {name: place for place, name in enumerate(table.names)}
    for cause, told in found.items():
        variables.setdefault(cause.variable, []).append((cause, told.cut(SHOWN_ROWS, EXAMPLES, keep)))
    order = {name: min(told.at for _, told in causes) for name, causes in variables.items()}
    for variable in sorted(variables, key=lambda name: (order[name], places.get(name, len(places)), name)):
        causes = sorted(variables[variable], key=lambda item: (item[1].at, item[1].rows[:1], item[0].text))
        shown = [item for item in causes if item[0].whole]
        apart = [item for item in causes if not item[0].whole]
        shown += apart[:MOST_FINDINGS]
        if rest := apart[MOST_FINDINGS:]:
            plural = "value" if len(rest) == 1 else "values"
            cause = Cause(variable, f"the same for {len(rest):,} more {plural}", rest=True)
            told = sum_told([told for _, told in rest]).cut(SHOWN_ROWS, EXAMPLES, keep)
            shown.append((cause, replace(told, hint=_advise(rule, {}))))
        findings += [_describe(rule, table, cause, told) for cause, told in shown]
    return findings


def _fill_rule(rule: Rule, table: Table) -> Rule:
    named = {name: fill_prefix(getattr(rule, name), table.prefix) for name in ("message", "hint", "variable", "show")}
    return replace(rule, **named)


def _tell(rule: Rule, table: Table, hits: Hits, keep: int) -> Iterator[tuple[Cause, Told]]:
    variable = hits.variable or rule.variable
    if hits.whole:
        words = dict(hits.words(-1))
        text = _fill(rule, table, words, -1)
        cause = Cause(variable, text, words.get("value", ""), whole=True)
        yield cause, Told(hits.count, hint=_advise(rule, words))
        return
    if not len(hits.rows):
        return
    names = _list_names(rule, table, variable)
    columns = (*names, "") if hits.details else names
    order, starts = _split(rule, table, hits)
    for start, stop in pairwise([*starts.tolist(), len(order)]):
        rows = order[start:stop]
        words = dict(hits.words(int(rows[0])))
        text = _fill(rule, table, words, int(rows[0]))
        numbers = table.numbers_of(rows[: max(SHOWN_ROWS, keep)])
        records = zip(numbers[:keep], (_list_values(table, hits, names, int(row)) for row in rows[:keep]), strict=True)
        shown = zip(numbers, (_name_record(rule, table, hits, int(row)) for row in rows[:EXAMPLES]), strict=False)
        yield (
            Cause(variable, text, words.get("value", "")),
            Told(
                len(rows),
                numbers[:SHOWN_ROWS],
                tuple(shown),
                columns if keep else (),
                tuple(records),
                _advise(rule, words),
            ),
        )


def _describe(rule: Rule, table: Table, cause: Cause, told: Told) -> Finding:
    if cause.whole:
        place = Place(dataset=table.name, variable=cause.variable)
        return Finding(_problem(rule, cause, cause.text, place, told), cause.text)
    rest = f"; and {told.count - EXAMPLES:,} more" if told.count > EXAMPLES else ""
    shown = "; ".join(text for _, text in told.examples)
    examples = f"{told.count:,} {'record' if told.count == 1 else 'records'}: {shown}{rest}"
    place = Place(dataset=table.name, variable=cause.variable, rows=told.rows)
    problem = _problem(rule, cause, f"{cause.text}; {examples}", place, told)
    records = Records(tuple(row for row, _ in told.records), told.names, tuple(values for _, values in told.records))
    text = "the same for more values" if cause.rest else cause.text
    return Finding(problem, text, records if told.records else Records())


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


def _list_names(rule: Rule, table: Table, variable: str) -> tuple[str, ...]:
    """What a report shows of a record: subject, keys, and the variables that the finding is about."""
    wanted = dict.fromkeys((SUBJECT, *table.key_names, variable, *rule.placeholders, *rule.show))
    return tuple(name for name in wanted if name and table.has(name))


def _list_values(table: Table, hits: Hits, names: Sequence[str], row: int) -> tuple[str, ...]:
    values = tuple(table.text(name, row) for name in names)
    return (*values, hits.details(row)) if hits.details else values


def _problem(rule: Rule, cause: Cause, text: str, place: Place, told: Told) -> Problem:
    return Problem(rule.id, text, rule.severity, place, told.hint, cause.value, told.count)


def _advise(rule: Rule, words: Mapping[str, str]) -> str:
    """The hint of the check, and that of the rule."""
    advice = PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), rule.hint)
    return " otherwise ".join(part for part in (words.get("hint", ""), advice) if part)


def _fill(rule: Rule, table: Table, words: dict[str, str], row: int) -> str:
    """The message with its placeholders filled in; adds the values of variables to `words`."""
    named = [name for name in rule.placeholders if name not in words]
    for name in named:
        words[name] = table.text(name, row) or "blank"
    if named:
        words.setdefault("value", "/".join(words[name] for name in named))
    return PLACEHOLDER.sub(lambda found: words[found[1]], rule.message)


def _name_record(rule: Rule, table: Table, hits: Hits, row: int) -> str:
    subject = [f"subject {table.text(SUBJECT, row) or 'blank'}"] if table.has(SUBJECT) else []
    keys = [f"{name} {table.text(name, row) or 'blank'}" for name in table.key_names]
    values = [f"{name} {table.text(name, row) or 'blank'}" for name in rule.show if table.has(name)]
    values += [hits.details(row)] if hits.details else []
    name = " ".join([*subject, *keys]) or f"record {table.numbers_of(np.array([row]))[0]}"
    return f"{name} ({', '.join(values)})" if values else name
