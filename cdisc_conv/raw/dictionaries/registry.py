"""The registry of dictionary readers, built-in and plug-ins alike.

A package offers readers by an entry point of the group ``cdisc_conv.dictionaries`` that names a module; importing the
module runs its `register` decorators. Our own readers are such an entry.
"""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import IO, ClassVar, TypeVar

from cdisc_conv.plug_ins import load_plug_ins
from cdisc_conv.problems import Problem, ProblemsError, did_you_mean
from cdisc_conv.raw.dictionaries.files import File, find_files
from cdisc_conv.raw.dictionaries.model import Dictionary
from cdisc_conv.raw.dictionaries.odm import read_odm_dictionary
from cdisc_conv.raw.dictionaries.sheets import Sheet, Table, find_table, read_sheets
from cdisc_conv.raw.odm.definitions import Metadata
from cdisc_conv.raw.odm.metadata import read_metadata
from cdisc_conv.raw.odm.stream import is_odm

GROUP = "cdisc_conv.dictionaries"
BUILT_IN = "cdisc_conv.raw.dictionaries.systems"

_registered: dict[str, DictionaryReader] = {}


@dataclass(frozen=True)
class Source:
    """The files in which a dictionary is looked for."""

    files: Sequence[File]

    @cached_property
    def heads(self) -> tuple[Sheet, ...]:
        """The beginnings of all tables: enough to see what each is."""
        return tuple(sheet for file in self.files for sheet in _read_or_none(file))

    def find(self, required: Iterable[str], names: Mapping[str, Iterable[str]]) -> tuple[Table, ...]:
        """The tables that have all of the `required` columns (see `find_table`), whole.

        Raises ProblemsError (DICT001, DICT002) for a file that cannot be read.
        """
        required = tuple(required)
        found = (self._find(sheet, required, names) for sheet in self.heads)
        return tuple(table for table in found if table is not None)

    def _find(self, sheet: Sheet, required: Sequence[str], names: Mapping[str, Iterable[str]]) -> Table | None:
        if find_table(sheet, required, names) is None:
            return None
        return find_table(self.whole(sheet), required, names)

    def whole(self, sheet: Sheet) -> Sheet:
        """All of a sheet of which the beginning is known."""
        if sheet.file.name not in self._whole:
            self._whole[sheet.file.name] = read_sheets(sheet.file)
        return next((whole for whole in self._whole[sheet.file.name] if whole.name == sheet.name), sheet)

    @cached_property
    def _whole(self) -> dict[str, tuple[Sheet, ...]]:
        return {}

    @cached_property
    def odm(self) -> tuple[tuple[File, Metadata], ...]:
        """The ODM files with what they define; `damaged` has those that cannot be read."""
        found = []
        for file in self.files:
            try:
                if is_odm(file.open(4096)):
                    with open_file(file) as stream:
                        found.append((file, read_metadata(stream, file.shown)))
            except ProblemsError as error:
                self._odm_problems.extend(error.problems)
        return tuple(found)

    @cached_property
    def _odm_problems(self) -> list[Problem]:
        return []

    @cached_property
    def damaged(self) -> tuple[Problem, ...]:
        """What is wrong with files that cannot be taken apart."""
        found: list[Problem] = []
        for file in self.files:
            try:
                read_sheets(file, head=True)
            except ProblemsError as error:
                found += error.problems
        _ = self.odm
        return (*found, *self._odm_problems)


def _read_or_none(file: File) -> tuple[Sheet, ...]:
    try:
        return read_sheets(file, head=True)
    except ProblemsError:
        return ()  # `damaged` has it


@dataclass(frozen=True, slots=True)
class Evidence:
    """How surely files come from a system: a score from 0 to 1, and the reasons for a person to weigh."""

    score: float
    reasons: tuple[str, ...]
    describes: bool = True
    """Whether a dictionary is there, and not only data."""


def open_file(file: File) -> IO[bytes]:
    """A file as a stream: from disk where it is there, so that a large one is not in memory."""
    return file.path.open("rb") if file.path is not None else io.BytesIO(file.read())


class DictionaryReader(ABC):
    """Reads the dictionaries of one EDC. Subclasses are registered with `register`.

    ODM files need no reader of their own: those that a system wrote are read for it where its reader finds nothing
    else.
    """

    name: ClassVar[str]
    """How ``edc:`` calls it: ``redcap``."""
    label: ClassVar[str]
    """How people call it: REDCap."""
    needs: ClassVar[str]
    """What it reads, for a message: "the data dictionary (CSV), ..."."""

    @abstractmethod
    def recognise(self, source: Source) -> Evidence | None:
        """How surely the files are of this system; None when nothing speaks for it."""

    @abstractmethod
    def read(self, source: Source) -> Dictionary:
        """The dictionary in the files. What is wrong comes with it.

        Raises ProblemsError where there is no dictionary of this system in them (DICT003), or nothing can be read.
        """


