"""From the text of an expression to its tokens; operators of other languages are corrected and reported."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import Enum, auto

from cdisc_conv.expr.nodes import PLAIN_NAME, RAW, RESERVED
from cdisc_conv.problems import Place, Problem


class Kind(Enum):
    """What a token is."""

    NUMBER = auto()
    TEXT = auto()
    NAME = auto()
    QUOTED_NAME = auto()
    WORD = auto()  # and, or, not, in, true, false
    SYMBOL = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of the text: `text` as it was written, `value` what it means."""

    kind: Kind
    text: str
    position: int
    value: str | float = ""

    def is_symbol(self, *symbols: str) -> bool:
        return self.kind is Kind.SYMBOL and self.value in symbols

    def is_word(self, *words: str) -> bool:
        return self.kind is Kind.WORD and self.value in words


@dataclass(frozen=True, slots=True)
class Source:
    """The text of an expression and the place in a spec it came from."""

    text: str
    file: str = ""
    line: int = 0

    def report(self, code: str, what: str, position: int, hint: str = "") -> Problem:
        """A problem that names the character (counted from 1) and quotes the text around it."""
        message = f"{what}, at character {position + 1} of: {self._excerpt(position)}"
        return Problem(code, message, place=Place(file=self.file, line=self.line), hint=hint)

    def _excerpt(self, position: int) -> str:
        start = max(0, position - 40) if len(self.text) > 80 else 0
        piece = self.text[start : start + 80]
        before = "..." if start else ""
        after = "..." if start + 80 < len(self.text) else ""
        return before + " ".join(piece.encode("utf-8", "replace").decode().split()) + after


_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_OPERATOR = re.compile(r"===|!==|==|!=|<=|>=|<>|[\^~¬]=|&&|\|\||\*\*|//|[<>+\-*/(),\[\]=&|!^~¬]")
_OWN = frozenset({"==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "(", ")", ",", "[", "]"})

# What a foreign operator is taken for, so that the rest of the text can still be read, and what to write.
_MEANT: dict[str, tuple[str, str]] = {
    "=": ("==", "write == to compare"),
    "===": ("==", "write == to compare"),
    "!==": ("!=", "write !="),
    "<>": ("!=", "write !="),
    "^=": ("!=", "write !="),
    "~=": ("!=", "write !="),
    "¬=": ("!=", "write !="),
    "&&": ("and", "write and"),
    "&": ("and", "write and"),
    "||": ("or", "write or; to join texts, concat(a, b)"),
    "|": ("or", "write or"),
    "!": ("not", "write not"),
    "^": ("not", "write not"),
    "~": ("not", "write not"),
    "¬": ("not", "write not"),
    "**": ("*", "there are no powers; write a product"),
    "//": ("/", "write floor(a / b)"),
}


def split_tokens(source: Source) -> tuple[list[Token], list[Problem]]:
    """Tokens of the text, closed by an END token, and everything in it that is not a token.

    >>> tokens, problems = split_tokens(Source('AESER = "Y"'))
    >>> [token.text for token in tokens], str(problems[0])
    (['AESER', '=', '"Y"', ''], 'EXPR002 "=" is not an operator, at character 7 of: AESER = "Y" (write == to compare)')
    """
    tokens: list[Token] = []
    problems: list[Problem] = []
    position = 0
    while position < len(source.text):
        if source.text[position].isspace():
            position += 1
            continue
        token, problem = _read_token(source, position)
        if problem:
            problems.append(problem)
        tokens.append(token)
        position += max(1, len(token.text))
    tokens.append(Token(Kind.END, "", len(source.text)))
    return [token for token in tokens if token.text or token.kind is Kind.END], problems


def _read_token(source: Source, position: int) -> tuple[Token, Problem | None]:
    text = source.text
    if text[position] in "\"'`":
        return _read_quoted(source, position)
    if found := _NUMBER.match(text, position):
        return _read_number(source, position, found.group())
    if found := PLAIN_NAME.match(text, position):
        word = found.group()
        kind = Kind.WORD if word in RESERVED else Kind.NAME
        return Token(kind, word, position, word), None
    if found := _OPERATOR.match(text, position):
        operator = found.group()
        return (
            (Token(Kind.SYMBOL, operator, position, operator), None)
            if operator in _OWN
            else _repair(source, position, operator)
        )
    return _refuse(source, position)


def _repair(source: Source, position: int, operator: str) -> tuple[Token, Problem]:
    meant, hint = _MEANT[operator]
    kind = Kind.WORD if meant in RESERVED else Kind.SYMBOL
    problem = source.report("EXPR002", f'"{operator}" is not an operator', position, hint)
    return Token(kind, operator, position, meant), problem


def _refuse(source: Source, position: int) -> tuple[Token, Problem]:
    piece = source.text[position]
    shown = f'"{piece}"' if piece.isprintable() else f"the character U+{ord(piece):04X}"
    hint = "names with other than letters, digits, _ and . go in backticks, texts in quotes"
    return Token(Kind.SYMBOL, "", position), source.report("EXPR003", f"{shown} has no meaning here", position, hint)


def _read_quoted(source: Source, position: int) -> tuple[Token, Problem | None]:
    """A text or a backticked name; the quote itself is doubled inside."""
    text, quote = source.text, source.text[position]
    end = position + 1
    while True:
        end = text.find(quote, end)
        if end < 0:
            return _close_quoted(source, position)
        if text[end + 1 : end + 2] != quote:
            break
        end += 2
    written = text[position : end + 1]
    inside = written[1:-1].replace(quote * 2, quote)
    if quote != "`":
        return Token(Kind.TEXT, written, position, inside), None
    token = Token(Kind.QUOTED_NAME, written, position, RAW + inside)
    if inside.strip():
        return token, None
    return token, source.report("EXPR004", "the name in backticks is empty", position, "write a column between them")


def _close_quoted(source: Source, position: int) -> tuple[Token, Problem | None]:
    quote = source.text[position]
    what = "name" if quote == "`" else "text"
    problem = source.report(
        "EXPR004",
        f"the {what} that begins here has no end",
        position,
        f"close it with {quote}; double it inside a {what}",
    )
    written = source.text[position:]
    kind = Kind.QUOTED_NAME if quote == "`" else Kind.TEXT
    return Token(kind, written, position, written[1:]), problem


def _read_number(source: Source, position: int, written: str) -> tuple[Token, Problem | None]:
    rest = PLAIN_NAME.match(source.text, position + len(written))
    value = float(written)
    token = Token(Kind.NUMBER, written + (rest.group() if rest else ""), position, value)
    if rest:
        hint = "texts go in quotes, names that begin with a digit in backticks"
        return token, source.report("EXPR005", f'"{token.text}" is not a number', position, hint)
    if math.isinf(value):
        return token, source.report("EXPR005", f'"{written}" is too large', position, "the largest number is 1.79e308")
    if len(written) > 1 and written[0] == "0" and written[1].isdigit():
        return token, source.report("EXPR005", f'"{written}" is not a number', position, "dates and codes go in quotes")
    return token, None
