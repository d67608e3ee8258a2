"""Values as bytes: for another process, or for another run."""

from __future__ import annotations

import io
import pickle
from enum import Enum
from types import MappingProxyType
from typing import Any


class DamagedParcelError(Exception):
    """Bytes that hold something else than what was packed."""


class Packer(pickle.Pickler):
    """Packs read-only mappings too, and enumerations by their value, whatever the version of Python."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=5)

    def reducer_override(self, item: Any) -> Any:
        """How the kinds are packed that `pickle` cannot pack, or packs in another way from version to version."""
        if isinstance(item, Enum):
            return type(item), (item.value,)
        return (freeze, (dict(item),)) if isinstance(item, MappingProxyType) else NotImplemented


def freeze(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    """A read-only mapping."""
    return MappingProxyType(mapping)


def pack_own(content: Any) -> bytes:
    """What `open_own` opens: our own types, plain values, and arrays of numbers."""
    file = io.BytesIO()
    Packer(file).dump(content)
    return file.getvalue()


def open_own(parcel: bytes) -> Any:
    """What was packed, which is made of our own types, plain values and arrays; nothing else is called.

    Raises DamagedParcelError.

    >>> open_own(pack_own({"a": (1, "x")}))
    {'a': (1, 'x')}
    >>> open_own(pack_own(print))
    Traceback (most recent call last):
    cdisc_conv.parcels.DamagedParcelError: a parcel does not hold builtins.print
    """
    try:
        return _OwnUnpickler(parcel).load()
    except (pickle.UnpicklingError, ValueError, LookupError, TypeError, AttributeError, ImportError, EOFError) as error:
        raise DamagedParcelError(str(error)) from error


class _OwnUnpickler(pickle.Unpickler):
    _PLAIN = frozenset({("builtins", "frozenset"), ("builtins", "set"), ("pathlib", "PosixPath")})
    _ARRAYS = frozenset({"_reconstruct", "_frombuffer", "scalar", "ndarray", "dtype"})

    def __init__(self, parcel: bytes) -> None:
        super().__init__(io.BytesIO(parcel))

    def find_class(self, module: str, name: str) -> Any:
        package = module.partition(".")[0]
        if (package == "numpy" and name in self._ARRAYS) or (module, name) in self._PLAIN:
            return super().find_class(module, name)
        if (module, name) == (__name__, freeze.__name__):
            return freeze
        found = super().find_class(module, name) if package == "cdisc_conv" and "." not in name else None
        if isinstance(found, type) and found.__module__ == module:
            return found
        raise pickle.UnpicklingError(f"a parcel does not hold {module}.{name}")
