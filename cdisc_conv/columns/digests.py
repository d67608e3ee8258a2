"""One hash for values of any shape, with the columns and arrays in them: equal values have the same in every process.

What is hashed is how `pickle` spells a value, without the names that it gives to what occurs twice: an object that is
shared and one that is equal are the same. Of our own frozen types the fields are spelled that are compared or shown;
tables are spelled by their content, wherever they are.
"""

from __future__ import annotations

import hashlib
import pickle
import weakref
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from cdisc_conv.columns.hashes import hash_column
from cdisc_conv.columns.stored import Stored


class UndigestedError(TypeError):
    """A value of a type that does not say all of itself, as a plug-in may bring."""


def digest(value: Any, without: tuple[type, ...] = ()) -> str:
    """SHA-256 of a value; objects of the types `without` do not count. Raises UndigestedError.

    >>> digest({"a": frozenset({1, 2})}) == digest({"a": frozenset({2, 1})})
    True
    >>> digest(pd.DataFrame({"a": ["x"]})) == digest(pd.DataFrame({"b": ["x"]}))
    False
    >>> digest(lambda: 1)
    Traceback (most recent call last):
    cdisc_conv.columns.digests.UndigestedError: function
    """
    found = hashlib.sha256()
    try:
        _Speller(found, without).dump(value)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
        raise UndigestedError(type(value).__name__) from error
    return found.hexdigest()


class _Speller(pickle.Pickler):
    def __init__(self, found: Any, without: tuple[type, ...]) -> None:
        super().__init__(_Sink(found), protocol=5)
        self.fast = True  # nothing is remembered: what is equal is spelled alike
        self._say = {**_list_ways(), **dict.fromkeys(without, _say_nothing)}

    def persistent_id(self, item: Any) -> Any:
        say = self._say.get(type(item))
        return None if say is None else say(item)

    def reducer_override(self, item: Any) -> Any:
        kind: Any = type(item)
        names = _list_fields(kind)
        if names is None:
            return NotImplemented
        return _spelled, (f"{kind.__module__}.{kind.__qualname__}", *[getattr(item, name) for name in names])


class _Sink:
    """A file that hashes what is written to it."""

    def __init__(self, found: Any) -> None:
        self._found = found

    def write(self, content: Any) -> int:
        self._found.update(content)
        return len(content)


def _spelled(*_: Any) -> None:
    """Stands for an object of our own in what is hashed."""


@cache
def _list_fields(kind: Any) -> tuple[str, ...] | None:
    """The fields of one of our own types that are compared or shown, which are all that anything may follow from.

    None for other types.
    """
    if is_dataclass(kind):
        return tuple(one.name for one in fields(kind) if one.compare or one.repr)
    return tuple(kind.model_fields) if hasattr(kind, "__pydantic_fields__") else None


def _say_nothing(_: Any) -> Any:
    return "left out"


def _say_set(items: Any) -> Any:
    try:
        ordered = sorted(items)
    except TypeError:
        ordered = sorted(items, key=repr)
    # The text of texts and numbers, and of pairs of them, says all of them: one piece instead of thousands.
    plain = all(
        type(one) in _PLAIN or (type(one) is tuple and all(type(each) in _PLAIN for each in one)) for one in items
    )
    return ("set", repr(ordered) if plain else ordered)


_PLAIN = frozenset({str, int, float, bool, type(None)})


def _say_array(array: np.ndarray) -> Any:
    if array.dtype.hasobject:
        return ("objects", array.shape, digest(array.ravel().tolist()))
    content = np.ascontiguousarray(array).tobytes()
    return ("array", array.dtype.str, array.shape, hashlib.sha256(content).hexdigest())


def _say_column(column: pd.Series) -> Any:
    return ("column", column.dtype.kind, hash_column(column))


def _say_frame(frame: pd.DataFrame | Stored) -> Any:
    place = id(frame)
    known = _known.get(place)
    if known is not None and known[0]() is frame:
        return known[1]
    said = ("table", len(frame), [(str(name), *_say_column(column)) for name, column in frame.items()])

    def forget(_: Any) -> None:
        _known.pop(place, None)

    _known[place] = (weakref.ref(frame, forget), said)
    return said


_known: dict[int, tuple[Any, Any]] = {}
"""Tables that were hashed already, as long as they are there; nobody changes them between stages."""


@cache
def _list_ways() -> dict[type, Callable[[Any], Any]]:
    """How values are spelled whose types do not say all of themselves, or say more."""
    return {
        set: _say_set,
        frozenset: _say_set,
        MappingProxyType: lambda mapping: ("mapping", dict(mapping)),
        np.ndarray: _say_array,
        pd.Series: _say_column,
        pd.DataFrame: _say_frame,
        Stored: _say_frame,
    }
