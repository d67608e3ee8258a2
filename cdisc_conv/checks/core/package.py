"""CDISC's rules for `check`: what they find in a package, in the shape of its report, and beside our own findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from cdisc_conv.checks.core.data.define import DefineFacts
from cdisc_conv.checks.core.data.library import Library
from cdisc_conv.checks.core.data.study import File, Study
from cdisc_conv.checks.core.evaluate import STUDY
from cdisc_conv.checks.core.results import CoreFinding, list_findings
from cdisc_conv.checks.core.rule.keep import load_kept_rules
from cdisc_conv.checks.core.rule.model import CoreRule
from cdisc_conv.checks.core.rule.support import find_reach
from cdisc_conv.checks.core.run import make_study, run_core
from cdisc_conv.checks.findings import MOST_RECORDS, Finding, Records, RuleFacts
from cdisc_conv.checks.ranges import WHOLE, Ranges
from cdisc_conv.dataset import Dataset
from cdisc_conv.define.reading.document import DefineDocument
from cdisc_conv.problems import Severity
from cdisc_conv.standards import Standard, Terminology

NOT_IMPORTED = "CDISC's own rules were not asked: none are imported (cdisc-conv rules import FOLDER)"
"""What `check` says when there are none."""


@dataclass(frozen=True)
class CoreAnswers:
    """What CDISC's rules came to. ``notes`` are sentences for the reader: which rules were asked, or why none were."""

    findings: tuple[Finding, ...] = ()
    rules: tuple[RuleFacts, ...] = ()
    run: tuple[str, ...] = ()
    not_run: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CoreQuestion:
    """What is asked: the datasets of one family, what they are held against, and which rules.

    ``guide`` is the name of the standard as rules write it (``SDTMIG``); ``files`` names the file of each dataset.
    """

    datasets: Sequence[Dataset]
    guide: str
    standard: Standard | Library
    terminologies: Sequence[Terminology] = ()
    files: Mapping[str, Path] | None = None
    definitions: Sequence[DefineDocument] = ()
    beside: Sequence[Dataset] = ()
    study: Path | None = None
    version: str = ""
    drafts: bool = False
    set_aside: Iterable[str] = ()
    ranges: Ranges = WHOLE


def ask_core(question: CoreQuestion, progress: Callable[[str], None] = lambda rule: None) -> CoreAnswers:
    """Asks the imported rules for a standard of the datasets of a package.

    Rules of the study's folder come first, else those of the user are asked. Drafts are asked only where the question
    says so. A rule that is set aside is not asked.

    Raises:
        ProblemsError: an import that was asked for is not there, or cannot be read.
    """
    kept = load_kept_rules(question.study, question.version)
    if kept is None:
        return CoreAnswers(notes=(NOT_IMPORTED,))
    aside = set(question.set_aside)
    version = question.standard.version
    chosen = [rule for rule in kept.chosen(question.guide, version, drafts=question.drafts) if rule.id not in aside]
    label = f"{question.guide} {version}"
    if not chosen:
        return CoreAnswers(notes=(f"the imported rules {kept.version} have none for {label}",))
    study = _make_study(question)
    report = run_core(study, chosen, progress, question.ranges)
    drafts = sum(rule.draft for rule in chosen)
    counted = "1 rule" if len(chosen) == 1 else f"{len(chosen)} rules"
    note = f"CDISC has {counted} for {label} (import {kept.version}); {len(report.run)} could be asked"
    return CoreAnswers(
        findings=tuple(_convert(found, study) for found in list_findings(report)),
        rules=tuple(map(_describe, chosen)),
        run=report.run,
        not_run=report.not_run,
        notes=(note + (f"; {drafts} draft{'s' if drafts > 1 else ''} among them, not published" if drafts else ""),),
    )


def _make_study(question: CoreQuestion) -> Study:
    paths = question.files or {}
    files = {name: File(path.name, path.stat().st_size if path.is_file() else 0) for name, path in paths.items()}
    define = DefineFacts(question.definitions) if question.definitions else None
    return make_study(
        question.datasets,
        question.standard,
        question.terminologies,
        files=files,
        define=define,
        beside=question.beside,
    )


def _describe(rule: CoreRule) -> RuleFacts:
    severity = Severity.NOTE if rule.draft else Severity.WARNING
    draft = "draft, not published by CDISC; " if rule.draft else ""
    source = (
        f"{draft}{', '.join(dict.fromkeys(ref.authority for ref in rule.references))} {', '.join(rule.ids)}".strip()
    )
    return RuleFacts(rule.id, rule.message, severity, source, str(find_reach(rule)), rule.description, rule.ids)


