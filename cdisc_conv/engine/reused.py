"""What of a run an earlier one had made already, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdisc_conv.steps import Steps

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Reuse:
    """Row sets and variables by name, and ranges of subjects by number, from 1."""

    needed: frozenset[str] = frozenset()
    """What the run needed."""
    reused: frozenset[str] = frozenset()
    """What of it an earlier run had made, in every range."""
    kept: frozenset[int] = frozenset()
    """The ranges that an earlier run had made as a whole."""
    ranges: int = 1

    def describe(self) -> str:
        """What was made again and what was not; nothing where all was made.

        >>> Reuse(frozenset({"records of AE", "AE.AESEV", "AE.AETERM"}), frozenset({"AE.AETERM"})).describe()
        'made again: 1 of 2 variables (AE.AESEV); the rest is as before'
        >>> Reuse(kept=frozenset({1, 3}), ranges=3).describe()
        'made again: 1 of 3 ranges (2); the rest is as before'
        """
        again = [str(number) for number in range(1, self.ranges + 1) if number not in self.kept]
        variables = sorted(name for name in self.needed if " " not in name)
        anew = [name for name in variables if name not in self.reused]
        if not self.kept and not self.reused:
            return ""
        if not again:
            return f"all {self.ranges:,} ranges are as before"
        if not self.kept and not anew:
            return f"all {len(variables):,} variables are as before"
        said = [_count(again, self.ranges, "ranges")] if self.kept else []
        said += [_count(anew, len(variables), "variables")] if self.reused else []
        return f"made again: {', in these '.join(said)}; the rest is as before"


NOTHING_REUSED = Reuse()

_WORDS = {
    "description": ("described", "datasets"),
    "check": ("checked", "rules by dataset"),
    "drawing": ("drawn", "pages and documents"),
    "file": ("written", "files"),
}
"""Steps in the order of the road, and what is said of them."""


def describe_steps(steps: Steps) -> str:
    """What was made again behind the variables; nothing where all was made.

    >>> from pathlib import Path
    >>> from cdisc_conv.keeping import Room
    >>> steps = Steps(Room(Path("room")))
    >>> for number, name in enumerate(("DM", "AE", "ADAE")):
    ...     steps.note("description", name, reused=number < 2)
    ...     steps.note("drawing", name, reused=True)
    >>> describe_steps(steps)
    'described again: 1 of 3 datasets (ADAE); drawn again: none of 3 pages and documents'
    """
    if not steps.reused:
        return ""
    said = []
    for step, (verb, what) in _WORDS.items():
        made, reused = (found.get(step, ()) for found in (steps.made, steps.reused))
        count = len(made) + len(reused)
        if count:
            said.append(f"{verb} again: {_count(made, count, what) if made else f'none of {count:,} {what}'}")
    return "; ".join(said)


def _count(again: Sequence[str], whole: int, what: str) -> str:
    some = ", ".join(again[:_SHOWN]) + (f" and {len(again) - _SHOWN} more" if len(again) > _SHOWN else "")
    return f"{len(again):,} of {whole:,} {what}{f' ({some})' if some else ''}"
