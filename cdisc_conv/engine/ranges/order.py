"""One order for what ranges found, whichever of them found it first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from cdisc_conv.engine.account.lines import Account, Line
from cdisc_conv.engine.facts.datasets import Cell, DatasetFacts, LevelFacts
from cdisc_conv.engine.facts.facts import Facts
from cdisc_conv.spec.lint.comparisons import list_comparisons
from cdisc_conv.spec.model import Study

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

_ACCOUNTS = (
    Account.READ,
    Account.USED,
    Account.LOST,
    Account.LOOKED_UP,
    Account.NOT_MATCHED,
    Account.EXCLUDED,
)
"""The order of lines about rows; all others follow as they stand in `Account`."""


def order_facts(study: Study, facts: Facts) -> Facts:
    """The same facts in the order of the study: forms and columns as forms.yaml has them, values by their first row."""
    datasets = [*study.datasets]
    return replace(
        facts,
        datasets={name: _order_dataset(facts.datasets[name]) for name in datasets if name in facts.datasets},
        blocks=_sort(facts.blocks, lambda key, counts: (datasets.index(key[0]), key[1])),
        account=tuple(sorted(facts.account, key=_by_column(study, facts.account))),
        wrong_codes=_sort(
            facts.wrong_codes,
            lambda wrong, tally: (*_find(study, wrong.form, wrong.field), tally.rows, wrong.code, wrong.words),
        ),
        wrong_types=_sort(facts.wrong_types, lambda key, tally: (*_find(study, key[0], key[1]), tally.rows, key[2])),
        near_misses=_sort_near_misses(study, facts),
    )


def _order_dataset(facts: DatasetFacts) -> DatasetFacts:
    """Codes, and what is known of each, in the order of the codes."""

    def cells(key: tuple[Cell, ...]) -> tuple[tuple[bool, Cell], ...]:
        return tuple((cell is not None, "" if cell is None else cell) for cell in key)

    def order(level: LevelFacts) -> LevelFacts:
        items = _sort(level.items, lambda key, _: cells(key))
        return replace(level, items=items, pairs=_sort(level.pairs, lambda key, _: cells(key)))

    return replace(
        facts,
        codes=_sort(facts.codes, lambda code, _: code),
        levels={name: order(level) for name, level in facts.levels.items()},
        names={name: dict(sorted(codes.items())) for name, codes in facts.names.items()},
        full_texts=dict(sorted(facts.full_texts.items())),
    )


def _sort(found: Mapping[_Key, _Value], key: Callable[[Any, Any], Any]) -> dict[_Key, _Value]:
    return dict(sorted(found.items(), key=lambda item: key(*item)))


def _find(study: Study, form: str, field: str) -> tuple[int, int]:
    """The places of a form and of its column in forms.yaml."""
    return _place(study.forms, form), _place(study.forms[form].fields, field) if form in study.forms else 0


def _place(names: Iterable[str], name: str) -> int:
    return next((place for place, known in enumerate(names) if known == name), 1_000_000)


def _by_column(study: Study, lines: Sequence[Line]) -> Callable[[Line], Any]:
    """By form, and there by rows, datasets and columns, in the order in which these come first."""
    sources = {name: place for place, name in enumerate([*study.forms, *study.given])}
    columns: dict[tuple[str, str, str], int] = {}
    for line in lines:
        columns.setdefault((line.form, line.dataset, line.field), len(columns))
    accounts = {account: place for place, account in enumerate(dict.fromkeys([*_ACCOUNTS, *Account]))}

    def key(line: Line) -> Any:
        section = 2 if line.field else 1 if line.dataset else 0
        column = columns[line.form, line.dataset, line.field]
        return (sources[line.form], section, column, accounts[line.account], line.by)

    return key


def _sort_near_misses(study: Study, facts: Facts) -> Any:
    if not facts.near_misses:
        return facts.near_misses
    places: dict[tuple[str, str], int] = {}
    for comparison in list_comparisons(study):
        places.setdefault((comparison.table, comparison.reader), len(places))
    return _sort(
        facts.near_misses,
        lambda miss, tally: (places[miss.table, miss.reader], miss.column, tally.rows, miss.value, miss.text),
    )
