"""Rules run over finished datasets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from cdisc_conv.checks.findings import Finding
from cdisc_conv.checks.kept import KeptAnswers, Outcome
from cdisc_conv.checks.load import FILE, fill_prefix, load_rules, load_shipped_rules
from cdisc_conv.checks.model import Hits, Occasion, Rule, Scope
from cdisc_conv.checks.ranges import Ranges, cut_datasets, split_tables
from cdisc_conv.checks.registry import load_checks
from cdisc_conv.checks.tables import ADAM_GUIDE, NO_DATASET, NotRunnableError, Table, Tables
from cdisc_conv.checks.told import merge_told
from cdisc_conv.checks.words import describe_told, tell_hits
from cdisc_conv.columns.memory import let_go
from cdisc_conv.dataset import Dataset
from cdisc_conv.problems import Problem, ProblemsError
from cdisc_conv.standards import Standard, Terminology
from cdisc_conv.steps import NOTHING_KEPT, Steps

_REASONS = 3
_MOST_CODES = 8_000_000
"""Values of columns of whole datasets that are held in memory between rules."""


@dataclass(frozen=True)
class CheckReport:
    """What was found, which rules were asked of at least one dataset, and why the others were not.

    ``findings`` are the problems of the rules with their records, and ``rules`` all rules that were meant to be asked.
    """

    problems: tuple[Problem, ...]
    run: tuple[str, ...]
    not_run: Mapping[str, str]
    findings: tuple[Finding, ...] = field(default=(), compare=False)
    rules: tuple[Rule, ...] = field(default=(), compare=False)


def check_datasets(
    datasets: Sequence[Dataset],
    standard: Standard,
    terminology: Terminology,
    *,
    created: str = "",
    folder: Path | None = None,
    complete: bool = True,
    rules: Sequence[Rule] | None = None,
    beside: Sequence[Dataset] = (),
    keep: int = 0,
    set_aside: Collection[str] = (),
    occasion: Occasion | None = None,
    declared: bool = True,
    progress: Callable[[str], None] = lambda rule: None,
    ranges: int | Ranges = 1,
    steps: Steps = NOTHING_KEPT,
) -> CheckReport:
    """Everything that is wrong in finished SDTM or ADaM datasets, before they are written.

    `standard` says which of the two they are, and so which rules are asked. `beside` are datasets that are looked into
    and not asked themselves: the SDTM datasets behind ADaM datasets. `terminology` knows the codelists of `standard`;
    ADaM takes from those of the SDTM, too (`Terminology.with_beside`).

    `created` is the study's creation time (ISO 8601): later dates are in the future. `folder` is the study's folder,
    whose ``checks.yaml`` adds rules of its own; what is wrong in that file is among the findings. `complete` is False
    when only some of the study's datasets are given. `rules` replaces the rules of the package, `set_aside` are ids of
    rules that are not asked. `keep` is the number of records that each of the findings holds. `occasion` leaves out
    the rules that are not asked on it (`Rule.asked_of`), and hints for a package say what to do without a mapping.
    `declared` is False where nothing could say which terms are the sponsor's own. `progress` gets the id of each rule
    before it runs. `ranges` is the number of parts in which subjects are checked, or the datasets cut into them: with
    more of them less memory is needed, and the findings are the same. `steps` is where an earlier run kept what rules
    found: they are asked again of what changed, and where something changed that they looked into.

    Problems carry the rule's id as code, dataset, variable, the first record numbers (from 1) and the number of
    records; there is one per rule, dataset, variable and value, and never one per record.

    >>> import pandas as pd
    >>> from cdisc_conv.dataset import Column, Item
    >>> from cdisc_conv.standards import load_standard, load_terminology
    >>> frame = pd.DataFrame({"USUBJID": ["01", "02"], "SEX": ["F", "Z"]}, dtype="str")
    >>> columns = tuple(Column(name, name, False, Item("text", 2)) for name in frame)
    >>> report = check_datasets([Dataset("DM", "Demographics", frame, columns)], load_standard("sdtmig", "3.4"),
    ...                         load_terminology("sdtm", "2025-03-28"))
    >>> print(next(problem for problem in report.problems if problem.code == "CT001"))
    DM.SEX row 2: CT001 SEX is 'Z', which is not in codelist SEX (C66731); 1 record: subject 02 \
