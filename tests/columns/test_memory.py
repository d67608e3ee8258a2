"""Handing memory back: asked of the C library of Linux, and of no other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cdisc_conv.columns import memory

CALLS = [memory.release_memory, memory.return_large_pieces]


class Library:
    """A C library that notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    def mallopt(self, what: int, value: int) -> None:
        self.asked.append(("mallopt", what, value))

    def malloc_trim(self, left: int) -> None:
        self.asked.append(("malloc_trim", left))


def test_large_pieces_are_mapped_and_threads_share_arenas(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    monkeypatch.setattr(memory.ctypes, "CDLL", lambda name: library)
    for call in CALLS:
        call()
    assert library.asked == [("malloc_trim", 0), ("mallopt", -8, 2), ("mallopt", -3, 1 << 20)]


@pytest.mark.parametrize("call", CALLS, ids=["release", "return"])
@pytest.mark.parametrize("error", [OSError, TypeError, AttributeError])
def test_other_libraries_are_left_alone(
    call: Callable[[], None], error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[None] = []

    def refuse(name: None) -> None:
        asked.append(name)
        raise error

    monkeypatch.setattr(memory.ctypes, "CDLL", refuse)
    call()
    assert asked == [None] * len(asked) and asked  # it was asked, and its refusal is not passed on