_Class = TypeVar("_Class", bound=type[DictionaryReader])


def register(reader: _Class) -> _Class:
    """Class decorator that adds a reader. Raises ValueError when its name is taken by another class."""
    known = _registered.get(reader.name)
    if known is not None and type(known).__qualname__ != reader.__qualname__:
        raise ValueError(f"the dictionary reader '{reader.name}' is registered twice: by {type(known)} and by {reader}")
    _registered[reader.name] = reader()
    return reader


def load_dictionary_readers() -> MappingProxyType[str, DictionaryReader]:
    """All readers by name, read-only.

    >>> "redcap" in load_dictionary_readers()
    True
    """
    load_plug_ins(GROUP, BUILT_IN)
    return MappingProxyType(dict(sorted(_registered.items())))


def read_dictionary(paths: Iterable[tuple[Path, str]], edc: str = "", encoding: str = "") -> Dictionary:
    """The dictionary in some files, folders or zips, each with what people call it.

    `edc` names the system; without it, it is recognised. Raises ProblemsError: DICT001 and DICT002 for files that
    cannot be read, DICT003 when there is no dictionary of the system, DICT004 for an unknown or unrecognised system.
    """
    readers = load_dictionary_readers()
    if edc and edc not in readers:
        hint = did_you_mean(edc, readers) or f"there are: {', '.join(readers)}"
        raise ProblemsError([Problem("DICT004", f"there is no EDC '{edc}'", hint=hint)])
    source = Source(find_files(paths, encoding))
    if edc:
        return _read_as(readers[edc], source)
    guesses = rank(source)
    if not guesses or not guesses[0][1].describes:
        if source.damaged:
            raise ProblemsError(source.damaged)
        message = "no dictionary of a known EDC is recognised in " + _list_files(source)
        raise ProblemsError([Problem("DICT004", message, hint=f"say which: 'edc: NAME', of {', '.join(readers)}")])
    return _read_as(guesses[0][0], source)


def _read_as(reader: DictionaryReader, source: Source) -> Dictionary:
    """Its dictionary; where there is none, the message names the system whose dictionary it seems to be."""
    try:
        return reader.read(source)
    except ProblemsError as error:
        if any(find_writer(found) in (reader.name, "odm") and found.defined for _, found in source.odm):
            return read_odm_dictionary(reader.name, source.odm)
        others = [(other, found) for other, found in rank(source) if other is not reader and found.describes]
        missing = [problem for problem in error.problems if problem.code == "DICT003"]
        if not missing or not others:
            raise
        other, found = others[0]
        hint = f"it looks like one of {other.label}: {found.reasons[0]}; say 'edc: {other.name}'"
        rest = [problem for problem in error.problems if problem.code != "DICT003"]
        raise ProblemsError([*rest, replace(missing[0], hint=hint)]) from None


def rank(source: Source) -> list[tuple[DictionaryReader, Evidence]]:
    """The systems that the files may come from, the most likely first; a dictionary counts for more than data."""
    found = [
        (reader, evidence) for reader in load_dictionary_readers().values() if (evidence := _weigh(reader, source))
    ]
    return sorted(found, key=lambda item: (-item[1].score, item[0].name))


def _weigh(reader: DictionaryReader, source: Source) -> Evidence | None:
    """What speaks for a system: its own files, and ODM files that it wrote."""
    own = reader.recognise(source)
    written = [(file, found) for file, found in source.odm if find_writer(found) == reader.name]
    if not written:
        return own
    reasons = tuple(
        f"{file.shown} is ODM {found.version or found.generation}"
        + (f" written by {reader.label}" if found.source else "")
        for file, found in written
    )
    described = any(found.defined for _, found in written)
    score = 0.95 if written[0][1].source else 0.7
    if own is None:
        return Evidence(score, reasons, described)
    return Evidence(max(own.score, score), (*own.reasons, *reasons), own.describes or described)


def find_writer(found: Metadata) -> str:
    """The reader that an ODM file is for: of the system that wrote it, or of ODM as such."""
    return found.source if found.source in load_dictionary_readers() else "odm"


def missing(reader: DictionaryReader, source: Source) -> ProblemsError:
    """DICT003: the files hold no dictionary of the system."""
    message = f"there is no dictionary of {reader.label} in {_list_files(source)}"
    return ProblemsError([*source.damaged, Problem("DICT003", message, hint=f"it is {reader.needs}")])


def _list_files(source: Source) -> str:
    names = [file.shown for file in source.files]
    more = f" and {len(names) - 3} more files" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more if names else "an empty folder"