(allowed are: F, INTERSEX, M, U)
    """
    tables = Tables(datasets, standard, terminology, created, complete, beside, declared)
    chosen = load_shipped_rules() if rules is None else tuple(rules)
    problems: list[Problem] = []
    if folder is not None and (folder / FILE).is_file():
        own, found = _load_own_rules(folder / FILE, standard, chosen)
        chosen, problems = (*chosen, *own), found
    chosen = _choose_rules(chosen, standard, occasion)
    asked = [rule for rule in chosen if rule.id not in set_aside]
    cut = cut_datasets((t.dataset for t in tables.all), ranges) if isinstance(ranges, int) else ranges
    findings, run, not_run = _run_rules(asked, tables, keep, progress, cut, steps)
    problems += [finding.problem for finding in findings]
    return CheckReport(tuple(problems), tuple(run), not_run, tuple(findings), chosen)


def _choose_rules(rules: Iterable[Rule], standard: Standard, occasion: Occasion | None) -> tuple[Rule, ...]:
    """The rules for a standard that are asked on an occasion, with the hints that go with it."""
    chosen = [rule for rule in rules if rule.analysis == (standard.name == ADAM_GUIDE)]
    if occasion is not None:
        chosen = [rule for rule in chosen if occasion in rule.asked_of]
    if occasion == "package":
        chosen = [replace(rule, hint=rule.advice or rule.hint) for rule in chosen]
    return tuple(chosen)


def _run_rules(
    rules: Sequence[Rule], whole: Tables, keep: int, progress: Callable[[str], None], ranges: Ranges, steps: Steps
) -> tuple[list[Finding], list[str], dict[str, str]]:
    """What the rules find, which could be asked, and why the others could not.

    Rules that look no further than a subject are asked range by range, and what they find is put together; all others,
    and those of datasets without subjects, are asked of all records, of which they code the columns that they need.
    """
    kept = KeptAnswers(steps, whole, rules, keep)
    answers = {rule.id: _Answer(rule, kept) for rule in rules}
    for tables in split_tables(whole, ranges):
        for answer in answers.values():
            if answer.stays_within or tables is whole:
                progress(answer.rule.id)
                answer.ask([table for table in tables.tables if tables is whole or ranges.is_cut(table.dataset)], keep)
        if tables is not whole:
            let_go()
    if ranges.count > 1:
        for table in whole.tables:
            for answer in answers.values():
                if not (answer.stays_within and ranges.is_cut(table.dataset)):
                    progress(answer.rule.id)
                    answer.ask([table], keep)
                    whole.forget(_MOST_CODES)
    kept.close({key: outcome for answer in answers.values() for key, outcome in answer.outcomes.items()})
    findings = [finding for answer in answers.values() for finding in answer.describe(whole, keep)]
    run = [answer.rule.id for answer in answers.values() if answer.asked]
    not_run = {
        answer.rule.id: _join_reasons(answer.reasons) or "none of the datasets it is about is there"
        for answer in answers.values()
        if not answer.asked
    }
    return findings, run, not_run


class _Answer:
    """What one rule finds, dataset by dataset, why some datasets could not be asked, and whether any could."""

    def __init__(self, rule: Rule, kept: KeptAnswers) -> None:
        self.rule = rule
        self.outcomes: dict[tuple[str, str], Outcome] = {}
        """By rule and dataset."""
        self._kept = kept

    @property
    def stays_within(self) -> bool:
        """Whether it looks no further than a subject."""
        return self.rule.reach in ("record", "subject")

    @property
    def asked(self) -> bool:
        """Whether it could be asked of any dataset."""
        return any(outcome.found for outcome in self.outcomes.values())

    @property
    def reasons(self) -> list[str]:
        """Why it could not be asked of others."""
        return [reason for outcome in self.outcomes.values() for reason in outcome.reasons]

    def ask(self, tables: Iterable[Table], keep: int) -> None:
        """Ask it of some datasets, unless an earlier run did."""
        for table in tables:
            if not _applies(self.rule, table):
                continue
            key = (self.rule.id, table.name)
            kept = self._kept.find(*key)
            self.outcomes[key] = kept or self._add(self.outcomes.get(key, Outcome()), table, keep)

    def _add(self, before: Outcome, table: Table, keep: int) -> Outcome:
        """What is found in a dataset, or in one more range of it."""
        trace = table.tables.trace
        trace.begin()
        found, reasons = before.found, before.reasons
        try:
            found = (*found, tell_hits(self.rule, table, _find(self.rule, table), keep))
        except NotRunnableError as error:
            reasons = (*reasons, str(error))
        except ProblemsError as error:
            reasons = (*reasons, f"in {table.name}, {error.problems[0].message}")
        return Outcome(found, reasons, before.reads | trace.noted)

    def describe(self, whole: Tables, keep: int) -> Iterator[Finding]:
        """The findings, in the order of the datasets."""
        for table in whole.tables:
            outcome = self.outcomes.get((self.rule.id, table.name))
            if outcome is not None and outcome.found:
                yield from describe_told(self.rule, table, merge_told(outcome.found), keep)


def _load_own_rules(path: Path, standard: Standard, shipped: Sequence[Rule]) -> tuple[tuple[Rule, ...], list[Problem]]:
    try:
        own = load_rules(path, standard)
    except ProblemsError as error:
        return (), list(error.problems)
    taken = {rule.id for rule in shipped}
    repeated = [
        Problem(
            "CHECK001",
            f"rule {rule.id} has the id of a rule of the package",
            place=rule.place,
            hint="give it another id",
        )
        for rule in own
        if rule.id in taken
    ]
    return tuple(rule for rule in own if rule.id not in taken), repeated


def _applies(rule: Rule, table: Table) -> bool:
    if table.groups & set(rule.not_datasets) or (rule.datasets and not table.groups & set(rule.datasets)):
        return False
    return bool(table.prefix) or not _needs_prefix(rule)


def _needs_prefix(rule: Rule) -> bool:
    asked = [rule.where, rule.fails, rule.variable, dict(rule.parameters)]
    return asked != [fill_prefix(item, "") for item in asked]


def _find(rule: Rule, table: Table) -> list[Hits]:
    """What a rule finds in a dataset."""
    domain = table.domain_table if rule.check and load_checks()[rule.check].of_domain else table
    if domain is table:
        return _ask(rule, table)
    return [_cut_hits(hits, table.length) for hits in _ask(rule, domain)]


def _cut_hits(hits: Hits, length: int) -> Hits:
    """What was found among the first records."""
    mine = hits.rows < length
    return replace(hits, rows=hits.rows[mine], groups=None if hits.groups is None else hits.groups[mine])


def _ask(rule: Rule, table: Table) -> list[Hits]:
    optional = frozenset(fill_prefix(rule.optional, table.prefix))
    mask = np.ones(table.length, dtype=bool)
    if rule.where:
        mask = table.select(fill_prefix(rule.where, table.prefix), optional)
    variable = fill_prefix(rule.variable, table.prefix)
    if rule.fails:
        table.require(*(name for name in (variable,) if name and name not in optional))
        rows = np.flatnonzero(mask & table.select(fill_prefix(rule.fails, table.prefix), optional))
        return [Hits(variable, rows)]
    function = load_checks()[rule.check]
    parameters = function.parameters.model_validate(fill_prefix(dict(rule.parameters), table.prefix))
    return list(function.run(Scope(table, mask, parameters, variable, optional)))


def _join_reasons(reasons: Iterable[str]) -> str:
    # A dataset that is missing explains more than the variables that other datasets never have.
    distinct = sorted(dict.fromkeys(reasons), key=lambda reason: not reason.startswith(NO_DATASET))
    rest = len(distinct) - _REASONS
    return "; ".join(distinct[:_REASONS]) + (f"; and {rest} more" if rest > 0 else "")
