"""What goes between processes: a study and its plan, rows of a range, and what became of them, as bytes."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cdisc_conv.spec.model import DatasetSpec


class _Packer(pickle.Pickler):
    """Packs read-only mappings too and, where the other side has the study, datasets of it by their name."""

    def __init__(self, file: io.BytesIO, by_name: bool) -> None:
        super().__init__(file, protocol=5)
        self._by_name = by_name

    def persistent_id(self, item: Any) -> str | None:
        return item.name if self._by_name and isinstance(item, DatasetSpec) else None

    def reducer_override(self, item: Any) -> Any:
        return (_freeze, (dict(item),)) if isinstance(item, MappingProxyType) else NotImplemented


def _freeze(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


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
