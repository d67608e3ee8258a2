"""Conditions in the words of methods in define.xml, read as expressions of our own language.

``ADT is from TRTSDT to 30 days after the date of TRTEDT`` is ``(ADT >= TRTSDT and ADT <= TRTEDT + 30)``. What is not
read to its last word is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)?)"
    r"|(?P<sign>\^=|~=|!=|<>|<=|>=|==|=|<|>|\(|\)|,|&|\||\+|-|\.))"
)
_NOT_MISSING = re.compile(r"\bnon[- ]?(missing|null|blank)\b", re.IGNORECASE)
_PHRASES = (
    ("neither", ("is neither missing nor one of",)),
    ("within", ("is within", "within")),
    ("from", ("is from", "from")),
    ("between", ("is between", "between")),
    ('!= ""', ("is not missing", "is not null", "is not blank", "is populated", "not missing", "ne missing")),
    ('== ""', ("is missing", "is null", "is blank", "eq missing")),
    ("not in", ("is not one of", "is not in", "not in", "notin")),
    ("in", ("is one of", "is in", "in")),
    ("!=", ("is not equal to", "does not equal", "not equal to", "ne", "is not")),
    (">=", ("is greater than or equal to", "is on or after", "on or after", "is at least", "at least")),
    (">=", ("is not before", "is no earlier than", "no earlier than", "ge")),
    ("<=", ("is less than or equal to", "is on or before", "on or before", "is at most", "at most", "is not after")),
    ("<=", ("is no later than", "no later than", "is no more than", "no more than", "is up to", "up to", "le")),
    (">", ("is greater than", "is after", "is later than", "gt")),
    ("<", ("is less than", "is before", "is earlier than", "lt")),
    ("==", ("is equal to", "equal to", "equals", "eq", "is")),
)
_SIGNS = {"^=": "!=", "~=": "!=", "!=": "!=", "<>": "!=", "=": "==", "==": "==", "<": "<", "<=": "<=", ">": ">"} | {
    ">=": ">="
}
_DEEPEST = 40
"""Parentheses in a condition that is read."""


class _UnreadError(Exception):
    """A method is no condition that can be read."""


def read_condition(text: str, has: Callable[[str], bool]) -> tuple[str, tuple[str, ...]] | None:
    """A condition in words or signs as an expression, and the variables that it needs; None when it is not all read.

    >>> read_condition("ADT is at most TRTSDT and AVAL is not missing", {"ADT", "TRTSDT", "AVAL"}.__contains__)
    ('(ADT <= TRTSDT and AVAL != "")', ('ADT', 'TRTSDT'))
    >>> read_condition("ADT is within 30 days after TRTEDT", {"ADT", "TRTEDT"}.__contains__)
    ('(ADT >= TRTEDT and ADT <= TRTEDT + 30)', ('ADT', 'TRTEDT'))
    """
    try:
        reader = _Reader(_split(_NOT_MISSING.sub(r"not \1", text)), has)
        condition = reader.read()
    except _UnreadError:
        return None
    return condition, tuple(dict.fromkeys(reader.needed))


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
    last: str = ""
    """The variable that was compared last, which a comparison without one is about, too."""

    def read(self) -> str:
        condition = self._read_any()
        if self.at < len(self.tokens):
            raise _UnreadError
        return condition

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("", "")

    def _take(self, *phrases: str) -> bool:
        """Whether one of some phrases comes next; it is read then."""
        for phrase in phrases:
            words = phrase.split()
            if [word.lower() for _, word in self.tokens[self.at : self.at + len(words)]] == words:
                self.at += len(words)
                return True
        return False

    def _expect(self, *phrases: str) -> None:
        if not self._take(*phrases):
            raise _UnreadError

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
            self._expect(")")
            return inner
        if self._take("any time from"):
            return self._read_overlap()
        name = self._read_name()
        sign = self._read_sign()
        if sign.endswith('""'):
            return f"{name} {sign}"
        if sign in ("in", "not in", "neither"):
            self.needed += [name] if sign == "not in" else []
            values = self._read_list()
            return f'({name} != "" and {name} not in ({values}))' if sign == "neither" else f"{name} {sign} ({values})"
        if sign in ("within", "from", "between"):
            return self._read_span(name, sign)
        return self._read_comparison(name, sign)

    def _read_comparison(self, name: str, sign: str) -> str:
        place = len(self.needed)
        value = self._read_amount()
        if value == '""':
            return f"{name} {sign} {value}"
        self.needed[place:place] = [name] if sign != "==" else []
        first = f"{name} {sign} {value}"
        kind, word = self._peek()
        if kind == "sign" and _SIGNS.get(word, "==") not in ("==", "!=") and self.has(value):  # A <= B <= C
            return f"({first} and {self._read_comparison(value, self._read_sign())})"
        return first

    def _read_span(self, name: str, sign: str) -> str:
        """``from A to B``, ``between A and B``, ``within 30 days after A``."""
        self.needed.append(name)
        if sign != "within":
            low = self._read_amount()
            self._expect("to" if sign == "from" else "and")
            return f"({name} >= {low} and {name} <= {self._read_amount()})"
        kind, days = self._peek()
        self.at += 1
        self._expect("days", "day")
        where = next(
            (word for word in ("after", "of", "before", "prior to") if kind == "number" and self._take(word)), ""
        )
        middle = self._read_amount()
        if not where:
            raise _UnreadError
        low = middle if where == "after" else f"{middle} - {days}"
        high = middle if where in ("before", "prior to") else f"{middle} + {days}"
        return f"({name} >= {low} and {name} <= {high})"

    def _read_overlap(self) -> str:
        """``any time from A to B is from C to D``."""
        start = self._read_name()
        self._expect("to")
        end = self._read_name()
        self._expect("is from")
        low = self._read_amount()
        self._expect("to")
        self.needed += [start, end]
        return f"({end} >= {low} and {start} <= {self._read_amount()})"

    def _read_name(self) -> str:
        kind, word = self._peek()
        if kind != "name" or not self.has(word):
            if not self.last:
                raise _UnreadError
            return self.last
        self.at += 1
        self.last = word
        return word

    def _read_sign(self) -> str:
        for meaning, phrases in _PHRASES:
            if self._take(*phrases):
                return meaning
        sign = _SIGNS.get(self._peek()[1])
        if sign is None:
            raise _UnreadError
        self.at += 1
        return sign

    def _read_amount(self) -> str:
        """A value, or a date so many days before or after another one."""
        if self._take("("):
            inner = self._read_amount()
            self._expect(")")
            return inner
        kind, word = self._peek()
        ahead = [text.lower() for _, text in self.tokens[self.at + 1 : self.at + 3]]
        if kind == "number" and ahead[:1] in (["days"], ["day"]) and ahead[1:] in (["after"], ["before"]):
            self.at += 3
            self._take("the date of", "the day of", "date of")
            return f"{self._read_date()} {'+' if ahead[1] == 'after' else '-'} {word}"
        value = self._read_value()
        if not self.has(value):
            return value
        self.needed.append(value)
        sign = "+" if self._take("+") else "-" if self._take("-") else ""
        kind, days = self._peek()
        if kind == "number" and (sign or days.startswith("-")):
            self.at += 1
            self._take("days", "day")
            return f"{value} {sign or '-'} {days.removeprefix('-')}"
        if sign:
            raise _UnreadError
        return value

    def _read_date(self) -> str:
        kind, word = self._peek()
        if kind != "name" or not self.has(word):
            raise _UnreadError
        self.at += 1
        self.needed.append(word)
        return word

    def _read_value(self) -> str:
        kind, word = self._peek()
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
        self._expect("(")
        values = [self._read_value()]
        while self._take(","):
            values.append(self._read_value())
        if not self._take(")") or any(map(self.has, values)):
            raise _UnreadError
        return ", ".join(values)


def _quote(text: str) -> str:
    return '"' + text.strip().replace('"', '""') + '"'
