"""SAS transport files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cdisc_conv.problems import Place, Problem, ProblemsError
from cdisc_conv.raw.registry import register
from cdisc_conv.raw.shaping.values import write_sas_numbers
from cdisc_conv.raw.source import FormSource, Reporter
from cdisc_conv.raw.tables import BATCH_ROWS, TEXT, Container, NumberRows, RawBatch, RawFile, RawTable, Reader
from cdisc_conv.raw.typed.catalogues import Catalogue, find_words, read_catalogues
from cdisc_conv.xpt import XptMember, XptVariable, find_missing_codes, iter_xpt, list_members


@register
class TransportReader(Reader):
    """SAS transport files, version 5 and 8."""

    name = "xpt"
    label = "a SAS transport file"
    suffixes = (".xpt",)

    def recognises(self, head: bytes, name: str) -> bool:
        return head.startswith((b"HEADER RECORD*******LIBRARY HEADER", b"HEADER RECORD*******LIBV8"))

    def open(self, file: RawFile, reporter: Reporter) -> Container:
        with _named(reporter):
            return _TransportFile(file.path, list_members(file.path), read_catalogues(file.metadata, reporter))


class _TransportFile(Container):
    def __init__(self, path: Path, members: Sequence[XptMember], catalogue: Catalogue) -> None:
        self._path, self._catalogue = path, catalogue
        self._members = {member.name: member for member in members}
        self.tables = tuple(self._members)

    def table(self, name: str, source: FormSource, reporter: Reporter) -> RawTable:
        return _TransportTable(self._path, self._members[name], self._catalogue, source, reporter)


class _TransportTable(RawTable):
    def __init__(
        self, path: Path, member: XptMember, catalogue: Catalogue, source: FormSource, reporter: Reporter
    ) -> None:
        self._path, self._member, self._reporter = path, member, reporter
        self.problems = _place(reporter, member.problems)
        # The file does not tell; without a word of the study it is UTF-8, or where that is impossible Windows-1252.
        self._encoding = None if source.encoding == "utf-8" else source.encoding
        self.header = [variable.name for variable in member.variables]
        self.labels = {variable.name: variable.label for variable in member.variables if variable.label}
        words = {variable.name: find_words(variable.format, catalogue) for variable in member.variables}
        self.values = {name: known for name, known in words.items() if known}

    def read(self, places: Sequence[int]) -> Iterator[RawBatch]:
        number = NumberRows()
        variables = [self._member.variables[place] for place in places]
        names = [variable.name for variable in variables]
        with _named(self._reporter):
            for frame in iter_xpt(
                self._path, BATCH_ROWS, list(dict.fromkeys(names)), member=self._member.name, encoding=self._encoding
            ):
                columns = [_write(frame[variable.name], variable) for variable in variables]
                yield RawBatch(pa.record_batch(columns, names), number.take(len(frame)))


def _write(column: pd.Series, variable: XptVariable) -> pa.Array:
    if not variable.numeric:
        return pa.array(column, TEXT)
    values = column.to_numpy(dtype=np.float64)
    text = write_sas_numbers(values, variable.format)
    if np.isnan(values).any():
        codes = find_missing_codes(values)
        special = (codes != "") & (codes != ".")
        if special.any():
            text = pc.if_else(pa.array(special), pa.array(codes.astype(object), TEXT), text)
    return text


class _named:  # noqa: N801 - a context, used like a function
    """Problems of the transport reader, about the form and its file."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ProblemsError):
            raise ProblemsError(_place(self._reporter, error.problems)) from None


def _place(reporter: Reporter, problems: Iterable[Problem]) -> list[Problem]:
    """Problems of a file, as those of the form that is read from it."""
    place = Place(file=reporter.file, form=reporter.form)
    return [
        one if one.place.form else replace(one, place=place, message=f"form '{place.form}': {one.message}")
        for one in problems
    ]
