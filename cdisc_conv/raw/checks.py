"""What can be said of the header, the keys and the subjects of forms."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cdisc_conv.columns.stored import Frame
from cdisc_conv.problems import Problem, Severity, did_you_mean
from cdisc_conv.raw.source import FormSource, RawForm, Reporter

_SHOWN = 3
_SHOWN_COLUMNS = 20
DELIMITERS = "one character such as , ; | or a tab"
_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}


def check_delimiter(header: Sequence[str], source: FormSource, reporter: Reporter) -> Problem | None:
    """Whether the header of one column rather is one of several with another delimiter."""
    others = {sign: header[0].count(sign) for sign in _DELIMITERS if sign != source.delimiter}
    best = max(others, key=lambda sign: others[sign])
    if len(header) > 1 or not others[best] or "\n" in header[0]:
        return None
    declared = _DELIMITERS.get(source.delimiter, f"'{source.delimiter}'")
    message = f"form '{source.name}' has one column when split at {declared}, but its header holds {_DELIMITERS[best]}"
    return reporter.report("RAW008", message, hint=f"declare the delimiter {best!r}", line=1, value=header[0][:80])


def check_delimiter_sign(source: FormSource, reporter: Reporter) -> Problem | None:
    """Whether the declared delimiter can be one at all."""
    sign = source.delimiter
    if is_delimiter(sign):
        return None
    message = f"form '{source.name}' is declared with the delimiter {sign!r}, which cannot be one"
    return reporter.report("RAW008", message, hint=DELIMITERS)


def is_delimiter(sign: str) -> bool:
    """Whether a text can part the fields of a file.

    >>> is_delimiter(";"), is_delimiter("||")
    (True, False)
    """
    return len(sign) == 1 and sign.isascii() and sign not in '"\r\n\0'


def check_header(
    header: Sequence[str], source: FormSource, reporter: Reporter, catalogue: Collection[str] = ()
) -> list[Problem]:
    """Duplicate, missing and undeclared columns; columns without a name are looked at when their values are known.

    `catalogue` are coded columns whose words the file's own formats know, so that no column has to hold them.
    """
    problems = []
    by_name: dict[str, list[str]] = {}
    for place, name in enumerate(header, 1):
        by_name.setdefault(name, []).append(str(place))
    for name, places in by_name.items():
        if not name or len(places) == 1:
            continue
        message = f"form '{source.name}' has the column {name} {len(places)} times, at places {_list(places)}"
        hint = "only the first is read; give the others names of their own"
        problems.append(reporter.report("RAW012", message, hint=hint, line=1, column=name, count=len(places)))
    known = [name for name in by_name if name]
    needed = list_needed(source)
    wanted = needed if source.long else dict.fromkeys([*(source.columns or ()), *needed])
    told = {words for code, words in source.decodes.items() if code in catalogue}
    for name in wanted:
        if name not in by_name and name not in told:
            message = f"form '{source.name}' has no column {name}"
            said = source.declared.get(name, "")
            hint = (f"the dictionary has it at {said}; " if said else "") + _suggest(name, known)
            problems.append(reporter.report("RAW004", message, hint=hint, line=1, column=name))
    if source.columns and not source.long:
        declared = {*wanted, *source.elsewhere}
        more = [name for name in known if name not in declared]
        if more:
            message = f"form '{source.name}' has {_count(len(more), 'column')} not in forms.yaml: {_list(more)}"
            problems.append(reporter.report("RAW005", message, severity=Severity.NOTE, line=1, count=len(more)))
    return problems


def list_needed(source: FormSource) -> dict[str, None]:
    """The columns that are read for how the form is put together: key, ``where`` and ``long``."""
    in_file = {name: column for column, name in source.names.items()}
    if source.long:
        long = source.long
        return dict.fromkeys([*source.where, *source.filled, *long.item, long.value, *long.by, *long.keep])
    return dict.fromkeys([*(in_file.get(name, name) for name in source.key), *source.where, *source.filled])


def check_known(frame: Frame, source: FormSource, reporter: Reporter) -> list[Problem]:
    """RAW040: rows of a file that several forms share, and that are of none of them."""
    problems = []
    for name, values in source.known.items():
        column = frame[name] if name in frame else pd.Series(dtype="str")
        rows = np.flatnonzero(~column.isin(values).to_numpy(dtype=bool)) + 1
        if len(rows):
            others = _list([f"'{value}'" for value in pd.unique(column.iloc[rows - 1])])
            message = (
                f"{_count(len(rows), 'row')} of the file {'is' if len(rows) == 1 else 'are'} of no form: {name} "
                f"is {others}"
            )
            hint = "add the form to forms.yaml; one that is not submitted is declared so"
            found = reporter.report("RAW040", message, hint=hint, severity=Severity.WARNING, column=name, rows=rows)
            problems.append(replace(found, count=len(rows)))
    return problems


def check_unnamed(places: Mapping[int, pd.Series], width: int, source: FormSource, reporter: Reporter) -> list[Problem]:
    """Columns without a name, by their place from 0: lost values are an error, an empty column is odd.

    One empty one at the end, the `width`-th, is no column: each line ends with a delimiter, as some systems write it.
    """
    problems = []
    if list(places) == [width - 1] and (places[width - 1] == "").all():
        return []
    filled = {place: np.flatnonzero((values != "").to_numpy()) + 1 for place, values in places.items()}
    empty = [str(place + 1) for place, rows in filled.items() if not len(rows)]
    if len(empty) > _SHOWN_COLUMNS:
        message = f"form '{source.name}' has no names for {len(empty):,} empty columns: {_list(empty)}"
        hint = "take the delimiters out of the header"
        problems.append(
            reporter.report("RAW013", message, hint=hint, severity=Severity.WARNING, line=1, count=len(empty))
        )
        filled = {place: rows for place, rows in filled.items() if len(rows)}
    for place, rows in filled.items():
        message = f"form '{source.name}' has no name for column {place + 1}"
        if len(rows):
            message += f", which has {_count(len(rows), 'value')}"
        severity = Severity.ERROR if len(rows) else Severity.WARNING
        hint = "the column is not read; name it in the header" if len(rows) else "take the delimiter out of the header"
        found = reporter.report(
            "RAW013", message, hint=hint, severity=severity, line=1, rows=rows, count=len(rows) or 1
        )
        problems.append(found)
    return problems


def report_cut(source: FormSource, reporter: Reporter) -> Problem:
    """RAW021: the declared mark of the end is not there."""
    message = f"form '{source.name}' does not end with the line '{source.end}', so it was cut short"
    return reporter.report("RAW021", message, hint="ask for the file again, or take 'end' out of its declaration")


def check_key(frame: Frame, source: FormSource, reporter: Reporter) -> list[Problem]:
    """Rows that share the values of the key; nothing when a column of it is missing, which is reported elsewhere."""
    key = list(source.key)
    if not key or not set(key) <= set(frame.columns) or not len(frame):
        return []
    keys = frame[key]
    repeated = keys.duplicated(keep=False)
    if not repeated.any():
        return []
    groups: dict[Any, Any] = keys.loc[repeated].groupby(key, sort=False).indices
    rows = np.flatnonzero(repeated.to_numpy()) + 1
    first = [(value if isinstance(value, tuple) else (value,), rows[each]) for value, each in groups.items()][:_SHOWN]
    shown = [
        f"{', '.join(repr(str(part)) for part in value)} in rows {_list([str(row) for row in members], 5)}"
        for value, members in first
    ]
    more = f"; and {len(groups) - _SHOWN} more" if len(groups) > _SHOWN else ""
    message = (
        f"form '{source.name}' has {len(rows):,} rows that share their key {', '.join(key)} with another: "
        f"{'; '.join(shown)}{more}"
    )
    hint = "remove the copies, or add the column that tells them apart to the key"
    return [
        reporter.report(
            "RAW014", message, hint=hint, severity=Severity.WARNING, column=", ".join(key), rows=rows, count=len(rows)
        )
    ]


def check_subjects(
    forms: Mapping[str, RawForm], subject_column: str, home_form: str, joined: Collection[str] = ()
) -> list[Problem]:
    """Rows whose subject is not in the home form (demographics), or that name none.

    Forms without the subject column are left out, and so is everything when the home form or its column is not there.
    Forms in `joined` got their subjects from another form, and rows without one are reported by then.
    """
    home = forms.get(home_form)
    if home is None or subject_column not in home.frame:
        return []
    known = home.frame[subject_column].unique()
    problems = []
    for form in forms.values():
        if subject_column not in form.frame:
            continue
        subjects = form.frame[subject_column]
        reporter = Reporter(form.name, form.path)
        blank = (subjects.str.strip() == "").to_numpy()
        if blank.any() and form.name not in joined:
            problems.append(_report_blank(form, subject_column, np.flatnonzero(blank) + 1, reporter))
        if form.name != home_form:
            strangers = ~subjects.isin(known).to_numpy() & ~blank
            if strangers.any():
                problems.append(_report_strangers(form, home, subject_column, strangers, set(known), reporter))
    return problems


def _report_blank(form: RawForm, column: str, rows: np.ndarray, reporter: Reporter) -> Problem:
    message = f"form '{form.name}' has {_count(len(rows), 'row')} without a subject in {column}: {_rows(rows)}"
    return reporter.report(
        "RAW017",
        message,
        severity=Severity.WARNING,
        column=column,
        rows=rows,
        count=len(rows),
        hint="fill it in the export",
    )


def _report_strangers(
    form: RawForm, home: RawForm, column: str, strangers: np.ndarray, known: Collection[str], reporter: Reporter
) -> Problem:
    rows = np.flatnonzero(strangers) + 1
    names = form.frame[column][strangers].unique().tolist()
    verb = "is" if len(names) == 1 else "are"
    message = (
        f"form '{form.name}' has {_count(len(names), 'subject')} that {verb} not in form '{home.name}': "
        f"{_list(names, 10)}; {_rows(rows)}"
    )
    folded = {subject.strip().casefold() for subject in known}
    alike = [name for name in names if name.strip().casefold() in folded]
    hint = f"{alike[0]!r} differs only in blanks or case" if alike else f"complete form '{home.name}'"
    return reporter.report(
        "RAW016",
        message,
        hint=hint,
        severity=Severity.WARNING,
        column=column,
        rows=rows,
        count=len(rows),
        value=names[0],
    )


def _suggest(name: str, known: Sequence[str]) -> str:
    return did_you_mean(name, known) or f"the columns are {_list(known, _SHOWN_COLUMNS)}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _rows(rows: np.ndarray) -> str:
    return f"row{'' if len(rows) == 1 else 's'} {_list([str(row) for row in rows[:11].tolist()], 10)}"


def _list(names: Sequence[str], most: int = _SHOWN_COLUMNS) -> str:
    return ", ".join(names[:most]) + (" ..." if len(names) > most else "")
