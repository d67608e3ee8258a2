"""The registry of readers, built-in and plug-ins alike, and which of them a file is for.

A package offers a reader by an entry point of the group ``cdisc_conv.readers`` that names a module; importing the
module runs its `register` decorators. Our own readers are such an entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from cdisc_conv.plug_ins import load_plug_ins
from cdisc_conv.problems import ProblemsError, did_you_mean
from cdisc_conv.raw.files.signatures import describe_foreign
from cdisc_conv.raw.source import FormSource, Reporter
from cdisc_conv.raw.tables import Container, RawFile, Reader

GROUP = "cdisc_conv.readers"
BUILT_IN = "cdisc_conv.raw.formats"

_registered: dict[str, Reader] = {}
_Class = TypeVar("_Class", bound=type[Reader])


def register(reader: _Class) -> _Class:
    """Class decorator that adds a reader of a format. Raises ValueError when its name is taken by another class."""
    known = _registered.get(reader.name)
    if known is not None and type(known).__qualname__ != reader.__qualname__:
        raise ValueError(f"the reader '{reader.name}' is registered twice: by {type(known)} and by {reader}")
    _registered[reader.name] = reader()
    return reader


def load_readers() -> MappingProxyType[str, Reader]:
    """All readers by name, read-only.

    >>> "csv" in load_readers()
    True
    """
    load_plug_ins(GROUP, BUILT_IN)
    return MappingProxyType(dict(sorted(_registered.items())))


def choose_reader(file: RawFile, declared: str, reporter: Reporter, encoding: str = "") -> Reader:
    """The reader of a file: by its content first, then by its name; `declared` is what ``format:`` says, or "".

    `encoding` is that of delimited text, which in UTF-16 and UTF-32 looks like binary data.

    Raises ProblemsError (RAW019) for a file of no known format, or of another one than declared.
    """
    readers = load_readers()
    head, name = file.head(), file.path.name.lower()
    found = next((reader for reader in readers.values() if reader.recognises(head, name)), None)
    if not declared:
        return found or _take_for_text(head, name, readers, reporter, encoding)
    if declared not in readers:
        message = f"form '{reporter.form}' has the format '{declared}', which is unknown"
        hint = did_you_mean(declared, readers) or f"there are: {', '.join(readers)}"
        raise ProblemsError([reporter.report("RAW019", message, hint=hint)])
    wanted = readers[declared]
    if found is None and (foreign := describe_foreign(head)):
        raise _refuse(foreign.what, wanted.label, foreign.hint, reporter)
    if found is not None and found is not wanted and not wanted.recognises(head, name):
        raise _refuse(found.label, wanted.label, f"declare 'format: {found.name}'", reporter)
    return wanted


def choose_table(container: Container, source: FormSource, inner: str, reporter: Reporter) -> str:
    """The name of the form's table in a file. Raises ProblemsError (RAW020) when the file has no such table."""
    found = container.find_table(source, inner)
    if found is not None:
        return found
    names = list(container.tables)
    wanted = inner or source.table or source.name
    held = ", ".join(names[:20]) + (" ..." if len(names) > 20 else "") or "none"
    message = f"form '{source.name}' is to be table '{wanted}', which the file does not hold"
    hint = did_you_mean(wanted, names) or f"it holds {held}; name the form's with 'table'"
    raise ProblemsError([reporter.report("RAW020", message, hint=hint)])


def _take_for_text(head: bytes, name: str, readers: Mapping[str, Reader], reporter: Reporter, encoding: str) -> Reader:
    """The reader of delimited text, for what is not known to be something else and has no other format's name."""
    wide = encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32", "utf16", "utf32"))
    if foreign := None if wide else describe_foreign(head, encoding):
        raise _refuse(foreign.what, f"one of the formats {', '.join(readers)}", foreign.hint, reporter)
    other = next((one for one in readers.values() if one.name != "csv" and name.endswith(one.suffixes)), None)
    if other is not None and head:
        hint = "ask for the file again, or declare 'format: csv' if it is delimited text"
        raise _refuse(f"not what its name says, {other.label}", "", hint, reporter)
    return readers["csv"]


def _refuse(what: str, wanted: str, hint: str, reporter: Reporter) -> ProblemsError:
    message = f"form '{reporter.form}' is {what}" + (f", not {wanted}" if wanted else "")
    return ProblemsError([reporter.report("RAW019", message, hint=hint)])