def _convert(found: CoreFinding, study: Study) -> Finding:
    problem = found.as_problem()
    return Finding(problem, found.text, _list_records(found, study))


def _list_records(found: CoreFinding, study: Study) -> Records:
    """The records behind a finding by subject, sequence number and reported values."""
    table = study.named(found.dataset) if found.dataset != STUDY else None
    if table is None or not len(found.rows) or not found.about_records:
        return Records()
    rows = found.rows[:MOST_RECORDS]
    if int(rows[-1]) > table.view.length:
        return Records(tuple(rows.tolist()))
    shown = table.show(("USUBJID", f"{table.prefix}SEQ", *found.values), rows)
    return Records(tuple(rows.tolist()), tuple(shown), tuple(zip(*shown.values(), strict=True)))


def join_findings(own: Sequence[Finding], core: Sequence[Finding], same: Mapping[str, frozenset[str]]) -> list[Finding]:
    """Our findings and CDISC's in one list, in which what both found is there once, under our id and with theirs.

    `same` maps the ids of our rules to those of CDISC's that ask the same. What CDISC's rule found of a dataset is one
    with what ours found there when every record of it is among ours, or when both are about the dataset and its
    variables rather than records. The id of CDISC's rule goes to those of our findings that have its records, or that
    name the variable it is about.
    """
    ours: dict[tuple[str, str], list[int]] = defaultdict(list)
    theirs: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, finding in enumerate(own):
        ours[finding.problem.code, finding.problem.place.dataset].append(place)
    for place, finding in enumerate(core):
        theirs[finding.problem.code, finding.problem.place.dataset].append(place)
    merged = list(own)
    dropped: set[int] = set()
    for (code, dataset), places in ours.items():
        for other in sorted(same.get(code, ())):
            there = theirs.get((other, dataset), [])
            carriers = _find_carriers([own[place] for place in places], [core[place] for place in there])
            for place in (places[number] for number in carriers):
                merged[place] = replace(merged[place], also=(*merged[place].also, other))
            dropped.update(there if carriers else ())
    return [*merged, *(finding for place, finding in enumerate(core) if place not in dropped)]


def _find_carriers(own: Sequence[Finding], core: Sequence[Finding]) -> list[int]:
    """Which of our findings say what those of a rule of CDISC say; none when these say more."""
    if not core:
        return []
    mine, other = ([_list_numbers(each) for each in findings] for findings in (own, core))
    if not any(map(len, (*mine, *other))):
        named = {each.problem.place.variable for each in core} - {""}
        exact = [place for place, each in enumerate(own) if any(name in each.text for name in named)]
        return exact or list(range(len(own)))
    wanted = np.unique(np.concatenate(other))
    inside = np.isin(wanted, np.concatenate(mine))
    if all(map(_is_whole, (*own, *core))):
        fits = bool(len(wanted)) and inside.all()
    else:  # of more records than are kept, as many on both sides have to do
        fits = sum(each.problem.count for each in own) == sum(each.problem.count for each in core) and inside.any()
    return [place for place, numbers in enumerate(mine) if np.isin(numbers, wanted).any()] if fits else []


def _list_numbers(finding: Finding) -> np.ndarray:
    return np.array(finding.records.numbers or finding.problem.place.rows, dtype="int64")


def _is_whole(finding: Finding) -> bool:
    """Whether all records of a finding are known, or it is about none."""
    return len(_list_numbers(finding)) in (0, finding.problem.count)


def match_rules(sources: Mapping[str, str], rules: Iterable[RuleFacts]) -> dict[str, frozenset[str]]:
    """Which of CDISC's rules ask the same as ours: those whose number our rule names as its source.

    >>> match_rules({"ID002": "CDISC CG0029; SDTMIG 3.4"}, [RuleFacts("CORE-1", "", Severity.NOTE, also=("CG0029",))])
    {'ID002': frozenset({'CORE-1'})}
    """
    numbers: dict[str, set[str]] = defaultdict(set)
    for rule in rules:
        for number in rule.also:
            numbers[number].add(rule.id)
    found = {}
    for own, source in sources.items():
        words = source.replace(";", " ").replace(",", " ").split()
        same = frozenset(rule for word in words for rule in numbers.get(word, ()))
        if same:
            found[own] = same
    return found
