"""What is wrong with an account. Everything is read off its lines, so that it holds for merged accounts as well."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from cdisc_conv.engine.account.lines import Account, Line
from cdisc_conv.problems import Place, Problem, Severity, Tally
from cdisc_conv.spec.model import Study

SHOWN = 6
"""Columns and forms that a finding names."""


def describe_account(
    study: Study,
    lines: Sequence[Line],
    empty: Mapping[tuple[str, int], Problem] = MappingProxyType({}),
    codes: Mapping[tuple[str, str], Tally] = MappingProxyType({}),
) -> list[Problem]:
    """The findings of an account, one for each cause. `codes` are the rows with a wrong code, by form and column.

    ACC001 (error): rows that no dataset uses and no condition excludes. ACC002: a column that is neither mapped nor
    declared, of a form that something reads. ACC004: values in rows that a condition leaves out. ACC005: values that
    no reader of their column uses. ACC006: rows left out of a dataset for a missing value. ACC007 (`empty`): a block
    that makes no record; where its condition is wrong, what it leaves out follows from that, and where its codes may
    still come, what the rows hold instead is the finding. ACC008: rows of a form that is only looked up in, which no
    look-up matches.
    """
    lost = {(line.dataset, line.form): line.rows for line in lines if line.account is Account.LOST}
    left_out = {name for line in lines if line.account is Account.VALUES_LEFT_OUT for name in _split(line.by)}

    def has_cause(key: tuple[str, int], problem: Problem) -> bool:
        rows = lost.get((problem.place.dataset, problem.place.form), 0)
        if problem.severity is not Severity.NOTE:
            return rows == problem.count
        return rows > 0 or _condition(study, key) in left_out

    told = {key: problem for key, problem in empty.items() if not has_cause(key, problem)}
    wrong = {key: problem.place for key, problem in told.items() if problem.severity is not Severity.NOTE}
    conditions = {_condition(study, key) for key in wrong}
    forms = {(place.dataset, place.form) for place in wrong.values()}
    return [
        *(_describe_unaccounted(line, lines) for line in lines if line.account is Account.UNACCOUNTED),
        *(
            _describe_unmatched(line, lines)
            for line in lines
            if line.account is Account.NOT_MATCHED and not line.dataset
        ),
        *_describe_unmapped(study, lines),
        *_describe_left_out(lines, conditions, codes),
        *_describe_not_used(lines),
        *(
            _describe_lost(line)
            for line in lines
            if line.account is Account.LOST and (line.dataset, line.form) not in forms
        ),
        *told.values(),
    ]


def _condition(study: Study, key: tuple[str, int]) -> str:
    """How the account calls the condition of a block."""
    return f"{key[0]}: not ({study.datasets[key[0]].blocks[key[1]].where})"


def _split(by: str) -> list[str]:
    return by.split("; ")


def _describe_unaccounted(line: Line, lines: Sequence[Line]) -> Problem:
    message = (
        f"{line.rows:,} of {_rows_of(line.form, lines):,} rows of form {line.form} are neither used by a dataset nor "
        "excluded by a condition"
    )
    hint = f"map them, or add '{line.form}' to 'not_submitted' of study.yaml with the reason"
    return Problem(
        "ACC001", message, Severity.ERROR, Place(form=line.form, rows=line.tally.rows), hint, count=line.rows
    )


def _describe_unmatched(line: Line, lines: Sequence[Line]) -> Problem:
    message = (
        f"{line.rows:,} of {_rows_of(line.form, lines):,} rows of form {line.form} belong to no record: their keys "
        f"match none where {line.by} looks something up"
    )
    hint = "correct the keys in the export, or 'by' of the mapping"
    return Problem(
        "ACC008", message, Severity.WARNING, Place(form=line.form, rows=line.tally.rows), hint, count=line.rows
    )


def _rows_of(form: str, lines: Sequence[Line]) -> int:
    whole = (line.rows for line in lines if line.form == form and line.account is Account.READ and not line.dataset)
    return next(whole, 0)


def _describe_unmapped(study: Study, lines: Sequence[Line]) -> Iterator[Problem]:
    """One finding per column, with the words beside a code; a key column of several forms is one, too.

    An empty column loses nothing, and a form that nothing reads is the finding itself.
    """
    unread = {line.form for line in lines if line.account in (Account.UNACCOUNTED, Account.NOT_IN_RUN)}
    found: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        fields = study.forms[line.form].fields if line.form in study.forms else {}
        if line.account is not Account.UNMAPPED or line.field not in fields or line.form in unread:
            continue
        field = fields[line.field]
        name = field.decode_of if field.decode_of in fields else line.field
        found.setdefault(("" if not field.item else line.form, name), []).append(line)
    for (_, name), columns in found.items():
        if any(line.rows for line in columns):
            yield _describe_column(name, columns, lines)


def _describe_column(name: str, columns: Sequence[Line], lines: Sequence[Line]) -> Problem:
    forms = list(dict.fromkeys(line.form for line in columns))
    values = sum(max(line.rows for line in columns if line.form == form) for form in forms)
    total = sum(_rows_of(form, lines) for form in forms)
    words = [line.field for line in columns if line.form == forms[0] and line.field != name]
    beside = f", with the words in {words[0]}," if words else ""
    where = f"form {forms[0]}" if len(forms) == 1 else f"{len(forms)} forms ({_list(forms)})"
    message = (
        f"column {name} of {where}{beside} is neither mapped nor declared not submitted; "
        f"{values:,} of {total:,} rows have a value"
    )
    key = f"{forms[0]}.{name}" if len(forms) == 1 else name
    hint = f"map it, or add '{key}' to 'not_submitted' of study.yaml with the reason"
    return Problem("ACC002", message, Severity.WARNING, Place(form=forms[0], field=name), hint, count=values)


def _describe_left_out(
    lines: Sequence[Line], told: Collection[str], codes: Mapping[tuple[str, str], Tally]
) -> Iterator[Problem]:
    """One finding per condition that leaves rows out: the values in them that nothing else uses.

    `told` are conditions that are findings themselves. Rows that a condition leaves out because a column that it reads
    holds a wrong code are those of that finding.
    """
    found: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if line.account is Account.VALUES_LEFT_OUT and not set(_split(line.by)) <= set(told):
            found.setdefault((line.form, line.by), []).append(line)
    for (form, by), columns in found.items():
        wrong = (tally for (of, column), tally in codes.items() if of == form and _names(by, column))
        caused = sum(wrong, Tally())
        if all(line.rows <= caused.count and set(line.tally.rows) <= set(caused.rows) for line in columns):
            continue
        tally = sum((line.tally for line in columns), Tally())
        what = f"{tally.count:,} value" if tally.count == 1 else f"{tally.count:,} values"
        verb = "is" if tally.count == 1 else "are"
        names = _list([line.field for line in columns])
        message = f"{what} of form {form} in {names} {verb} left out with the rows: {by}"
        hint = (
            "correct the export or the condition, or name the columns in 'not_submitted' of study.yaml with the reason"
        )
        place = Place(form=form, field=columns[0].field if len(columns) == 1 else "", rows=tally.rows)
        yield Problem("ACC004", message, Severity.WARNING, place, hint, count=tally.count)


def _names(text: str, column: str) -> bool:
    return re.search(rf"\b{re.escape(column)}\b", text) is not None


def _describe_not_used(lines: Sequence[Line]) -> Iterator[Problem]:
    readers = {(line.form, line.field): line.by for line in lines if line.account is Account.MAPPED}
    for line in lines:
        if line.account is Account.VALUES_NOT_USED:
            message = (
                f"{line.field} of form {line.form} has {line.rows:,} value{'' if line.rows == 1 else 's'} that none of "
                f"its readers uses in that row: {readers[line.form, line.field]}"
            )
            hint = f"is it in the right column? Else add '{line.form}.{line.field}' to 'not_submitted' with the reason"
            place = Place(form=line.form, field=line.field, rows=line.tally.rows)
            yield Problem("ACC005", message, Severity.WARNING, place, hint, count=line.rows)


def _describe_lost(line: Line) -> Problem:
    column = line.by.removesuffix(" is blank")
    what = f"{line.rows:,} row{'' if line.rows == 1 else 's'} of form {line.form}"
    message = f"{line.dataset} leaves out {what} where {column} is blank, although it would read values there"
    hint = f"fill {column} in the export, or let the condition say what a blank one means"
    place = Place(form=line.form, field=column, rows=line.tally.rows, dataset=line.dataset)
    return Problem("ACC006", message, Severity.WARNING, place, hint, count=line.rows)


def _list(names: Sequence[str]) -> str:
    unique = list(dict.fromkeys(names))
    more = len(unique) - SHOWN
    return ", ".join(unique[:SHOWN]) + (f" and {more} more" if more > 0 else "")
