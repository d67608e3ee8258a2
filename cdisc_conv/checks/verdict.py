"""Can this be submitted: what makes an agency reject a package before anybody reads it, and what is open beside it.

Sources: FDA, Technical Rejection Criteria for Study Data (revised 2017-06-22), criteria 1734 and 1736 of its
Specifications for eCTD Validation Criteria. What has no source here is called a reviewer expectation. The criteria
about the study tagging file (1735, 1789) cannot be asked of a folder of datasets; that TS names its study, which 1734
compares with that file, is asked of the subjects' datasets instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cdisc_conv.checks.findings import Finding, count_open
from cdisc_conv.columns.moments import read_written
from cdisc_conv.columns.stored import load
from cdisc_conv.dataset import Dataset, find_dataset
from cdisc_conv.problems import Severity

_FDA = "FDA Technical Rejection Criteria for Study Data"
_EXPECTATION = "reviewer expectation"
_START = "SSTDTC"


class Answer(StrEnum):
    """Whether a package can be submitted."""

    NO = "no"
    AFTER_REVIEW = "not yet"
    YES = "yes"
    PART = "cannot be said"


@dataclass(frozen=True, slots=True)
class Criterion:
    """Something that leads to rejection. ``met`` is None where it is not about this package; ``why`` says so."""

    id: str
    title: str
    source: str
    met: bool | None
    why: str = ""


@dataclass(frozen=True)
class Verdict:
    """The answer, in one sentence, and the criteria behind it."""

    answer: Answer
    sentence: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Subject:
    """What the criteria are asked of: the datasets of each family, their files, the families with a define.xml."""

    tabulations: Sequence[Dataset]
    analyses: Sequence[Dataset]
    files: Mapping[str, Path]
    defined: frozenset[str]
    whole: bool


def judge_package(subject: Subject, findings: Sequence[Finding]) -> Verdict:
    """The verdict on a package: the criteria that lead to rejection first, then the findings that are open."""
    criteria = tuple(_ask_criteria(subject, findings))
    broken = [one for one in criteria if one.met is False]
    counts = count_open(tuple(findings))
    errors, warnings = counts[Severity.ERROR], counts[Severity.WARNING]
    if not subject.whole:
        return Verdict(Answer.PART, "this is one file, not a package; its own findings stand below", criteria)
    if broken:
        reasons = "; ".join(one.why for one in broken)
        return Verdict(Answer.NO, f"it would be rejected before anybody reads it: {reasons}", criteria)
    if not subject.tabulations:
        return Verdict(Answer.PART, "without SDTM datasets it is not a whole package", criteria)
    clean = "nothing that leads to rejection was found"
    if errors or warnings:
        open_ones = " and ".join(
            f"{count:,} {word}{'' if count == 1 else 's'}"
            for count, word in ((errors, "error"), (warnings, "warning"))
            if count
        )
        have = "has" if errors + warnings == 1 else "have"
        return Verdict(Answer.AFTER_REVIEW, f"{clean}, but {open_ones} {have} to be fixed or explained", criteria)
    return Verdict(Answer.YES, f"{clean}, and nothing is open", criteria)


def _ask_criteria(subject: Subject, findings: Sequence[Finding]) -> list[Criterion]:
    return [
        _ask_summary(subject),
        _ask_start(subject),
        _ask_study(subject),
        _ask_dataset(subject.tabulations, "DM", "SDTM"),
        _ask_dataset(subject.analyses, "ADSL", "ADaM"),
        _ask_define(subject, "sdtm", "SDTM", subject.tabulations),
        _ask_define(subject, "adam", "ADaM", subject.analyses),
        _ask_format(subject),
        _ask_readable(findings),
    ]


def _ask_summary(subject: Subject) -> Criterion:
    title, source = "The trial summary (TS) is there", f"{_FDA}, 1734"
    if not subject.tabulations:
        return Criterion("1734", title, source, None, "there are no SDTM datasets")
    there = find_dataset(subject.tabulations, "TS") is not None
    return Criterion("1734", title, source, there, "" if there else "there is no TS")


def _ask_start(subject: Subject) -> Criterion:
    title, source = "The trial summary has the start of the study as a date (SSTDTC)", f"{_FDA}, 1734"
    summary = find_dataset(subject.tabulations, "TS")
    if summary is None:
        return Criterion("1734", title, source, None, "there is no TS")
    frame = load(summary.frame)
    if not {"TSPARMCD", "TSVAL"} <= set(frame.columns):
        return Criterion("1734", title, source, False, "TS has no TSPARMCD or no TSVAL")
    values = frame.loc[(frame["TSPARMCD"] == _START).to_numpy(), "TSVAL"]
    filled = values[(values != "").to_numpy()].reset_index(drop=True)
    if not len(filled):
        why = "TS has no parameter SSTDTC" if not len(values) else "SSTDTC of TS has no value"
        return Criterion("1734", title, source, False, why)
    if not read_written(filled).moments.complete.any():
        return Criterion("1734", title, source, False, f"SSTDTC of TS is '{filled.iloc[0]}', which is no whole date")
    return Criterion("1734", title, source, True)


def _ask_study(subject: Subject) -> Criterion:
    """The study that TS names has to be that of the study tagging file, so also that of the subjects."""
    title, source = "The trial summary names the study of its subjects", f"{_FDA}, 1734"
    summary = find_dataset(subject.tabulations, "TS")
    if summary is None:
        return Criterion("1734", title, source, None, "there is no TS")
    studies = _list_studies(summary)
    if not studies:
        return Criterion("1734", title, source, False, "TS has no STUDYID")
    everything = [*subject.tabulations, *subject.analyses]
    others = [found for name in ("DM", "ADSL") if (found := find_dataset(everything, name))]
    known = {study for other in others for study in _list_studies(other)}
    strange = sorted(set(studies) - known) if known else []
    why = f"STUDYID of TS is '{strange[0]}', but '{sorted(known)[0]}' in {others[0].name}" if strange else ""
    return Criterion("1734", title, source, not strange, why)


def _list_studies(dataset: Dataset) -> list[str]:
    """The studies that a dataset names."""
    if "STUDYID" not in dataset.frame:
        return []
    return [str(study) for study in dataset.frame["STUDYID"].unique() if str(study).strip()]


def _ask_dataset(datasets: Sequence[Dataset], name: str, family: str) -> Criterion:
    title, source = f"{family} comes with {name}", f"{_FDA}, 1736"
    if not datasets:
        return Criterion("1736", title, source, None, f"there are no {family} datasets")
    there = find_dataset(datasets, name) is not None
    return Criterion("1736", title, source, there, "" if there else f"there is no {name}")


def _ask_define(subject: Subject, family: str, name: str, datasets: Sequence[Dataset]) -> Criterion:
    title, source = f"{name} comes with a define.xml", f"{_FDA}, 1736"
    if not datasets:
        return Criterion("1736", title, source, None, f"there are no {name} datasets")
    there = family in subject.defined
    return Criterion("1736", title, source, there, "" if there else f"the {name} datasets have no define.xml")


def _ask_format(subject: Subject) -> Criterion:
    title = "Datasets are SAS transport files of their own name"
    if not subject.files:
        return Criterion("", title, _EXPECTATION, None, "there are no datasets")
    wrong = [
        path.name
        for name, path in sorted(subject.files.items())
        if path.suffix.lower() != ".xpt" or path.stem.upper() != name
    ]
    more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    why = f"not submitted as they are: {', '.join(wrong[:3])}{more} (agencies take NAME.xpt)" if wrong else ""
    return Criterion("", title, _EXPECTATION, not wrong, why)


def _ask_readable(findings: Sequence[Finding]) -> Criterion:
    unread = [
        one.problem
        for one in findings
        if one.problem.severity is Severity.ERROR
        and (one.problem.code.startswith(("XPT", "CMP")) or one.problem.code in ("DEF001", "DEF002"))
    ]
    files = list(dict.fromkeys(one.place.file or one.place.dataset for one in unread))
    why = f"{len(files)} files cannot be read: {', '.join(files[:3])}" if files else ""
    return Criterion("", "Every file can be read", _EXPECTATION, not files, why.replace("1 files", "1 file"))
