"""Subjects of forms that know them by an id of somebody else's: the laboratory's LAB0007 is the study's 01-003."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cdisc_conv.columns.rows import find_distinct_rows
from cdisc_conv.columns.stored import IN_MEMORY, Shelf, load
from cdisc_conv.columns.texts import fold, text_column, trim_text
from cdisc_conv.problems import Problem, Severity
from cdisc_conv.raw.source import RawForm, Reporter

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """Where the subject of a row is found: in the row of `form` that has the same ids, in its column `take`.

    `by` are the columns of the ids: name in the form that asks -> name in `form`.
    """

    form: str
    by: Mapping[str, str]
    take: str


def join_subjects(
    forms: Mapping[str, RawForm], keys: Mapping[str, SubjectKey], subject: str, shelf: Shelf = IN_MEMORY
) -> tuple[dict[str, RawForm], list[Problem]]:
    """The forms, those of `keys` with a column `subject` that their key forms fill in; and what has no subject.

    Ids are compared without blanks around them. A row whose id is not in the key form (RAW041), that has none (RAW017)
    or whose id is given to several subjects (RAW042) stays, without a subject. A form whose key form could not be read
    has no subjects at all (RAW041). Forms that get the column go to the shelf.

    >>> key = RawForm("key", "key.csv", pd.DataFrame({"LABID": ["L7"], "SUBJID": ["003"]}))
    >>> lab = RawForm("lab", "lab.csv", pd.DataFrame({"PATIENT": [" L7", "L8"]}))
    >>> by = SubjectKey("key", {"PATIENT": "LABID"}, "SUBJID")
    >>> joined, found = join_subjects({"key": key, "lab": lab}, {"lab": by}, "SUBJID")
    >>> joined["lab"].frame["SUBJID"].tolist(), found[0].message
    (['003', ''], "form 'lab' has 1 id in PATIENT that form 'key' does not have in LABID: L8; row 2")
    """
    joined = dict(forms)
    problems: list[Problem] = []
    for name, key in keys.items():
        if name in forms:
            column, found = _find_subjects(forms[name], forms.get(key.form), key)
            joined[name] = replace(forms[name], frame=shelf.assign(forms[name].frame, {subject: column}))
            problems += found
    return joined, problems


def join_frames(
    frames: Mapping[str, pd.DataFrame], keys: Mapping[str, SubjectKey], subject: str
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """The same for the rows of forms alone."""
    forms = {name: RawForm(name, name, frame) for name, frame in frames.items()}
    joined, problems = join_subjects(forms, keys, subject)
    return {name: load(form.frame) for name, form in joined.items()}, problems


def _find_subjects(form: RawForm, known: RawForm | None, key: SubjectKey) -> tuple[pd.Series, list[Problem]]:
    nobody = text_column([""] * len(form.frame))
    if any(name not in form.frame for name in key.by):
        return nobody, []  # RAW004 by then
    if known is None or any(name not in known.frame for name in (*key.by.values(), key.take)):
        message = f"form '{form.name}' has no subjects, since form '{key.form}', which knows its ids, cannot be read"
        hint = f"fix what is said of form '{key.form}'"
        return nobody, [Reporter(form.name, form.path).report("RAW041", message, hint=hint, count=len(form.frame))]
    subjects, problems = _read_key(known, key)
    codes, distinct = find_distinct_rows([trim_text(form.frame[name]) for name in key.by])
    ids = _list_ids(distinct)
    found = text_column([subjects.get(one) or "" for one in ids])
    problems += _report_unknown(form, known, key, codes, ids, subjects)
    return found.take(codes).reset_index(drop=True) if len(codes) else nobody, problems


def _list_ids(columns: list[pd.Series]) -> list[tuple[str, ...]]:
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _read_key(known: RawForm, key: SubjectKey) -> tuple[dict[tuple[str, ...], str], list[Problem]]:
    """Ids -> the subject; RAW042 names ids of several subjects, which have none."""
    names = (*key.by.values(), key.take)
    codes, distinct = find_distinct_rows([trim_text(known.frame[name]) for name in names])
    subjects: dict[tuple[str, ...], str] = {}
    several: dict[tuple[str, ...], list[str]] = {}
    pairs = _list_ids(distinct)
    for *ids, subject in pairs:
        one = tuple(ids)
        if not any(one) or not subject:
            continue
        if one in subjects:
            several.setdefault(one, [subjects[one]]).append(subject)
        subjects.setdefault(one, subject)
    if not several:
        return subjects, []
    rows = np.flatnonzero(np.isin(codes, [place for place, pair in enumerate(pairs) if pair[:-1] in several])) + 1
    shown = "; ".join(f"{_show(one)} is {' and '.join(names)}" for one, names in list(several.items())[:_SHOWN])
    message = f"form '{known.name}' gives one {' and '.join(key.by.values())} to several subjects: {shown}"
    hint = "rows with such an id belong to nobody until the form says whose it is"
    reporter = Reporter(known.name, known.path)
    column = ", ".join(key.by.values())
    problem = reporter.report("RAW042", message, hint=hint, column=column, rows=rows, count=len(rows))
    return {one: "" if one in several else subject for one, subject in subjects.items()}, [problem]


def _report_unknown(
    form: RawForm,
    known: RawForm,
    key: SubjectKey,
    codes: np.ndarray,
    ids: list[tuple[str, ...]],
    subjects: Mapping[tuple[str, ...], str],
) -> Iterator[Problem]:
    reporter, column = Reporter(form.name, form.path), ", ".join(key.by)
    blank = np.array([not any(one) for one in ids], dtype=bool)
    unknown = np.array([any(one) and one not in subjects for one in ids], dtype=bool)
    if blank.any():
        rows = np.flatnonzero(blank[codes]) + 1
        message = f"form '{form.name}' has {_count(len(rows), 'row')} without a subject in {column}: {_rows(rows)}"
        yield reporter.report(
            "RAW017", message, severity=Severity.WARNING, column=column, rows=rows, count=len(rows),
            hint="fill it in the transfer",
        )  # fmt: skip
    if unknown.any():
        rows = np.flatnonzero(unknown[codes]) + 1
        strange = [_show(one) for one, is_unknown in zip(ids, unknown, strict=True) if is_unknown]
        shown = ", ".join(strange[:_SHOWN]) + (" ..." if len(strange) > _SHOWN else "")
        of = " and ".join(key.by.values())
        message = (
            f"form '{form.name}' has {_count(len(strange), 'id')} in {' and '.join(key.by)} that form "
            f"'{known.name}' does not have in {of}: {shown}; {_rows(rows)}"
        )
        folded = {fold(" ".join(one)): _show(one) for one in subjects}
        alike = [(one, folded[fold(one)]) for one in strange if fold(one) in folded]
        hint = f"complete form '{known.name}'; until then these rows belong to nobody"
        if alike:
            hint = f"'{alike[0][0]}' differs from '{alike[0][1]}' only in blanks or case"
        yield reporter.report("RAW041", message, column=column, rows=rows, count=len(rows), hint=hint, value=strange[0])


def _show(ids: tuple[str, ...]) -> str:
    return " ".join(ids)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _rows(rows: np.ndarray) -> str:
    shown = ", ".join(str(row) for row in rows[:_SHOWN].tolist()) + (" ..." if len(rows) > _SHOWN else "")
    return f"row{'' if len(rows) == 1 else 's'} {shown}"
