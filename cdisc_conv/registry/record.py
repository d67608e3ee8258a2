"""A record of ClinicalTrials.gov (API v2), read from its JSON file, and which of its parts have been used.

Source: the data structure of ClinicalTrials.gov, version 2 of its API: `protocolSection` holds modules, keys that do
not apply are absent, enumerations are words in capital letters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cdisc_conv.problems import Place, Problem, ProblemsError

MOST_BYTES = 64 << 20
SECTION = "protocolSection"
_OLDER = ("FullStudiesResponse", "FullStudy", "Study", "clinical_study")
"""What the top of a record of an earlier version is called."""


class Record:
    """The protocol section of a record; what is taken from it is remembered."""

    def __init__(self, section: dict[str, Any]) -> None:
        self._section = section
        self._taken: set[str] = set()

    def take(self, path: str) -> Any:
        """The value at a path of keys such as ``designModule.phases``; None when there is none."""
        value: Any = self._section
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None:
            self._taken.add(path)
        return value

    def text(self, path: str) -> str:
        """The same as one line of text, "" when there is none."""
        value = self.take(path)
        return " ".join(str(value).split()) if isinstance(value, str | int | float) else ""

    def items(self, path: str) -> list[dict[str, Any]]:
        """The same as a list of mappings; what is none is left out."""
        value = self.take(path)
        return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []

    def list_left(self) -> Iterator[tuple[str, str]]:
        """The paths that nothing was taken from, with the beginning of what they hold."""
        yield from _walk(self._section, "", self._taken)


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
        older = isinstance(data, dict) and any(key in data for key in _OLDER)
        message = f"there is no '{SECTION}': " + ("this is a record of an earlier version" if older else "no record")
        hint = "take the JSON of one study from version 2 of the API of ClinicalTrials.gov"
        raise fail("REG003", message, hint)
    return Record(section)


def _walk(value: Any, path: str, taken: set[str]) -> Iterator[tuple[str, str]]:
    if path in taken:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, f"{path}.{key}" if path else key, taken)
        return
    shown = ", ".join(map(_show, value)) if isinstance(value, list) else _show(value)
    yield path, shown if len(shown) <= _MOST_SHOWN else f"{shown[: _MOST_SHOWN - 3]}..."


_MOST_SHOWN = 60


def _show(value: Any) -> str:
    if isinstance(value, dict):
        return _show(next(iter(value.values()), ""))
    return " ".join(str(value).split())
