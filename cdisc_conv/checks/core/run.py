"""CDISC's rules asked of a package."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cdisc_conv.checks.core.data.library import Library, from_standard
from cdisc_conv.checks.core.data.study import File, Study, Table
from cdisc_conv.checks.core.data.vectors import group_rows
from cdisc_conv.checks.core.evaluate import Hits, ask_rule
from cdisc_conv.checks.core.operators.registry import MissingVariableError, NotAnswerableError
from cdisc_conv.checks.core.rule.model import CoreRule, Sensitivity
from cdisc_conv.checks.core.rule.support import list_unknown_options
from cdisc_conv.checks.core.scope import is_asked
from cdisc_conv.dataset import Dataset
from cdisc_conv.standards import Standard, Terminology

CANNOT_RUN = "the rule asks what cannot be worked out"
"""Of a rule whose author's words make no sense, or that we misread; the other rules are asked all the same."""
_REASONS = 3
"""How many reasons why a rule could not be asked are listed."""


@dataclass(frozen=True)
class CoreReport:
    """What rules found, which of them were asked of at least one dataset, and why the others were not.

    `unasked` names, for rules that were asked, the datasets that could not answer, and why.
    """

    hits: tuple[Hits, ...]
    run: tuple[str, ...]
    not_run: Mapping[str, str]
    unasked: Mapping[str, Mapping[str, str]]
    standard: str = ""


def make_study(
    datasets: Sequence[Dataset],
    standard: Standard | Library,
    terminologies: Iterable[Terminology] = (),
    *,
    files: Mapping[str, File] | None = None,
    define: Any = None,
    dictionaries: Mapping[str, Any] | None = None,
    beside: Sequence[Dataset] = (),
) -> Study:
    """The datasets of a package as rules see them.

    `standard` is the implementation guide, `terminologies` are the study's own first. `files` names the file and size
    of each dataset; without it, ``ae.xpt`` is AE's. `beside` are datasets that are only looked into, such as those of
    SDTM behind analysis datasets.
    """
    library = standard if isinstance(standard, Library) else from_standard(standard)
    files = files or {}
    return Study(
        tables=tuple(Table(dataset, files.get(dataset.name)) for dataset in (*datasets, *beside)),
        library=library,
        standard=library.name.casefold(),
        version=library.version,
        terminologies={_name_package(each): each for each in terminologies},
        define=define,
        dictionaries=dictionaries or {},
        beside=frozenset(dataset.name.upper() for dataset in beside),
    )


def _name_package(package: Terminology) -> str:
    return f"{package.publishing_set.casefold()}ct-{package.version}"


def run_core(
    study: Study, rules: Iterable[CoreRule], progress: Callable[[str], None] = lambda rule: None
) -> CoreReport:
    """Asks rules of all datasets that they are about.

    A rule of which one condition lacks its variable says nothing of that dataset; a rule that no dataset could answer
    is in `not_run` with the reason. `progress` gets the id of each rule before it runs.
    """
    hits: list[Hits] = []
    run: list[str] = []
    not_run: dict[str, str] = {}
    unasked: dict[str, dict[str, str]] = {}
    for rule in rules:
        progress(rule.id)
        if unknown := list_unknown_options(rule):
            not_run[rule.id] = f"cdisc-conv does not know {', '.join(unknown)}"
            continue
        found, asked, reasons = _run_rule(rule, study)
        hits += found
        if asked:
            run.append(rule.id)
        else:
            not_run[rule.id] = _join(reasons.values()) or "none of the datasets it is about is there"
        if reasons:
            unasked[rule.id] = reasons
    return CoreReport(tuple(hits), tuple(run), not_run, unasked, study.standard)


def _join(reasons: Iterable[str]) -> str:
    """The first reasons, and how many more there are; a dataset that is missing explains more than variables do."""
    distinct = sorted(dict.fromkeys(reasons), key=lambda reason: not reason.startswith("there is no"))
    rest = len(distinct) - _REASONS
    return "; ".join(distinct[:_REASONS]) + (f"; and {rest} more" if rest > 0 else "")


def _run_rule(rule: CoreRule, study: Study) -> tuple[list[Hits], bool, dict[str, str]]:
    hits: list[Hits] = []
    reasons: dict[str, str] = {}
    asked = False
    for table in _list_asked(rule, study):
        try:
            found = ask_rule(rule, table, study)
        except MissingVariableError as error:
            reasons[table.name] = f"{table.whole} has no {error.args[0]}"
            continue
        except NotAnswerableError as error:
            reasons[table.name] = str(error)
            continue
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
            reasons[table.name] = f"{CANNOT_RUN} ({type(error).__name__}: {error})"
            continue
        asked = True
        if len(found):
            hits.append(_first_of_groups(rule, found))
        if rule.sensitivity is Sensitivity.STUDY or found.dataset != table.name:
            break
    return hits, asked, reasons


def _list_asked(rule: CoreRule, study: Study) -> Iterator[Table]:
    """The datasets that the rule is about; of a split one the first part, unless the rule wants them apart."""
    done: set[str] = set()
    for table in study.tables:
        if table.name not in study.beside and (table.whole not in done or rule.scope.split):
            done.add(table.whole)
            if is_asked(rule, table, study):
                yield table


def _first_of_groups(rule: CoreRule, hits: Hits) -> Hits:
    """Of findings that are about groups of records, the first record of each."""
    if rule.sensitivity is not Sensitivity.GROUP or not rule.grouping:
        return hits
    names = [name.replace("--", hits.prefix) for name in rule.grouping]
    columns = [vector.take(hits.rows) for name in names if (vector := hits.view.find(name)) is not None]
    groups = group_rows(columns, len(hits.rows))
    first = np.sort(np.unique(groups, return_index=True)[1])
    return replace(hits, rows=hits.rows[first], names=tuple(dict.fromkeys((*hits.names, *names))))
