"""Writing transport files: blocks of rows are made side by side and written in order, then the file is swapped in."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import pandas as pd

from cdisc_conv.problems import Place, Problem
from cdisc_conv.xpt.blocks import FaultBook, count_rows_per_block, count_workers, encode_block, run_in_order
from cdisc_conv.xpt.columns import infer_variables, prepare_columns
from cdisc_conv.xpt.declarations import check_columns, check_dataset, check_moment, check_variables
from cdisc_conv.xpt.encodings import ASCII
from cdisc_conv.xpt.layout import RECORD, make_headers, padding_after
from cdisc_conv.xpt.problems import XptError
from cdisc_conv.xpt.rows import count_certain_rows
from cdisc_conv.xpt.transliteration import Transliteration
from cdisc_conv.xpt.variables import XptVariable

_SAS_EPOCH = datetime(1960, 1, 1)


def write_xpt(
    frame: pd.DataFrame | Iterable[pd.DataFrame],
    path: str | os.PathLike[str],
    *,
    name: str,
    label: str = "",
    type: str = "",
    variables: Sequence[XptVariable] | None = None,
    created: datetime | None = None,
    modified: datetime | None = None,
    transliterate: Mapping[str, str] | None = None,
    encoding: str = ASCII,
) -> None:
    """Write a dataset as a SAS transport file, version 5.

    ``frame`` is a frame, or frames with the same columns that are written one after another. ``variables`` give
    order, labels, lengths and formats; left out (one frame only), they follow from the columns: numbers in 8 bytes,
    text as long as its longest value. Missing text is blank, NaN is ``.``, and a NaN of `make_missing` its own code.
    ``created`` (and ``modified``, by default the same) is the moment in the headers, by default SOURCE_DATE_EPOCH
    when that is set and else 1960-01-01, so that the same data make the same bytes. ``transliterate`` maps
    characters of values and labels to others before anything is checked. ``encoding`` is that of values and labels
    (``ascii``, ``utf-8``, ``gb18030``, ``cp932``, or another in which ASCII is one byte each): lengths are its bytes.
    The file does not name it, so a reader has to know it.

    Raises `XptError` with every problem found, in declarations and in all values, and TypeError when the path comes
    before the frame. The file appears whole or not at all; a previous file of that name stays until the new one is
    complete.

    >>> import tempfile
    >>> frame = pd.DataFrame({"USUBJID": ["01-001", "01-002"], "AGE": [64.0, 71.0]})
    >>> path = Path(tempfile.mkdtemp()) / "dm.xpt"
    >>> write_xpt(frame, path, name="DM", label="Demographics")
    >>> path.stat().st_size
    1120
    """
    _check_arguments(frame, path)
    replace = Transliteration(transliterate)
    label = replace.apply(label)
    if variables is None:
        variables = infer_variables(frame, replace, encoding) if isinstance(frame, pd.DataFrame) else ()
        if not isinstance(frame, pd.DataFrame):
            raise XptError([_variables_needed(name)])
    variables = [_replace_label(variable, replace) for variable in variables]
    frames = [frame] if isinstance(frame, pd.DataFrame) else frame
    problems: list[Problem] = []
    born = _find_moment(created, name, problems)
    changed = born if modified is None else _to_utc(modified)
    for moment in dict.fromkeys((born, changed)):
        problems += check_moment(moment, name)
    problems += check_dataset(name, label, type, encoding)
    problems += check_variables(name, variables, encoding)
    with _replacing(Path(path)) as file, ThreadPoolExecutor(count_workers()) as pool:
        if not problems:
            file.write(make_headers(name, label, type, variables, born, changed, encoding))
        _Body(name, variables, replace, problems, encoding).write(file, frames, pool)


class _Body:
    """The observations of one file: what was written so far, and everything that is wrong."""

    def __init__(
        self,
        dataset: str,
        variables: Sequence[XptVariable],
        replace: Transliteration,
        problems: list[Problem],
        codec: str,
    ) -> None:
        self._codec = codec
        self._dataset = dataset
        self._variables = variables
        self._replace = replace
        self._problems = problems
        self._faults = FaultBook(dataset, codec)
        self._rows = 0
        self._tail = b""
        # Values of a variable that cannot be laid out are not looked at; its own problem is already on the list.
        self._usable = [v for v in variables if (3 <= v.length <= 8 if v.numeric else 1 <= v.length <= 2**15)]

    def write(self, file: BinaryIO, frames: Iterable[pd.DataFrame], pool: Executor) -> None:
        """Write all rows and the padding; raise when anything was wrong."""
        for frame in frames:
            self._write_frame(file, frame, pool)
        length = sum(variable.length for variable in self._variables)
        if not self._wrong:
            self._problems += self._check_last_rows(length)
        if self._wrong:
            raise XptError([*self._problems, *self._faults.list_problems(self._variables)])
        file.write(padding_after(self._rows * length))

    @property
    def _wrong(self) -> bool:
        return bool(self._problems) or bool(self._faults)

    def _write_frame(self, file: BinaryIO, frame: pd.DataFrame, pool: Executor) -> None:
        found = list(check_columns(self._dataset, frame, self._variables))
        columns, wrong_kinds = prepare_columns(self._dataset, frame, self._usable, self._replace, self._codec)
        self._problems += [problem for problem in (*found, *wrong_kinds) if problem not in self._problems]
        step = count_rows_per_block(sum(variable.length for variable in self._variables))
        spans = [(start, min(start + step, len(frame))) for start in range(0, len(frame), step)]
        before = self._rows
        self._rows += len(frame)
        for block, faults in run_in_order(
            pool, lambda span: encode_block(columns, *span, before), spans, ahead=count_workers() + 1
        ):
            for fault in faults:
                self._faults.add(fault)
            if not self._wrong:
                file.write(block.data)
                self._tail = (self._tail + block.reshape(-1)[-RECORD:].tobytes())[-RECORD:]

    def _check_last_rows(self, length: int) -> Iterator[Problem]:
        """Blank rows at the end that a reader cannot tell from the padding of the last record."""
        if not length:
            if self._rows:
                yield Problem(
                    "XPT015", f"{self._rows:,} rows without a variable cannot be written",
                    place=Place(dataset=self._dataset), hint="add a variable or drop the rows",
                )  # fmt: skip
            return
        certain = count_certain_rows(self._rows * length + len(padding_after(self._rows * length)), length)
        written = self._rows
        while written > certain and self._tail.endswith(b" " * length):
            self._tail = self._tail[:-length]
            written -= 1
        lost = tuple(range(written + 1, self._rows + 1))
        if lost:
            yield Problem(
                "XPT015",
                f"the last {len(lost)} rows are blank and would be read as padding" if len(lost) > 1
                else "the last row is blank and would be read as padding",
                place=Place(dataset=self._dataset, rows=lost[:10]), count=len(lost),
                hint="the format does not count rows: drop blank rows at the end",
            )  # fmt: skip


def _check_arguments(frame: object, path: object) -> None:
    if isinstance(frame, str | os.PathLike):
        raise TypeError("write_xpt takes the frame before the path: write_xpt(frame, path, name=...)")
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"write_xpt needs the path of a file as its second argument, not {type(path).__name__}")


def _variables_needed(dataset: str) -> Problem:
    return Problem(
        "XPT006",
        "lengths cannot be inferred from frames that come one after another",
        place=Place(dataset=dataset),
        hint="give the variables, or one frame",
    )


def _replace_label(variable: XptVariable, replace: Transliteration) -> XptVariable:
    return XptVariable(
        variable.name, replace.apply(variable.label), numeric=variable.numeric, length=variable.length,
        format=variable.format, informat=variable.informat,
    )  # fmt: skip


def _find_moment(created: datetime | None, dataset: str, problems: list[Problem]) -> datetime:
    if created is not None:
        return _to_utc(created)
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return _SAS_EPOCH
    try:
        return _to_utc(datetime.fromtimestamp(int(epoch), UTC))
    except (ValueError, OverflowError, OSError):
        problems.append(
            Problem(
                "XPT007",
                f"SOURCE_DATE_EPOCH is {epoch!r}",
                place=Place(dataset=dataset),
                hint="expected seconds since 1970-01-01 as a whole number",
            )
        )
        return _SAS_EPOCH


def _to_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A file beside the target that takes its place when all went well and vanishes when not."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with beside.open("xb") as file:
            yield file
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
