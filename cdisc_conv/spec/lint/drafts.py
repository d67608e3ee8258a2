"""Lines that `cdisc-conv init` drafted and nobody has reviewed: they end in a comment that a person takes away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.spec.model import Study

DRAFT = "# draft"
"""How the comment begins. ``# draft 0.95: reason`` is a draft with its score, ``# draft to do: what`` wants more."""
_MARK = re.compile(r"(?:^|\s)# draft\b(?P<to_do> to do:)?")


def check_drafts(study: Study) -> Iterator[Problem]:
    """DRAFT001: lines of a file that are marked as drafts, as a note."""
    for path in study.files:
        if path.suffix.lower() in (".yaml", ".yml") and path.is_relative_to(study.folder):
            yield from _count_marks(path)


def _count_marks(path: Path) -> Iterator[Problem]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return  # what reads the file reports it
    found = [(number, mark) for number, line in enumerate(lines, 1) if (mark := find_mark(line)) is not None]
    if not found:
        return
    to_do = sum(mark for _, mark in found)
    are = "line is a draft" if len(found) == 1 else "lines are drafts"
    message = f"{len(found)} {are} that nobody has reviewed"
    if to_do:
        message += f"; {to_do} of them {'has' if to_do == 1 else 'have'} something to do"
    hint = f"check each line, then take its comment '{DRAFT} ...' away"
    yield Problem(
        "DRAFT001", message, Severity.NOTE, Place(file=path.as_posix(), line=found[0][0]), hint, count=len(found)
    )


def find_mark(line: str) -> bool | None:
    """Whether the mark of a line says that there is something to do; None for a line without a mark.

    >>> find_mark("AETERM: {copy: AETERM}  # draft 0.98: the name is AETERM")
    False
    >>> find_mark("AEDECOD: {constant: ''}  # draft to do: not collected"), find_mark("AETERM: {copy: AETERM}")
    (True, None)
    >>> find_mark("label: 'Sample # draft'") is None
    True
    """
    for mark in _MARK.finditer(line):
        before = line[: mark.start()]
        if before.count('"') % 2 == 0 and before.count("'") % 2 == 0:
            return mark["to_do"] is not None
    return None
