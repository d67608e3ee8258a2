"""Memory that nothing uses any more goes back to the system."""

from __future__ import annotations

import ctypes
from contextlib import suppress

import pyarrow as pa


def release_memory() -> None:
    """Hand back what allocators keep for later, after work that needed much of it. Does nothing where none can."""
    pa.default_memory_pool().release_unused()
    with suppress(OSError, AttributeError, TypeError):  # only the C library of Linux has it
        ctypes.CDLL(None).malloc_trim(0)
