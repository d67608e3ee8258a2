"""Steps of a run whose results are kept for the next one, each under the content of all that it was made of.

A step is a function of what it is given: as long as that is the same, so is its result, whatever else changed. The
name of a result is the hash of the program and of all that the step was given (`digest`), so that nothing has to know
what depends on what: a value that is new makes new names downstream of it, and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from cdisc_conv.columns.digests import UndigestedError, digest
from cdisc_conv.keeping import Room
from cdisc_conv.parcels import DamagedParcelError, open_own, pack_own

_Made = TypeVar("_Made")


class Steps:
    """Where results of steps are kept, and which of them this run took over.

    >>> import tempfile
    >>> from pathlib import Path
    >>> room = Room(Path(tempfile.mkdtemp()) / "room")
    >>> for _ in "ab":
    ...     steps = Steps(room, "version 1")
    ...     print(steps.make("sum", "of two", (1, 2), lambda: print("made") or 3), steps.reused)
    made
    3 {}
    3 {'sum': ('of two',)}
    """

    def __init__(self, room: Room | None = None, base: str = "", fresh: bool = False) -> None:
        self._room = room
        self._base = base
        self._fresh = fresh
        self._told: dict[str, dict[str, bool]] = {}

    @property
    def are_kept(self) -> bool:
        """Whether anything is kept at all."""
        return self._room is not None

    def make(self, step: str, what: str, made_of: Any, make: Callable[[], _Made]) -> _Made:
        """What `make` makes of `made_of`, which is all that it depends on, unless an earlier run made the same.

        `step` and `what` say what it is in messages. Results are of our own types, plain values and arrays of numbers.
        """
        made, reused = self.recall(step, made_of, make)
        self.note(step, what, reused=reused)
        return made

    def recall(self, step: str, made_of: Any, make: Callable[[], _Made]) -> tuple[_Made, bool]:
        """The same, and whether it was taken over, for who notes that later."""
        name = self.name(step, made_of)
        found = self.find(name)
        if found is not None:
            return found[0], True
        made = make()
        self.keep(name, made)
        return made, False

    def name(self, step: str, made_of: Any) -> str:
        """The name of what a step makes of something; "" where it cannot be kept."""
        if self._room is None:
            return ""
        try:
            return f"step-{digest((self._base, step, made_of))}"
        except UndigestedError:
            return ""

    def find(self, name: str) -> tuple[Any] | None:
        """What an earlier run kept under a name, in a tuple; None where there is nothing that can be used."""
        content = self._room.find(name) if self._room is not None and name and not self._fresh else None
        if self._room is None or content is None:
            return None
        try:
            return (open_own(content),)
        except DamagedParcelError:
            self._room.drop(name, "does not hold the result of a step")
            return None

    def keep(self, name: str, made: Any) -> None:
        """Keep a result for the next run."""
        if self._room is not None and name:
            self._room.keep(name, pack_own(made))

    def note(self, step: str, what: str, *, reused: bool) -> None:
        """Remember whether a result was taken over; what is made in several parts is, when all of them are."""
        if self._room is None:
            return
        told = self._told.setdefault(step, {})
        told[what] = told.get(what, True) and reused

    @property
    def reused(self) -> dict[str, tuple[str, ...]]:
        """Step -> what of it was taken over."""
        return self._list(reused=True)

    @property
    def made(self) -> dict[str, tuple[str, ...]]:
        """Step -> what of it was made."""
        return self._list(reused=False)

    def _list(self, *, reused: bool) -> dict[str, tuple[str, ...]]:
        found = {step: tuple(what for what, one in told.items() if one is reused) for step, told in self._told.items()}
        return {step: names for step, names in found.items() if names}

    def tell(self) -> tuple[tuple[str, str, bool], ...]:
        """What `hear` takes in another process."""
        return tuple((step, what, one) for step, told in self._told.items() for what, one in told.items())

    def hear(self, told: Iterable[tuple[str, str, bool]]) -> None:
        """Remember what a copy of the process took over."""
        for step, what, reused in told:
            self.note(step, what, reused=reused)


NOTHING_KEPT = Steps()
"""Makes every step, and keeps none."""
