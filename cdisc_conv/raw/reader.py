"""Reading forms: file to text, text to columns, and everything that is wrong on the way."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.problems import Problem, Severity
from cdisc_conv.raw import checks
from cdisc_conv.raw.encoding import Text, read_text, report_unknown_encoding
from cdisc_conv.raw.parse import RaggedRow, parse_rows
from cdisc_conv.raw.source import FormSource, RawForm, Reporter, locate_file
from cdisc_conv.raw.structure import QuoteFault, find_lines, find_quote_fault, read_header

_SHOWN = 3


def read_forms(
    sources: Iterable[FormSource], directory: Path | str, usecols: Collection[str] | None = None
) -> tuple[dict[str, RawForm], list[Problem]]:
    """All forms of an export by name, and the problems of all; a form that cannot be read is left out."""
    directory = Path(directory)
    if not directory.is_dir():
        reporter = Reporter("", directory.name)
        message = f"there is no folder {directory.name} to read the forms from"
        return {}, [reporter.report("RAW001", message, hint="name the folder of the raw export")]
    forms: dict[str, RawForm] = {}
    problems: list[Problem] = []
    for source in sources:
        form, found = read_form(source, directory, usecols)
        problems += found
        if form:
            forms[source.name] = form
    return forms, problems


def read_form(
    source: FormSource, directory: Path | str = ".", usecols: Collection[str] | None = None
) -> tuple[RawForm | None, list[Problem]]:
    """One form from a delimited text file (RFC 4180: quotes around a field, doubled inside; line breaks in quotes).

    Every column comes as ``str``, values as they are in the file, "" for an empty field; nothing is trimmed and nothing
    stands for missing but the empty field ("NA" and "NULL" are text). Names of columns lose blanks around them. Blank
    lines are left out and not counted. `usecols` restricts the columns. Of what is wrong nothing is raised: it comes as
    problems, and the form is None when nothing sensible can be read.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "ae.csv").write_text("SUBJID,AETERM\\n001,NA\\n002\\n")
    >>> form, problems = read_form(FormSource("ae", "ae.csv"), folder)
    >>> form.frame["AETERM"].tolist()
    ['NA', '']
    >>> problems[0].code, problems[0].message, problems[0].place.line
    ('RAW010', "form 'ae' has 1 row with fewer fields than its 2 columns: row 2 has 1", 3)
    """
    located = locate_file(source, Path(directory))
    if located.path is None:
        return None, located.problems
    reporter = located.reporter
    try:
        data = located.path.read_bytes()
    except OSError as error:
        message = f"form '{source.name}' cannot be read: {error.strerror or error}"
        return None, [reporter.report("RAW003", message, hint="check the permissions of the file")]
    if bad_sign := checks.check_delimiter_sign(source, reporter):
        return None, [bad_sign]
    text = read_text(data, source, reporter)
    if text is None:
        return None, [report_unknown_encoding(source, reporter)]
    del data
    try:
        form, problems = _read_text(text, source, reporter, usecols)
    except (pa.ArrowInvalid, csv.Error) as error:
        message = f"form '{source.name}' cannot be taken apart into rows and fields: {error}"
        return None, [reporter.report("RAW003", message, hint="export it again")]
    return form, _add_lines(problems, text.data, source.delimiter)


def _read_text(
    text: Text, source: FormSource, reporter: Reporter, usecols: Collection[str] | None
) -> tuple[RawForm | None, list[Problem]]:
    problems = list(text.problems)
    if not text.data[:1000].strip() and not text.data.strip():  # strip copies
        message = f"form '{source.name}' is empty, without even a header"
        return None, [*problems, reporter.report("RAW006", message, hint="export it again")]
    header, start = read_header(text.data, source.delimiter)
    header = [name.strip() for name in header]
    if other := checks.check_delimiter(header, source, reporter):
        return None, [*problems, other]
    if fault := find_quote_fault(text.data, source.delimiter):
        problems.append(_report_quotes(fault, source, reporter))
        if fault.never_closed:
            return None, problems
    problems += checks.check_header(header, source, reporter)

    columns = {name: place for place, name in reversed(list(enumerate(header))) if name}  # of two, the first
    columns = {name: columns[name] for name in dict.fromkeys(header) if name}
    kept = [name for name in columns if usecols is None or name in usecols]
    read = [name for name in columns if usecols is None or name in usecols or name in source.key]
    unnamed = [place for place, name in enumerate(header) if not name]
    places = [columns[name] for name in read] + unnamed or [0]
    values, ragged = parse_rows(text.data, start, len(header), source.delimiter, places)
    index = pd.RangeIndex(len(values[places[0]]))
    frame = pd.DataFrame({name: values[columns[name]] for name in read}, index=index)

    problems += checks.check_unnamed({place: values[place] for place in unnamed}, source, reporter)
    problems += _report_ragged(ragged, len(header), source, reporter)
    problems += _report_bad_bytes(text, frame, source, reporter)
    problems += _report_nul(text, frame, source, reporter)
    problems += _report_marks(text, frame, source, reporter)
    if not len(frame):
        message = f"form '{source.name}' has a header and no rows"
        hint = "export it again if subjects have data there"
        problems.append(reporter.report("RAW007", message, severity=Severity.WARNING, hint=hint))
    problems += checks.check_key(frame, source, reporter)
    return RawForm(source.name, reporter.file, frame[kept] if kept != read else frame), problems


def _report_quotes(fault: QuoteFault, source: FormSource, reporter: Reporter) -> Problem:
    where = f"row {fault.row}" if fault.row else "the header"
    rows = (fault.row,) if fault.row else ()
    if fault.never_closed:
        message = f"form '{source.name}' has a quote in {where} that is never closed"
    else:
        message = f"form '{source.name}' has text behind a closing quote in {where}"
    hint = "quotes inside a quoted value are doubled"
    return reporter.report("RAW011", message, hint=hint, line=fault.line, rows=rows)


def _report_ragged(ragged: Sequence[RaggedRow], width: int, source: FormSource, reporter: Reporter) -> list[Problem]:
    problems = []
    for word, hint, items in (
        (
            "fewer",
            "a line break inside a value needs quotes around it",
            [item for item in ragged if item.found < width],
        ),
        ("more", "a delimiter inside a value needs quotes around it", [item for item in ragged if item.found > width]),
    ):
        if not items:
            continue
        shown = ", ".join(f"row {item.row} has {item.found}" for item in items[:_SHOWN])
        message = (
            f"form '{source.name}' has {len(items):,} row{'s' if len(items) > 1 else ''} with {word} fields than its "
            f"{width} column{'s' if width > 1 else ''}: {shown}{' ...' if len(items) > _SHOWN else ''}"
        )
        rows = [item.row for item in items]
        problems.append(
            reporter.report("RAW010", message, hint=hint, rows=rows, count=len(items), value=items[0].text[:80])
        )
    return problems


def _report_bad_bytes(text: Text, frame: pd.DataFrame, source: FormSource, reporter: Reporter) -> list[Problem]:
    if not text.bad:
        return []
    column, rows = _find_cells(frame, "\ufffd")
    where = f"row {rows[0]}, column {column}" if rows else "the header or a field that is not read"
    message = f"form '{source.name}' is not {source.encoding}: {text.bad}, in {where}"
    if len(rows) > 1:
        message += f" ({len(rows):,} rows in all)"
    hint = "declare the encoding it has, such as cp1252 or gb18030; what cannot be read stands as U+FFFD"
    return [reporter.report("RAW009", message, hint=hint, column=column, rows=rows, count=max(1, len(rows)))]


def _report_nul(text: Text, frame: pd.DataFrame, source: FormSource, reporter: Reporter) -> list[Problem]:
    if b"\0" not in text.data:
        return []
    column, rows = _find_cells(frame, "\0")
    where = f"row {rows[0]}, column {column}" if rows else "the header or a field that is not read"
    message = f"form '{source.name}' holds NUL characters, first in {where}"
    if len(rows) > 1:
        message += f" ({len(rows):,} rows in all)"
    hint = "the file is damaged or no text; export it again"
    return [reporter.report("RAW015", message, hint=hint, column=column, rows=rows, count=max(1, len(rows)))]


def _report_marks(text: Text, frame: pd.DataFrame, source: FormSource, reporter: Reporter) -> list[Problem]:
    if codecs.BOM_UTF8 not in text.data:
        return []
    column, rows = _find_cells(frame, "\ufeff")
    where = f"row {rows[0]}, column {column}" if rows else "the header or a field that is not read"
    message = f"form '{source.name}' holds byte order marks (U+FEFF) behind its start, first in {where}"
    if len(rows) > 1:
        message += f" ({len(rows):,} rows in all)"
    hint = "they cannot be seen, and make values differ: files were put together; take the marks out"
    return [
        reporter.report(
            "RAW018", message, severity=Severity.WARNING, hint=hint, column=column, rows=rows, count=max(1, len(rows))
        )
    ]


def _find_cells(frame: pd.DataFrame, sign: str) -> tuple[str, list[int]]:
    """Rows (from 1) in which a sign occurs, and the first column in the first of them."""
    found = {
        name: pc.match_substring(pa.array(frame[name].array), sign).to_numpy(zero_copy_only=False)
        for name in frame.columns
    }
    rows = np.flatnonzero(np.any(list(found.values()), axis=0)) if found else np.array([], dtype=int)
    if not len(rows):
        return "", []
    column = next(name for name, mask in found.items() if mask[rows[0]])
    return column, (rows + 1).tolist()


def _add_lines(problems: list[Problem], data: bytes, delimiter: str) -> list[Problem]:
    """The same problems with the line of the first row they name, where they do not have one."""
    open_ = [problem for problem in problems if problem.place.rows and not problem.place.line]
    if not open_:
        return problems
    lines = find_lines(data, delimiter, {problem.place.rows[0] for problem in open_})
    return [
        replace(problem, place=replace(problem.place, line=lines.get(problem.place.rows[0], 0)))
        if problem in open_
        else problem
        for problem in problems
    ]
