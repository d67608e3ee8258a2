"""From tokens to a tree: a Pratt parser with a table of binding powers.

From loose to tight: or, and, not, comparisons and in, + -, * /, unary minus. Comparisons do not chain.
"""

from __future__ import annotations

import re

from cdisc_conv.expr.nodes import (
    Arithmetic,
    Call,
    Comparison,
    Literal,
    Logical,
    Membership,
    Name,
    Negative,
    Node,
    Not,
    Type,
    measure_depth,
)
from cdisc_conv.expr.tokens import Kind, Source, Token, split_tokens
from cdisc_conv.problems import Place, Problem, ProblemsError

MAX_LENGTH = 20_000
"""Characters an expression may have."""
MAX_NESTING = 50
"""How deep parentheses, calls, `not` and minus signs may lie within each other."""
MAX_DEPTH = 100
"""How deep the tree may be; a sum of a hundred terms reaches it, `and` and `or` have no such limit."""

_OR, _AND, _NOT, _COMPARE, _ADD, _MULTIPLY, _SIGN = range(1, 8)
_BINDING = {
    "or": _OR,
    "and": _AND,
    "in": _COMPARE,
    "not": _COMPARE,  # as in `not in`
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), _COMPARE),
    **dict.fromkeys(("+", "-"), _ADD),
    **dict.fromkeys(("*", "/"), _MULTIPLY),
}

# Words of other languages, and what to write instead.
_FOREIGN_WORDS = {
    "and": "write and in small letters",
    "or": "write or in small letters",
    "not": "write not in small letters",
    "in": "write in in small letters",
    "eq": "write ==",
    "ne": "write !=",
    "lt": "write <",
    "le": "write <=",
    "gt": "write >",
    "ge": "write >=",
    "is": "write missing(x), or not missing(x)",
    "like": "write matches(x, pattern), where * stands for any characters and ? for one",
    "between": "write x >= a and x <= b",
    "if": "write if(condition, a, b)",
    "then": "write if(condition, a, b)",
    "else": "write if(condition, a, b)",
}

_SURROGATE = re.compile("[\ud800-\udfff]")

# After one of these, pieces that do not fit together are a consequence and not worth a report.
_UNREADABLE = frozenset({"EXPR003", "EXPR004"})


