"""Flags held against the condition that their method in define.xml gives, where it can be read (DEF223).

A method such as ``Y if ADSL.SAFFL = 'Y' and ADT >= TRTSDT, otherwise N`` is read into an expression of our own language
(`wording`) and worked out again, with what it takes from other datasets (`working`). Whatever is not read to its last
word ("the last record", free text) is not asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from cdisc_conv.checks.define.columns import Columns
from cdisc_conv.checks.define.evaluating import evaluate, find_flagged, own_name
from cdisc_conv.checks.define.statements import ItemStatement
from cdisc_conv.checks.define.wording import read_condition
from cdisc_conv.checks.define.working import add_working_values
from cdisc_conv.checks.findings import Finding
from cdisc_conv.problems import Severity

_FLAG = re.compile(r"[A-Z][A-Z0-9]*FL")
_BLANK = r"N|blank|null|missing|left blank"
_OTHERWISE = r"(?:[.,;:]|\s)\s*(?:otherwise|else)\b[\s,:=]*(?:it is|set to|then|\w+FL\s*=)?\s*"
_ELSE = (
    rf"(?:{_OTHERWISE}['\"]?(?P<value>{_BLANK}|)['\"]?"
    rf"|(?:[.,;:]|\s)\s*(?:\w+FL\s*=\s*)?['\"]?(?P<before>{_BLANK})['\"]?\s+otherwise)?"
)
_SET = r"(?:set to|equal to|equals?|flag is|\w+FL\s*=)?\s*"
_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE | re.DOTALL)
    for shape in (
        rf"{_SET}['\"]?Y['\"]?\s*,?\s*(?:if|when|where)\s+(?P<condition>.+?){_ELSE}\.?",
        rf"if\s+(?P<condition>.+?),?\s*then\s+(?:set\s+)?(?:\w+FL\s*)?(?:=|to|is)?\s*['\"]?Y['\"]?{_ELSE}\.?",
        r"only where\s+(?P<condition>.+?); (?P<value>blank) otherwise\. (?P<before>)set to Y\.?",
    )
)
_ONLY = re.compile(r"only where\s+(?P<condition>.+?); blank otherwise\. (?P<rest>Y .+)", re.IGNORECASE | re.DOTALL)
_NAME = r"[A-Z][A-Z0-9]*(?:\.[A-Z][A-Z0-9]*)?"
_NOTES = re.compile(
    rf"\s+(?:Times are compared|Where (?:a date|{_NAME}) is (?:partial|missing)|A missing {_NAME}"
    rf"|Subjects without {_NAME})\b.*?\.(?=\s|$)",
    re.DOTALL,
)
"""What a method says of values that are partial or missing, of which nothing is asked."""
_MOST = 2000
"""Characters of a method that are looked at."""


@dataclass(frozen=True)
class Definition:
    """When a flag is Y: an expression; what it is otherwise, None where nothing says; and the variables whose values
    have to be there for the answer to be certain.
    """

    condition: str
    needed: tuple[str, ...]
    otherwise: str | None


def read_method(text: str, has: Callable[[str], bool]) -> Definition | None:
    """What a method says of a flag, None when it cannot be read as a whole; `has` knows the variables.

    >>> read_method("Y if SAFFL = 'Y' and AGE GE 18, otherwise N", {"SAFFL", "AGE"}.__contains__)
    Definition(condition='(SAFFL == "Y" and AGE >= 18)', needed=('AGE',), otherwise='N')
    >>> read_method("Y for the last record before treatment", {"SAFFL"}.__contains__)
    """
    text = _NOTES.sub("", " ".join(text[:_MOST].split()))
    for shape in _SHAPES:
        found = shape.fullmatch(text)
        condition = read_condition(found["condition"], has) if found else None
        if found is None or condition is None:
            continue
        value = found["value"] if found["value"] is not None else found["before"]
        otherwise = None if value is None else "N" if value.upper() == "N" else ""
        return Definition(*condition, otherwise)
    only = _ONLY.fullmatch(text)
    first, rest = (read_condition(only["condition"], has), read_method(only["rest"], has)) if only else (None, None)
    if first is None or rest is None or rest.otherwise == "N":
        return None
    return Definition(f"({first[0]} and {rest.condition})", (*first[1], *rest.needed), "")


def check_method(columns: Columns, item: ItemStatement) -> Iterator[Finding]:
    """Records in which a flag is not what its method says; a record that lacks a value to compare is not asked."""
    if not item.method or not _FLAG.fullmatch(item.name) or columns.is_numeric(item.name):
        return
    columns, method = add_working_values(columns, item.method)
    found = read_method(method, lambda name: columns.has(own_name(name, columns)))
    if found is None or item.name in found.needed:
        return
    answer = evaluate(columns, found.condition, found.needed)
    if answer is None:
        return
    met, known = answer
    flags = columns.coded(item.name)
    wrong = known & (met != find_flagged(columns, item.name))
    if found.otherwise is not None:
        other = flags.spread(np.array([text == found.otherwise for text in flags.texts], dtype=bool))
        wrong |= known & ~met & ~other
    if wrong.any():
        text = f"{item.name} is not what its method in define.xml says: {item.method[:200]}"
        yield columns.report(
            "DEF223", text, variable=item.name, rows=np.flatnonzero(wrong), severity=Severity.WARNING,
            hint="derive it again, or correct the method",
        )  # fmt: skip
