"""A record of ClinicalTrials.gov (API v2), read from its JSON file, and which of its parts have been used.

Source: the data structure of ClinicalTrials.gov, version 2 of its API: `protocolSection` holds modules, keys that do
not apply are absent, enumerations are words in capital letters.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from cdisc_conv.problems import Place, Problem, ProblemsError

MOST_BYTES = 64 << 20
SECTION = "protocolSection"
_OLDER = ("FullStudiesResponse", "FullStudy", "Study", "clinical_study")
"""What the top of a record of an earlier version is called."""


Kind = TypeVar("Kind")


class Record:
    """The protocol section of a record; what is taken from it is remembered."""

    def __init__(self, section: dict[str, Any], beside: tuple[str, ...] = ()) -> None:
        self._section = section
        self._beside = beside
        """What the record has beside its protocol section."""
        self._taken: set[str] = set()
        self._opened: dict[str, tuple[str, ...]] = {}
        """Lists of mappings, and the keys that are taken of each."""

    def take(self, path: str, kind: type[Kind]) -> Kind | None:
        """The value of a kind at a path of keys such as ``designModule.phases``; None when there is none.

        What is of another kind stays where it is.
        """
        value = self._look(path)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            return None
        self._taken.add(path)
        return value

    def text(self, path: str) -> str:
        """The same as one line of text, "" when there is none; what is no text stays where it is."""
        return " ".join((self.take(path, str) or "").split())

    def texts(self, path: str) -> list[str]:
        """The same as a list of texts; where it is none it stays where it is."""
        value = self._look(path)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            return []
        self._taken.add(path)
        return [" ".join(item.split()) for item in value]

    def items(self, path: str, *keys: str) -> list[dict[str, Any]]:
        """The same as a list of mappings, of which only `keys` are taken; what is none stays where it is."""
        value = self._look(path)
        if not isinstance(value, list):
            return []
        self._opened[path] = (*self._opened.get(path, ()), *keys)
        return [item for item in value if isinstance(item, dict)]

    def list_left(self) -> Iterator[tuple[str, str]]:
        """The paths that nothing was taken from, with the beginning of what they hold."""
        for path, values in _group(_walk(self._section, "", self._taken, self._opened)).items():
            yield path, _shorten(", ".join(dict.fromkeys(values)))
        for name in self._beside:
            yield name, "not part of the protocol section"

    def _look(self, path: str) -> Any:
        value: Any = self._section
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        return value


def read_record(path: Path, shown: str = "") -> Record:
    """The record in a file, which messages call `shown`.

    Raises ProblemsError: REG001 it cannot be read or is too large, REG002 it is not JSON, REG003 it is no record of
    version 2 of the API of ClinicalTrials.gov.
    """
    place = Place(file=shown or path.as_posix())

    def fail(code: str, message: str, hint: str = "") -> ProblemsError:
        return ProblemsError([Problem(code, message, place=place, hint=hint)])

    try:
        if path.stat().st_size > MOST_BYTES:
            raise fail("REG001", f"the file is larger than {MOST_BYTES >> 20} MB")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise fail("REG001", f"the file cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise fail("REG002", "the file is not UTF-8 text", "save the record as JSON") from None
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        what = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        raise fail("REG002", f"the file is not JSON: {what}", "save the record as JSON") from None
    section = data.get(SECTION) if isinstance(data, dict) else None
    if not isinstance(section, dict):
        message = f"there is no '{SECTION}': {_describe_other(data)}"
        hint = "take the JSON of one study from version 2 of the API of ClinicalTrials.gov"
        raise fail("REG003", message, hint)
    return Record(section, tuple(key for key in data if key != SECTION))


def _describe_other(data: Any) -> str:
    """What a file without a protocol section is."""
    if isinstance(data, dict) and any(key in data for key in _OLDER):
        return "this is a record of an earlier version"
    studies = data.get("studies") if isinstance(data, dict) else data
    if isinstance(studies, list) and any(isinstance(one, dict) and SECTION in one for one in studies):
        return f"this is a list of {len(studies):,} {'study' if len(studies) == 1 else 'studies'}"
    return "no record"


def _walk(value: Any, path: str, taken: set[str], opened: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    if path in taken:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, f"{path}.{key}" if path else key, taken, opened)
    elif isinstance(value, list) and path in opened:
        for item in value:
            rest = (
                {key: inner for key, inner in item.items() if key not in opened[path]}
                if isinstance(item, dict)
                else item
            )
            yield from _walk(rest, path, taken, {})
    else:
        yield path, ", ".join(map(_show, value)) if isinstance(value, list) else _show(value)


def _group(found: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for path, said in found:
        grouped.setdefault(path, []).append(said)
    return grouped


def _shorten(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 3]}..."


_MOST_SHOWN = 60


def _show(value: Any) -> str:
    if isinstance(value, dict):
        return _show(next(iter(value.values()), ""))
    return " ".join(str(value).split())
