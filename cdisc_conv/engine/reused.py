"""What of a run an earlier one had made already, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


def _count(again: Sequence[str], whole: int, what: str) -> str:
    some = ", ".join(again[:_SHOWN]) + (f" and {len(again) - _SHOWN} more" if len(again) > _SHOWN else "")
    return f"{len(again):,} of {whole:,} {what}{f' ({some})' if some else ''}"
