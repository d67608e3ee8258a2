"""The page docs/expressions.md. Written with ``python -m cdisc_conv.expr.docs docs/expressions.md``."""

from __future__ import annotations

import sys
from pathlib import Path

from cdisc_conv.expr.functions.signature import Function
from cdisc_conv.expr.functions.table import TOPICS
from cdisc_conv.expr.nodes import Literal, Type, format_literal
from cdisc_conv.expr.parser import MAX_DEPTH, MAX_LENGTH, MAX_NESTING

_RULES = """\
# Expressions

What `where:`, `when:` and `expr:` hold in a mapping. Expressions are read by a parser of their own and are never run as
Python: they can compare, compute and call the functions below, and nothing else.

<!-- This page is made from the table of functions: python -m cdisc_conv.expr.docs docs/expressions.md -->

    where: AEYN == "Y" and AESTDTC >= DM.RFSTDTC
    when:  VSTESTCD in ("SYSBP", "DIABP") and not missing(VSPOS)
    expr:  AVAL - BASE

## Names and values

| written | is |
|---|---|
| `AETERM` | a column. Letters of any language, digits and `_`; the first is not a digit |
| `DM.RFSTDTC`, `raw.AESTDAT` | a variable of another dataset; a column of the source |
| `own.SEX` | in the `where` of `lookup` and `exists`: a column of the record being made; others are theirs |
| `` `IT.AE TERM` `` | a column of the source with any other name, the same as `raw.` \
and that name; a backtick in it is doubled |
| `18`, `0.5`, `1e3` | a number, with a decimal point |
| `"Y"`, `'Y'` | a text; the quote itself is doubled inside (`"6"" nail"`), a backslash is a backslash |
| `true`, `false` | truth values |

There are three types: text, number, and true or false. They never turn into each other by themselves: raw columns are
text, so a number is compared by `number(AGE) >= 18`. Texts compare by their characters, letter case mattering; ISO 8601
dates of the same precision so compare in time order. A date that the calendar does not have (`2022-02-30`) has no place
in it: `<`, `<=`, `>` and `>=` are false, as for a missing one, and a run reports it (DATE004). Times that both have an
offset from UTC (`Z`, `+02:00`) compare by their instants, in `min` and `max` too where all values that are there have
one.

## Operators

From the loosest to the tightest; parentheses go around anything.

| operator | meaning |
|---|---|
| `or` | either |
| `and` | both |
| `not` | the opposite |
| `==` `!=` `<` `<=` `>` `>=` | compare two texts or two numbers (`==` and `!=` also two truth \
values); they do not chain |
| `in (...)`, `not in [...]` | whether a value is in a list of texts or numbers that are written out |
| `+` `-` | sum, difference of numbers (texts are joined by `concat`) |
| `*` `/` | product, quotient |
| `-x` | the negative |

## Missing values

A missing text is `""`, a missing number is not there at all (NaN). The literal `""` stands for a missing value of
either type.

- `x == ""` is true where x is missing, `x != ""` where it is not; `missing(x)` and `not missing(x)` say the same.
- Every other comparison is false where a side is missing, `==` and `!=` too: `AESER != "Y"` is false where AESER is
  missing, and two missing values are neither equal nor different.
- `not` turns what it gets: `not (AESER == "Y")` is true where AESER is missing.
- `x in ("A", "B")` is `x == "A" or x == "B"`; `x not in ("A", "B")` is `x != "A" and x != "B"`, so false where x is
  missing. A `""` in the list of `in` takes in missing values: `x in ("A", "")`.
- `<`, `<=`, `>`, `>=` do not take the literal `""`.
- Arithmetic with a missing number is missing, and so is a result that is not a number: a division by zero, an overflow.
- Conditions are true or false, never missing.

## Functions

In square brackets: may be left out. `...`: any number more.
"""

_LIMITS = f"""
## Limits

An expression has at most {MAX_LENGTH:,} characters, nests at most {MAX_NESTING} deep, and is at most {MAX_DEPTH}
operations deep (long chains of `and` and `or` count as one).

## Messages

| code | what is wrong |
|---|---|
| EXPR001 | the expression is empty |
| EXPR002 | an operator of another language, such as `=` or `&&` |
| EXPR003 | a character that means nothing |
| EXPR004 | a text or a name in backticks without end, or an empty name |
| EXPR005 | something that begins like a number and is none |
| EXPR006 | the pieces do not fit together |
| EXPR007 | too long or too deep |
| EXPR008 | no such function, or a wrong number of arguments |
| EXPR009 | a text compared with a number |
| EXPR010 | a value of the wrong type |
| EXPR011 | an argument that must be written out is computed |
| EXPR012 | a text would have more than 100,000 characters (found in a run) |
| EXPR013 | a date written out that the calendar does not have |
| EXPR014 | a pattern of `match` or `extract` that is not a regular expression |
"""


def build_page() -> str:
    """The text of the page, from the table of functions."""
    parts = [_RULES]
    for topic, functions in TOPICS.items():
        parts.append(f"\n### {topic}\n\n| function | gives | example |\n|---|---|---|\n")
        parts.extend(map(_format_row, functions))
    return "".join([*parts, _LIMITS])


def _format_row(function: Function) -> str:
    type_ = {Type.BOOLEAN: "true or false"}.get(function.returns, function.returns) if function.returns else "same type"
    examples = "<br>".join(f"`{text}` is `{_format_value(value)}`" for text, value in function.examples)
    return f"| `{function.signature}` | {type_}. {function.doc} | {examples} |\n"


def _format_value(value: str | float | bool) -> str:
    kind = Type.BOOLEAN if isinstance(value, bool) else Type.TEXT if isinstance(value, str) else Type.NUMBER
    return format_literal(Literal(value, kind))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(build_page(), encoding="utf-8", newline="\n")