class _SyntaxFoundError(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def parse_tree(source: Source) -> Node:
    """The tree of an expression.

    Raises `ProblemsError` with all problems of the text: every piece that is not a token, and the first place where the
    pieces do not fit together.
    """
    if len(source.text) > MAX_LENGTH:
        what = f"the expression has {len(source.text):,} characters, more than {MAX_LENGTH:,}"
        raise ProblemsError([source.report("EXPR007", what, MAX_LENGTH, "split it, or use a codelist or a look-up")])
    if not source.text.strip():
        place = Place(file=source.file, line=source.line)
        raise ProblemsError([Problem("EXPR001", "the expression is empty", place=place, hint='write AESER == "Y"')])
    if stray := _SURROGATE.search(source.text):
        what = f"the character U+{ord(stray.group()):04X} is half of a character"
        raise ProblemsError([source.report("EXPR003", what, stray.start(), "write the character itself")])
    tokens, problems = split_tokens(source)
    try:
        tree = _Parser(source, tokens).parse()
    except _SyntaxFoundError as found:
        if not any(problem.code in _UNREADABLE for problem in problems):
            problems.append(found.problem)
    if problems:
        raise ProblemsError(problems)
    if measure_depth(tree) > MAX_DEPTH:
        what = f"the expression is more than {MAX_DEPTH} operations deep"
        raise ProblemsError([source.report("EXPR007", what, tree.position, "split it into several variables")])
    return tree


class _Parser:
    def __init__(self, source: Source, tokens: list[Token]) -> None:
        self._source = source
        self._tokens = tokens
        self._next = 0
        self._nesting = 0

    def parse(self) -> Node:
        tree = self._parse_expression(0)
        if self._token.kind is not Kind.END:
            self._fail_at_operator()
        return tree

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _advance(self) -> Token:
        token = self._token
        self._next += token.kind is not Kind.END
        return token

    def _parse_expression(self, binding: int) -> Node:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            what = f"the expression is nested more than {MAX_NESTING} deep"
            self._fail("EXPR007", what, self._token, "split it into several variables")
        left = self._parse_prefix()
        while (own := self._binding_of(self._token)) > binding:
            left = self._parse_infix(left, own)
        self._nesting -= 1
        return left

    @staticmethod
    def _binding_of(token: Token) -> int:
        return _BINDING.get(str(token.value), 0) if token.kind in (Kind.SYMBOL, Kind.WORD) else 0

    def _parse_prefix(self) -> Node:
        token = self._advance()
        at = token.position
        match token.kind:
            case Kind.NUMBER:
                return Literal(token.value, Type.NUMBER, position=at)
            case Kind.TEXT:
                return Literal(token.value, Type.TEXT, position=at)
            case Kind.QUOTED_NAME:
                return Name(str(token.value), quoted=True, position=at)
            case Kind.NAME if self._token.is_symbol("("):
                return self._parse_call(token)
            case Kind.NAME:
                return Name(str(token.value), position=at)
        if token.is_word("true", "false"):
            return Literal(token.value == "true", Type.BOOLEAN, position=at)
        if token.is_word("not"):
            return Not(self._parse_expression(_NOT), position=at)
        if token.is_symbol("-"):
            return Negative(self._parse_expression(_SIGN), position=at)
        if token.is_symbol("("):
            inside = self._parse_expression(0)
            self._expect_close(token, ")")
            return inside
        return self._fail_at_operand(token)

    def _parse_infix(self, left: Node, binding: int) -> Node:
        token = self._advance()
        operator, at = str(token.value), token.position
        if binding in (_OR, _AND):
            operands = [left, self._parse_expression(binding)]
            while self._token.is_word(operator):
                self._advance()
                operands.append(self._parse_expression(binding))
            return Logical(operator, tuple(operands), position=at)
        if binding in (_ADD, _MULTIPLY):
            return Arithmetic(operator, left, self._parse_expression(binding), position=at)
        node = self._parse_comparison(left, token)
        if self._binding_of(self._token) == _COMPARE:
            what = f'"{self._token.text}" compares the result of another comparison'
            self._fail("EXPR006", what, self._token, "join two comparisons with and: 1 < x and x < 5")
        return node

    def _parse_comparison(self, left: Node, token: Token) -> Node:
        operator, at = str(token.value), token.position
        if operator == "not":
            if not self._token.is_word("in"):
                self._fail(
                    "EXPR006", f'"{token.text}" stands where an operator is expected', token, "write not in, or !="
                )
            self._advance()
            return Membership(left, self._parse_list(), negated=True, position=at)
        if operator == "in":
            return Membership(left, self._parse_list(), position=at)
        return Comparison(operator, left, self._parse_expression(_COMPARE), position=at)

    def _parse_list(self) -> tuple[Literal, ...]:
        opening = self._advance()
        if not opening.is_symbol("(", "["):
            self._fail("EXPR006", "a list is expected after in", opening, 'write in ("A", "B")')
        closing = ")" if opening.value == "(" else "]"
        items = [self._parse_item()]
        while self._token.is_symbol(","):
            self._advance()
            items.append(self._parse_item())
        self._expect_close(opening, closing)
        return tuple(items)

    def _parse_item(self) -> Literal:
        token = self._advance()
        negative = token.is_symbol("-") and self._token.kind is Kind.NUMBER
        number = self._advance() if negative else token
        if number.kind is Kind.NUMBER:
            value = float(number.value)
            return Literal(-value if negative else value, Type.NUMBER, position=token.position)
        if token.kind is Kind.TEXT:
            return Literal(token.value, Type.TEXT, position=token.position)
        hint = "put texts in quotes; to compare with other columns, write x == A or x == B"
        hint = hint if token.kind is not Kind.END else ""
        return self._fail("EXPR006", "a list after in holds texts and numbers only", token, hint)

    def _parse_call(self, name: Token) -> Node:
        opening = self._advance()
        arguments: list[Node] = []
        if not self._token.is_symbol(")"):
            arguments.append(self._parse_expression(0))
            while self._token.is_symbol(","):
                self._advance()
                arguments.append(self._parse_expression(0))
        self._expect_close(opening, ")")
        return Call(str(name.value), tuple(arguments), position=name.position)

    def _expect_close(self, opening: Token, closing: str) -> None:
        if self._token.is_symbol(closing):
            self._advance()
        elif self._token.kind is Kind.END:
            self._fail("EXPR006", f'the "{opening.text}" is never closed', opening, f"close it with {closing}")
        else:
            self._fail_at_operator()

    def _fail_at_operand(self, token: Token) -> Node:
        """A value should stand here."""
        if token.kind is Kind.END:
            return self._fail("EXPR006", "the expression ends where a value is expected", token, "complete it")
        hint = "write a column, a text in quotes, a number or a function"
        return self._fail("EXPR006", f'"{token.text}" stands where a value is expected', token, hint)

    def _fail_at_operator(self) -> None:
        """An operator, or the end, should stand here."""
        token = self._token
        if token.is_symbol(")", "]"):
            self._fail("EXPR006", f'"{token.text}" closes nothing', token, "take it out, or open it before")
        if token.is_symbol(","):
            self._fail("EXPR006", '"," stands outside a list', token, "lists follow in or the name of a function")
        between = "write an operator between them; texts stand in quotes, names with blanks in backticks"
        hint = _FOREIGN_WORDS.get(token.text.casefold(), between)
        self._fail("EXPR006", f"{_show(token)} stands where an operator is expected", token, hint)

    def _fail(self, code: str, what: str, token: Token, hint: str) -> Literal:
        raise _SyntaxFoundError(self._source.report(code, what, token.position, hint))


def _show(token: Token) -> str:
    return token.text if token.text[:1] in "\"'`" else f'"{token.text}"'
