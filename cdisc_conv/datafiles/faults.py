"""Problems of dataset files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from cdisc_conv.problems import Place, Problem, ProblemsError


def make_error(code: str, message: str, path: Path, hint: str = "", line: int = 0) -> ProblemsError:
    """An error with one problem about a file."""
    return ProblemsError([Problem(code, message, place=Place(file=str(path), line=line), hint=hint)])


def check_names(path: Path, names: Sequence[str]) -> None:
    """ProblemsError (CMP014) when a column is there twice."""
    doubled = sorted((name, times) for name, times in Counter(names).items() if times > 1)
    if doubled:
        place, hint = Place(str(path)), "rename or drop all but one"
        raise ProblemsError(
            [
                Problem("CMP014", f"the column {name} is there {times} times", place=place, hint=hint)
                for name, times in doubled
            ]
        )
