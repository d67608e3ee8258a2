"""What goes between processes, as bytes: a task, rows of a range, and what became of them."""

from __future__ import annotations

import io
import pickle
import traceback
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cdisc_conv.engine.workers.task import Task, name_range
from cdisc_conv.parcels import Packer
from cdisc_conv.problems import ProblemsError
from cdisc_conv.spec.model import DatasetSpec, Study


class _Packer(Packer):
    """Packs, where the other side has the study, its datasets by their name."""

    def __init__(self, file: io.BytesIO, by_name: bool) -> None:
        super().__init__(file)
        self._by_name = by_name

    def persistent_id(self, item: Any) -> str | None:
        return item.name if self._by_name and isinstance(item, DatasetSpec) else None


class _Unpacker(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, datasets: Mapping[str, DatasetSpec]) -> None:
        super().__init__(file)
        self._datasets = datasets

    def persistent_load(self, name: str) -> DatasetSpec:
        return self._datasets[name]


def pack(content: Any, *, by_name: bool = True) -> bytes:
    """Anything that the engine hands from stage to stage; `by_name` when the other side has the study."""
    file = io.BytesIO()
    _Packer(file, by_name).dump(content)
    return file.getvalue()


def unpack(parcel: bytes, datasets: Mapping[str, DatasetSpec] = MappingProxyType({})) -> Any:
    """What was packed, by this program and in this run; `datasets` are those of the study."""
    return _Unpacker(io.BytesIO(parcel), datasets).load()


def answer(task: Task, rows: bytes) -> bytes:
    """What a task makes of the rows of a range, or the exception that it ended with; `open_answer` opens it."""
    try:
        return pack(task(unpack(rows, task.study.datasets)))
    except Exception as error:
        if not isinstance(error, ProblemsError):
            error.add_note("".join(traceback.format_exception(error)))
        return pack_error(error)


def open_answer(parcel: bytes, study: Study, number: int, count: int) -> Any:
    """What a task made of a range. Raises what it raised, with a note of the range."""
    made = unpack(parcel, study.datasets)
    if isinstance(made, Exception):
        made.add_note(name_range(number, count))
        raise made
    return made


def pack_error(error: Exception) -> bytes:
    """An exception that can be opened elsewhere: itself, or one that says the same."""
    try:
        parcel = pickle.dumps(error)
        pickle.loads(parcel)  # noqa: S301  (what was packed a line before)
    except Exception:
        said = RuntimeError(f"{type(error).__name__}: {error}")
        for note in getattr(error, "__notes__", ()):
            said.add_note(note)
        return pickle.dumps(said)
    return parcel
