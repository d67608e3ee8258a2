"""Column patterns of ``for_each``: an entry that names columns with ``*`` stands for one entry per column of the form.

``{QSTESTCD: "QS*", QSTEST: "{label}", RESULT: raw.QS*, except: [QSDAT]}`` is written once and holds for every item that
the data dictionary has now and later. What it expands to is an ordinary list of entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from cdisc_conv.problems import Place, Problem
from cdisc_conv.spec.model import Field, Form
from cdisc_conv.spec.yaml.nodes import Node

RAW = "raw."
STAR = "*"
EXCEPT = "except"
SHORT = {"VALUE": "", "COLUMN": "{column}", "LABEL": "{label}", "UNIT": "{unit}"}
"""The names that a pattern alone gives; ``VALUE`` is the column."""


def is_pattern(said: object) -> bool:
    """Whether a value of ``for_each`` names columns by a pattern.

    >>> is_pattern("raw.QS*"), is_pattern("raw.QS01"), is_pattern("*")
    (True, False, False)
    """
    return isinstance(said, str) and said.startswith(RAW) and STAR in said


def write_out(pattern: str, text: str) -> dict[str, str]:
    """The entry that ``for_each: raw.QS*`` stands for: those of `SHORT` that the mapping (as `text`) speaks of."""
    names = {name: said for name, said in SHORT.items() if name == "VALUE" or re.search(rf"\b{name}\b", text)}
    return names | {"VALUE": pattern}


def expand_patterns(
    entries: Sequence[Mapping[str, Any]], node: Node, form: Form | None, what: str, problems: list[Problem]
) -> tuple[list[Mapping[str, Any]], list[Place]]:
    """The entries with patterns written out for the columns of a form, and where each stands.

    Texts of such an entry may hold ``*`` (what the pattern's star stands for), ``{column}``, ``{label}`` and
    ``{unit}``; its further patterns are blank where the form lacks the column. SPEC122: a pattern that no column fits.
    """
    result: list[Mapping[str, Any]] = []
    places: list[Place] = []
    for number, entry in enumerate(entries):
        here = node.at((number,))
        found = [entry]
        if any(is_pattern(said) for said in entry.values()):
            found = list(_expand(entry, form)) if form is not None else []
            if not found and form is not None:
                problems.append(_describe_nothing(entry, here, form, what))
        result += found
        places += [here.place] * len(found)
    return result, places


def _expand(entry: Mapping[str, Any], form: Form) -> Iterator[Mapping[str, Any]]:
    leading = next(said for said in entry.values() if is_pattern(said)).removeprefix(RAW)
    left_out = entry.get(EXCEPT) or ()
    left_out = [left_out] if isinstance(left_out, str) else [str(one) for one in left_out]
    before, _, after = leading.partition(STAR)
    for name, field in form.fields.items():
        fits = field.item and not field.decode_of and fnmatchcase(name, leading) and len(name) > len(leading) - 1
        if fits and not any(fnmatchcase(name, other) for other in left_out):
            star = name[len(before) : len(name) - len(after)]
            yield {key: _fill(said, star, field, form) for key, said in entry.items() if key != EXCEPT}


def _fill(said: Any, star: str, field: Field, form: Form) -> Any:
    if not isinstance(said, str):
        return said
    text = said.replace(STAR, star)
    if said.startswith(RAW):
        return text if text.removeprefix(RAW) in form.fields else ""
    words = {"{column}": field.name, "{label}": field.label, "{unit}": field.unit}
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def _describe_nothing(entry: Mapping[str, Any], node: Node, form: Form, what: str) -> Problem:
    leading = next(said for said in entry.values() if is_pattern(said))
    items = [name for name, field in form.fields.items() if field.item and not field.decode_of]
    shown = ", ".join(items[:8]) + (" ..." if len(items) > 8 else "")
    message = f"'for_each' of {what} names {leading}, which no column of form {form.name} fits"
    return node.problem("SPEC122", message, f"the form has: {shown}" if items else "the form has no items")
