"""CDISC's rules asked of a package."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdisc_conv.checks.core.data.library import Library, from_standard
from cdisc_conv.checks.core.data.study import File, Study, Table
from cdisc_conv.checks.core.evaluate import Hits, ask_rule
from cdisc_conv.checks.core.merge import cut_hits, merge_hits
from cdisc_conv.checks.core.operators.registry import MissingVariableError, NotAnswerableError
from cdisc_conv.checks.core.rule.model import CoreRule, Sensitivity
from cdisc_conv.checks.core.rule.support import list_unknown_options, stays_within
from cdisc_conv.checks.core.scope import is_asked
from cdisc_conv.checks.ranges import WHOLE, Ranges
from cdisc_conv.columns.memory import let_go
from cdisc_conv.dataset import Dataset
from cdisc_conv.standards import Standard, Terminology

CANNOT_RUN = "the rule asks what cannot be worked out"
"""Of a rule whose author's words make no sense, or that we misread; the other rules are asked all the same."""
_MOST_CODES = 8_000_000
"""Values of columns of whole datasets that are held in memory between rules."""
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
    study: Study,
    rules: Iterable[CoreRule],
    progress: Callable[[str], None] = lambda rule: None,
    ranges: Ranges = WHOLE,
) -> CoreReport:
    """Asks rules of all datasets that they are about.

    A rule of which one condition lacks its variable says nothing of that dataset; a rule that no dataset could answer
    is in `not_run` with the reason. `progress` gets the id of each rule before it runs. Of several `ranges`, rules that
    look no further than a subject are asked of one after the other, and all others of the columns that they need; they
    find the same.
    """
    answers = [_Answer(rule, study, ranges) for rule in rules]
    for number in range(ranges.count if ranges.count > 1 else 0):
        part = study.part(ranges, number)
        for answer in answers:
            if answer.within:
                progress(answer.rule.id)
                answer.ask_within(part)
        let_go()
    for answer in answers:
        progress(answer.rule.id)
        answer.ask_whole()
        if ranges.count > 1:
            study.forget(_MOST_CODES)
    places = {table.name: place for place, table in enumerate(study.tables)}
    found = {answer.rule.id: answer.merge(places) for answer in answers}
    return CoreReport(
        tuple(hits for each in found.values() for hits in each),
        tuple(answer.rule.id for answer in answers if answer.asked),
        {answer.rule.id: answer.why for answer in answers if not answer.asked},
        {answer.rule.id: answer.reasons for answer in answers if answer.reasons},
        study.standard,
    )


class _Answer:
    """What one rule finds, dataset by dataset, and why some of them could not be asked."""

    def __init__(self, rule: CoreRule, study: Study, ranges: Ranges) -> None:
        self.rule = rule
        self._reasons: dict[str, str] = {}
        self._study = study
        self._unknown = list_unknown_options(rule)
        self._found: dict[str, list[Hits]] = {}
        self._tables = [] if self._unknown else list(_list_asked(rule, study))
        stays = ranges.count > 1 and rule.sensitivity is not Sensitivity.STUDY and stays_within(rule)
        self.within = [table for table in self._tables if stays and _is_cut(table, study, ranges)]
        """The datasets of which it is asked range by range."""

    @property
    def asked(self) -> bool:
        """Whether any dataset could be asked."""
        return bool(self._found.keys() - self._reasons.keys())

    @property
    def reasons(self) -> dict[str, str]:
        """Why datasets could not be asked, in the order of the package."""
        return {table.name: self._reasons[table.name] for table in self._tables if table.name in self._reasons}

    @property
    def why(self) -> str:
        """Why it could not be asked."""
        if self._unknown:
            return f"cdisc-conv does not know {', '.join(self._unknown)}"
        return _join(self.reasons.values()) or "none of the datasets it is about is there"

    def ask_within(self, part: Study) -> None:
        """Ask it of the datasets in one range, but of those that have no records there."""
        for whole in self.within:
            table = part.named(whole.name)
            assert table is not None
            if (table.view if self.rule.scope.split else part.view_whole(table)).length:
                self._ask(table, part)

    def ask_whole(self) -> None:
        """Ask it of all other datasets; what is about the package as a whole is asked once."""
        for table in self._tables:
            if table in self.within:
                continue
            hits = self._ask(table, self._study)
            if hits and (self.rule.sensitivity is Sensitivity.STUDY or hits.dataset != table.name):
                break

    def merge(self, places: Mapping[str, int]) -> list[Hits]:
        """What was found in each dataset that could be asked, in the order of the package."""
        kept = {name: [part for part in parts if len(part)] for name, parts in self._found.items()}
        names = [table.name for table in self._tables if kept.get(table.name) and table.name not in self._reasons]
        return [merge_hits(kept[name], places) for name in names]

    def _ask(self, table: Table, study: Study) -> Hits | None:
        try:
            hits = cut_hits(ask_rule(self.rule, table, study))
        except MissingVariableError as error:
            self._reasons[table.name] = f"{table.whole} has no {error.args[0]}"
        except NotAnswerableError as error:
            self._reasons[table.name] = str(error)
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
            self._reasons[table.name] = f"{CANNOT_RUN} ({type(error).__name__}: {error})"
        else:
            self._found.setdefault(table.name, []).append(hits)
            return hits
        return None


def _is_cut(table: Table, study: Study, ranges: Ranges) -> bool:
    """Whether a dataset, and every other part of its domain, has records, and each of them a subject."""
    parts = study.parts(table.whole)
    return all(ranges.is_cut(part.dataset) for part in parts) and any(part.view.length for part in parts)


def _join(reasons: Iterable[str]) -> str:
    """The first reasons, and how many more there are; a dataset that is missing explains more than variables do."""
    distinct = sorted(dict.fromkeys(reasons), key=lambda reason: not reason.startswith("there is no"))
    rest = len(distinct) - _REASONS
    return "; ".join(distinct[:_REASONS]) + (f"; and {rest} more" if rest > 0 else "")


def _list_asked(rule: CoreRule, study: Study) -> Iterator[Table]:
    """The datasets that the rule is about; of a split one the first part, unless the rule wants them apart."""
    done: set[str] = set()
    for table in study.tables:
        if table.name not in study.beside and (table.whole not in done or rule.scope.split):
            done.add(table.whole)
            if is_asked(rule, table, study):
                yield table
