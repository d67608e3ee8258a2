"""Memory that nothing uses any more goes back to the system."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

import pyarrow as pa

_ARENAS, _MAPPED_FROM = -8, -3
"""M_ARENA_MAX and M_MMAP_THRESHOLD of mallopt."""
_LARGE = 1 << 20


def release_memory() -> None:
    """Hand back what allocators keep for later, after work that needed much of it. Does nothing where none can."""
    pa.default_memory_pool().release_unused()
    _ask_library("malloc_trim", 0)


def return_large_pieces() -> None:
    """From now on what is large goes back to the system as soon as it is free, whichever thread used it.

    Else an allocator keeps it for the next piece of its kind, and a process stays as large as each of its steps once
    was. Pieces under 1 MiB are kept as before. Does nothing where none can.
    """
    _ask_library("mallopt", _ARENAS, 2)
    _ask_library("mallopt", _MAPPED_FROM, _LARGE)


def _ask_library(name: str, *arguments: int) -> None:
    """Call a function that only the C library of Linux has."""
    with suppress(OSError, AttributeError, TypeError):
        getattr(ctypes.CDLL(None), name)(*arguments)


def let_go() -> None:
    """The same after work whose objects know each other, so that nothing but a search finds them unused."""
    gc.collect()
    release_memory()
