"""Ranges that an earlier run made of the same rows and the same mapping: taken over as they are kept on disk.

The name of a kept range is a hash of all that made it: the files of the mapping, the program, the content of its rows,
the forms and datasets of no subject, and what was made of all subjects. Numbers of rows are not in it: a range is kept
with rows counted as it has them, and gets the numbers of the files when it is taken over. So a row that was added on
top makes the range of its subject again, and no other.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from cdisc_conv.engine.derive.fingerprints import UnknownValueError, hash_content
from cdisc_conv.engine.derive.kept_parts import Keeping
from cdisc_conv.engine.ranges.kept import INDEX, DamagedError, check_kept, keep_range, open_range
from cdisc_conv.engine.ranges.range import DeriveRange, Range, Rows, derive_range, make_range, number_range
from cdisc_conv.keeping import Room
from cdisc_conv.spec.model import Study


@dataclass(frozen=True)
class DeriveChanged(DeriveRange):
    """The task to make a range, unless an earlier run made the same."""

    keeping: Keeping

    def __call__(self, rows: Rows, /) -> Range:
        """The records and facts of the rows of a range."""
        try:
            name = f"range-{self._hash(rows)}"
        except UnknownValueError:
            return derive_range(self.study, self.plan, rows, self.datasets)
        found = None if self.keeping.fresh else _find(self.keeping.room, name, self.study)
        if found is None:
            keeping = replace(self.keeping, slot=f"{self.keeping.slot}-{rows.name}")
            found = make_range(self.study, self.plan, rows, self.datasets, keeping=keeping)
            _keep(self.keeping.room, name, found)
        return number_range(found, rows.numbers)

    def _hash(self, rows: Rows) -> str:
        said = (rows.forms, rows.given, rows.known, sorted(rows.repeated), rows.is_first, self.datasets)
        return hash_content((self.keeping.base, hash_mapping(self.study), said))


def hash_mapping(study: Study) -> str:
    """A hash of the files that the mapping was read from, under the names that findings have, and of the settings."""
    files = [(str(path), hashlib.sha256(path.read_bytes()).hexdigest()) for path in study.files]
    return hash_content((files, dict(study.settings), sorted(study.left_out)))


def _find(room: Room, name: str, study: Study) -> Range | None:
    """A kept range in memory; None where there is none, or one that is damaged, which is removed and reported."""
    folder = room.folder / name
    sealed = room.find(name)
    if sealed is None:
        return None
    try:
        if hashlib.sha256((folder / INDEX).read_bytes()).hexdigest().encode() != sealed:
            raise DamagedError(name)
        check_kept(folder)
        found = open_range(folder, study).load()
    except (DamagedError, OSError):
        room.drop(name, "was damaged")
        return None
    with suppress(OSError):
        os.utime(folder)
    return replace(found, reused=found.made, kept=frozenset({1}))


def _keep(room: Room, name: str, made: Range) -> None:
    folder = room.folder / name
    try:
        keep_range(made, folder)
        room.keep(name, hashlib.sha256((folder / INDEX).read_bytes()).hexdigest().encode())
    except OSError as error:
        room.warn(error)


def read_cut(keeping: Keeping, count: int) -> tuple[str, ...]:
    """The subjects that the ranges of the run before began with; none where that is not known."""
    content = keeping.room.find(_name_cut(keeping, count))
    try:
        found = json.loads(content or b"[]")
        return tuple(map(str, found)) if isinstance(found, list) else ()
    except ValueError:
        return ()


def keep_cut(keeping: Keeping, count: int, firsts: Sequence[str]) -> None:
    """Let the next run begin its ranges with the same subjects."""
    if firsts != read_cut(keeping, count):
        keeping.room.keep(_name_cut(keeping, count), json.dumps(list(firsts)).encode())


def keep_count(keeping: Keeping, wanted: int) -> int:
    """The number of ranges where the size of the files wants `wanted`: that of the run before while it is about right.

    Else a row more could divide the study anew, and everything would be made again.
    """
    name = f"count-{keeping.slot}"
    content = keeping.room.find(name) or b""
    earlier = int(content) if content.isdigit() else 0
    chosen = earlier if 2 * wanted <= 3 * earlier and 2 * earlier <= 3 * wanted else wanted
    if chosen != earlier:
        keeping.room.keep(name, str(chosen).encode())
    return chosen


def _name_cut(keeping: Keeping, count: int) -> str:
    return f"cut-{keeping.slot}-{count}"
