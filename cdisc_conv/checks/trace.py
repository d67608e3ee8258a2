"""What a rule looks into beside the dataset that it is asked of: its answer holds as long as that is the same."""

from __future__ import annotations

from typing import Any, TypeAlias

Read: TypeAlias = tuple[str, str]
"""A dataset and its column; "" for all of it."""
EVERYTHING: Read = ("", "")
"""All datasets."""


class Trace:
    """Notes what is looked into from `begin` on."""

    def __init__(self) -> None:
        self._noted: set[Read] = set()

    def begin(self) -> None:
        """Forget what was noted."""
        self._noted = set()

    def note(self, *reads: Read) -> None:
        """Something is looked into."""
        self._noted.update(reads)

    @property
    def noted(self) -> frozenset[Read]:
        """What was looked into."""
        return frozenset(self._noted)


class Memo(dict[str, Any]):
    """What one rule worked out and another one needs as well: who takes it has looked into all that it was made of."""

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self._trace = trace
        self._reads: dict[str, frozenset[Read]] = {}

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        self._reads[key] = self._trace.noted

    def __getitem__(self, key: str) -> Any:
        self._trace.note(*self._reads.get(key, ()))
        return super().__getitem__(key)
