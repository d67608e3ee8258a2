"""Lines put into YAML files that people have written, with every line that is there left as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cdisc_conv.problems import Place, Problem, ProblemsError


def insert_lines(text: str, key: str, lines: Sequence[str], shown: str) -> str:
    """A file with lines at the end of a section of the top level; the section is added where there is none.

    `lines` are indented by two blanks and take the indentation of the section; `shown` is what people call the file.
    Raises ProblemsError (INIT009) where the section is written on one line.

    >>> insert_lines("forms:\\n  ae: {label: AE}\\n\\nevents: []\\n", "forms", ["  cm: {label: CM}"], "forms.yaml")
    'forms:\\n  ae: {label: AE}\\n  cm: {label: CM}\\n\\nevents: []\\n'
    >>> insert_lines("study: A\\n", "not_submitted", ["  STUDY: system"], "study.yaml")
    'study: A\\nnot_submitted:\\n  STUDY: system\\n'
    """
    rows = text.splitlines()
    pattern = re.compile(rf"['\"]?{re.escape(key)}['\"]?\s*:(?P<rest>[^#]*)")
    start = next((number for number, row in enumerate(rows) if pattern.match(row)), None)
    if start is None:
        return "\n".join([*rows, f"{key}:", *lines]) + "\n"
    found = pattern.match(rows[start])
    if found is not None and found["rest"].strip():
        message = f"'{key}' is written on one line, so that nothing can be added to it"
        hint = "write its entries on lines of their own"
        raise ProblemsError([Problem("INIT009", message, place=Place(file=shown, line=start + 1), hint=hint)])
    end, indent = _find_end(rows, start)
    moved = [_indent(line, (2 if indent is None else indent) - 2) for line in lines]
    return "\n".join([*rows[: end + 1], *moved, *rows[end + 1 :]]) + "\n"


def _find_end(rows: Sequence[str], start: int) -> tuple[int, int | None]:
    """The last row of a section that begins at `start`, and how far its first row is indented."""
    end, indent = start, None
    for number in range(start + 1, len(rows)):
        row = rows[number]
        if not row.strip() or row.lstrip().startswith("#"):
            continue
        if re.match(r"[^\s-]", row):
            break
        end = number
        indent = len(row) - len(row.lstrip()) if indent is None else indent
    return end, indent


def _indent(line: str, by: int) -> str:
    return " " * by + line if by >= 0 else line[min(-by, len(line) - len(line.lstrip())) :]
