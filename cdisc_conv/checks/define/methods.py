"""Flags held against the condition that their method in define.xml gives, where it can be read (DEF223).

A method such as ``Y if ADSL.SAFFL = 'Y' and ADT >= TRTSDT, otherwise N`` is read into an expression of our own language
and worked out again. Whatever is not read to its last word (other datasets, "the last record", free text) is not asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from cdisc_conv.checks.codes import Coded
from cdisc_conv.checks.define.columns import Columns
from cdisc_conv.checks.define.statements import ItemStatement
from cdisc_conv.checks.findings import Finding
from cdisc_conv.expr import Type, parse
from cdisc_conv.expr.vectors import Vector
from cdisc_conv.problems import ProblemsError, Severity

_FLAG = re.compile(r"[A-Z][A-Z0-9]*FL")
_OTHERWISE = r"(?:[.,;:]|\s)\s*(?:otherwise|else)\b[\s,:=]*(?:it is|set to|then|\w+FL\s*=)?\s*"
_ELSE = rf"(?P<other>{_OTHERWISE}['\"]?(?P<value>N|blank|null|missing|left blank|)['\"]?)?"
_SET = r"(?:set to|equals?|flag is|\w+FL\s*=)?\s*"
_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE | re.DOTALL)
    for shape in (
        rf"{_SET}['\"]?Y['\"]?\s*,?\s*(?:if|when|where)\s+(?P<condition>.+?){_ELSE}\.?",
        rf"if\s+(?P<condition>.+?),?\s*then\s+(?:set\s+)?(?:\w+FL\s*)?(?:=|to|is)\s*['\"]?Y['\"]?{_ELSE}\.?",
        r"only where\s+(?P<condition>.+?); (?P<value>blank) otherwise\. set to Y\.?",
    )
)
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)?)"
    r"|(?P<sign>\^=|~=|!=|<>|<=|>=|==|=|<|>|\(|\)|,|&|\||\.))"
)
_PHRASES = (
    ('!= ""', ("is not missing", "is not null", "is not blank", "is populated", "not missing", "ne missing")),
    ('== ""', ("is missing", "is null", "is blank", "eq missing")),
    ("not in", ("is not one of", "is not in", "not in", "notin")),
    ("in", ("is one of", "is in", "in")),
    ("!=", ("is not equal to", "does not equal", "not equal to", "ne", "is not")),
    (">=", ("is greater than or equal to", "is on or after", "on or after", "is at least", "is not before", "ge")),
    ("<=", ("is less than or equal to", "is on or before", "on or before", "is at most", "is not after", "le")),
    (">", ("is greater than", "is after", "is later than", "gt")),
    ("<", ("is less than", "is before", "is earlier than", "lt")),
    ("==", ("is equal to", "equal to", "equals", "eq", "is")),
)
_SIGNS = {
    "^=": "!=",
    "~=": "!=",
    "!=": "!=",
    "<>": "!=",
    "=": "==",
    "==": "==",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}
_MOST = 1000
"""Characters of a method that are looked at."""
_DEEPEST = 40
"""Parentheses in a condition that is read."""


class _UnreadError(Exception):
    """A method is no condition that can be read."""


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
    text = " ".join(text[:_MOST].split())
    for shape in _SHAPES:
        found = shape.fullmatch(text)
        if found is None:
            continue
        condition = read_condition(found["condition"], has)
        if condition is None:
            continue
        value = found["value"]
        otherwise = None if value is None else "N" if value.upper() == "N" else ""
        return Definition(*condition, otherwise)
    return None


def read_condition(text: str, has: Callable[[str], bool]) -> tuple[str, tuple[str, ...]] | None:
    """A condition in words or signs as an expression, and the variables that it needs; None when it is not all read.

    >>> read_condition("ADT is at most TRTSDT and AVAL is not missing", {"ADT", "TRTSDT", "AVAL"}.__contains__)
    ('(ADT <= TRTSDT and AVAL != "")', ('ADT', 'TRTSDT'))
    """
    try:
        reader = _Reader(_split(text), has)
        condition = reader.read()
    except _UnreadError:
        return None
    return condition, tuple(dict.fromkeys(reader.needed))


def evaluate(columns: Columns, condition: str, needed: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray] | None:
    """Which records meet a condition, and of which that is certain; None where types do not go together."""
    try:
        expression = parse(condition)
        if expression.check(lambda name: _type_of(_coded(columns, name)), Type.BOOLEAN)[1]:
            return None
        met = expression.evaluate(lambda name: _vector(columns, name), columns.length).to_numpy(dtype=bool)
    except ProblemsError:
        return None
    known = np.ones(columns.length, dtype=bool)
    for name in needed:
        known &= ~_coded(columns, name).blank
    return met, known


def _split(text: str) -> list[tuple[str, str]]:
    """The words and signs of a condition, each with its kind."""
    tokens, place = [], 0
    text = text.rstrip()
    if text.count("(") > _DEEPEST:
        raise _UnreadError
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None or not found.lastgroup:
            raise _UnreadError
        tokens.append((found.lastgroup, found[found.lastgroup]))
        place = found.end()
    return tokens


@dataclass
class _Reader:
    """Reads comparisons joined by and, or and parentheses; what is left over makes the whole unreadable."""

    tokens: list[tuple[str, str]]
    has: Callable[[str], bool]
    needed: list[str] = field(default_factory=list)
    at: int = 0

    def read(self) -> str:
        condition = self._read_any()
        if self.at < len(self.tokens):
            raise _UnreadError
        return condition

    def _peek(self) -> str:
        return self.tokens[self.at][1].lower() if self.at < len(self.tokens) else ""

    def _take(self, *words: str) -> bool:
        if self._peek() in words:
            self.at += 1
            return True
        return False

    def _read_any(self) -> str:
        parts = [self._read_all()]
        while self._take("or", "|"):
            parts.append(self._read_all())
        return parts[0] if len(parts) == 1 else f"({' or '.join(parts)})"

    def _read_all(self) -> str:
        parts = [self._read_one()]
        while self._take("and", "&"):
            parts.append(self._read_one())
        return parts[0] if len(parts) == 1 else f"({' and '.join(parts)})"

    def _read_one(self) -> str:
        if self._take("("):
            inner = self._read_any()
            if not self._take(")"):
                raise _UnreadError
            return inner
        name = self._read_name()
        sign = self._read_sign()
        if sign.endswith('""'):
            return f"{name} {sign}"
        if sign in ("in", "not in"):
            if sign == "not in":
                self.needed.append(name)
            return f"{name} {sign} ({self._read_list()})"
        value = self._read_value()
        if value == '""':
            return f"{name} {sign} {value}"
        self.needed += [name] if sign != "==" else []
        self.needed += [value] if self.has(value) else []
        return f"{name} {sign} {value}"

    def _read_name(self) -> str:
        kind, word = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        if kind != "name" or not self.has(word):
            raise _UnreadError
        self.at += 1
        return word

    def _read_sign(self) -> str:
        for meaning, phrases in _PHRASES:
            for phrase in phrases:
                words = phrase.split()
                if [word.lower() for _, word in self.tokens[self.at : self.at + len(words)]] == words:
                    self.at += len(words)
                    return meaning
        sign = _SIGNS.get(self._peek())
        if sign is None:
            raise _UnreadError
        self.at += 1
        return sign

    def _read_value(self) -> str:
        kind, word = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        self.at += 1
        if kind == "number" or (kind == "name" and self.has(word)):
            return word
        if kind == "text":
            return _quote(word[1:-1])
        if word == "." or word.lower() in ("missing", "null", "blank"):
            return '""'
        if kind == "name" and word.isupper() and "." not in word:
            return _quote(word)
        raise _UnreadError

    def _read_list(self) -> str:
        if not self._take("("):
            raise _UnreadError
        values = [self._read_value()]
        while self._take(","):
            values.append(self._read_value())
        if not self._take(")") or any(map(self.has, values)):
            raise _UnreadError
        return ", ".join(values)


def _quote(text: str) -> str:
    return '"' + text.strip().replace('"', '""') + '"'


def check_method(columns: Columns, item: ItemStatement) -> Iterator[Finding]:
    """Records in which a flag is not what its method says; a record that lacks a value to compare is not asked."""
    if not item.method or not _FLAG.fullmatch(item.name) or columns.is_numeric(item.name):
        return

    found = read_method(item.method, lambda name: columns.has(own_name(name, columns)))
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


def find_flagged(columns: Columns, name: str) -> np.ndarray:
    """Which records have a flag (bool)."""
    flags = columns.coded(name)
    return flags.spread(np.array([text == "Y" for text in flags.texts], dtype=bool))


def own_name(name: str, columns: Columns) -> str:
    """The name of a variable of the dataset itself without the dataset."""
    return name.removeprefix(f"{columns.name}.")


def _coded(columns: Columns, name: str) -> Coded:
    return columns.coded(own_name(name, columns))


def _type_of(coded: Coded) -> Type:
    return Type.NUMBER if isinstance(coded.values, np.ndarray) else Type.TEXT


def _vector(columns: Columns, name: str) -> Vector:
    coded = _coded(columns, name)
    if isinstance(coded.values, np.ndarray):
        return coded.spread(coded.values)
    return coded.values.take(coded.codes)
