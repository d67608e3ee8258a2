"""An expression as the other packages see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cdisc_conv.expr.nodes import Call, Comparison, Literal, Membership, Name, Node, Type, format_node, walk
from cdisc_conv.expr.parser import parse_tree
from cdisc_conv.expr.tokens import Source
from cdisc_conv.problems import Problem, ProblemsError

if TYPE_CHECKING:
    import pandas as pd

    from cdisc_conv.expr.vectors import Vector


def parse(text: str, *, file: str = "", line: int = 0) -> Expression:
    """Reads an expression; `file` and `line` say where it stands, for messages.

    Raises `ProblemsError` with everything that is wrong with the text, each problem naming the character.

    >>> str(parse('AESER=="Y" and(AESTDTC!="")'))
    'AESER == "Y" and AESTDTC != ""'
    >>> parse('AESER = "Y"', file="ae.yaml", line=7)
    Traceback (most recent call last):
    cdisc_conv.problems.ProblemsError: ae.yaml:7: EXPR002 "=" is not an operator, at character 7 of: AESER = "Y" \
(write == to compare)
    """
    source = Source(text, file, line)
    return Expression(parse_tree(source), source)


@dataclass(frozen=True)
class Expression:
    """A parsed expression. Two are equal when they are written alike but for blanks, quotes and parentheses."""

    tree: Node
    source: Source = field(default=Source(""), compare=False, repr=False)

    def __str__(self) -> str:
        return format_node(self.tree)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns it reads, each once, in the order of the text.

        A name in backticks is a column of the source and comes out as ``raw.`` and the name.

        >>> parse('DM.RFSTDTC != "" and `IT.AE TERM` != "" and raw.AESTDAT > DM.RFSTDTC').names
        ('DM.RFSTDTC', 'raw.IT.AE TERM', 'raw.AESTDAT')
        """
        return tuple(dict.fromkeys(node.name for node in walk(self.tree) if isinstance(node, Name)))

    @cached_property
    def quoted_names(self) -> frozenset[str]:
        """Those of `names` that were written in backticks."""
        return frozenset(node.name for node in walk(self.tree) if isinstance(node, Name) and node.quoted)

    def check(
        self, type_of: Callable[[str], Type | None], expected: Type | None = None
    ) -> tuple[Type | None, list[Problem]]:
        """The type of the result, and all that is wrong with types and functions, before any data is read.

        `type_of` gives the type of a column, None when it is not known; unknown ones are not complained of. `expected`
        is the type the place wants, such as BOOLEAN for a condition.

        >>> found, problems = parse("AGE >= 18").check({"AGE": Type.TEXT}.get)
        >>> print(problems[0])
        EXPR009 AGE is a text and 18 is a number, which do not compare, at character 5 of: AGE >= 18 (write number(AGE))
        """
        from cdisc_conv.expr.checker import check_types

        return check_types(self.tree, self.source, type_of, expected)

    def evaluate(self, column: Callable[[str], pd.Series | Vector], size: int | pd.Index) -> pd.Series:
        """The values for all records.

        `column` gives the series of a name (``str``, category, numeric or bool; missing text "", missing numbers NaN),
        or its vector (`vectors`); rows are matched by position. `size` is the number of records, or the index the
        result shall have. The result is ``str``, float64 or bool. Raises `ProblemsError` when the types of the columns
        do not fit the expression, and EXPR012 where a text would be too long.

        >>> import pandas as pd
        >>> frame = pd.DataFrame({"AESER": ["Y", "N", ""]}, dtype="str")
        >>> parse('AESER != "Y"').evaluate(frame.__getitem__, len(frame)).tolist()
        [False, True, False]
        """
        import pandas as pd

        from cdisc_conv.expr import evaluator, library, vectors

        index = pd.RangeIndex(size) if isinstance(size, int) else size
        columns: dict[str, Any] = {}
        for name in self.names:
            columns[name] = vectors.read_series(column(name))
            if len(columns[name]) != len(index):
                raise ValueError(f"column {name} has {len(columns[name])} values for {len(index)} records")
        found, problems = self.check(lambda name: vectors.type_of(columns[name]))
        if problems:
            raise ProblemsError(problems)
        assert found is not None
        try:
            return vectors.write_series(evaluator.compute(self.tree, columns), found, index)
        except library.TextTooLongError:
            what = f"it makes a text of more than {library.MOST_TEXT:,} characters"
            hint = "replace less, or cut the text with substr"
            raise ProblemsError([self.source.report("EXPR012", what, self.tree.position, hint)]) from None

    def reads(self, column: Callable[[str], pd.Series] | None = None) -> dict[str, Any]:
        """For which records it uses each column: a truth value per record, or one for all; see `expr.reads`.

        Columns that it only asks whether they are missing are not among them. `column` as in `evaluate`; without it,
        every branch counts for every record.

        >>> import pandas as pd
        >>> frame = pd.DataFrame({"NODAL": ["Y", "N"], "SAXIS": ["12", "9"], "LDIAM": ["", "20"]}, dtype="str")
        >>> used = parse('if(NODAL == "Y", SAXIS, LDIAM)').reads(frame.__getitem__)
        >>> {name: mask.tolist() for name, mask in used.items()}
        {'NODAL': True, 'SAXIS': [True, False], 'LDIAM': [False, True]}
        """
        from cdisc_conv.expr import vectors
        from cdisc_conv.expr.reads import find_reads

        columns = {name: vectors.read_series(column(name)) for name in self.names} if column is not None else None
        return find_reads(self.tree, columns)

    def describe(self, name_of: Callable[[str], str] | None = None) -> str:
        """The expression in English; `name_of` gives the words for a name (its own text when left out).

        Raises `ProblemsError` when it calls a function that does not exist.

        >>> parse('AESER == "Y" and not missing(AESTDTC)').describe()
        'AESER equals Y and AESTDTC is not missing'
        """
        from cdisc_conv.expr import words

        _, problems = self.check(lambda name: None)
        if broken := [problem for problem in problems if problem.code == "EXPR008"]:
            raise ProblemsError(broken)
        return words.describe_node(self.tree, name_of or words.name_plainly)

    def rename(self, mapping: Mapping[str, str]) -> Expression:
        """The same expression with other names; names that are not in the mapping stay.

        >>> str(parse("AVAL - BASE").rename({"BASE": "ADSL.BASE"}))
        'AVAL - ADSL.BASE'
        """
        return replace(self, tree=_rename_node(self.tree, mapping))


def _rename_node(node: Any, mapping: Mapping[str, str]) -> Any:
    if isinstance(node, tuple):
        return tuple(_rename_node(item, mapping) for item in node)
    if isinstance(node, Name):
        new = mapping.get(node.name, node.name)
        return node if new == node.name else Name(new, position=node.position)
    if isinstance(node, Node):
        return replace(node, **{item.name: _rename_node(getattr(node, item.name), mapping) for item in fields(node)})
    return node


def literals_of(expression: Expression, name: str) -> tuple[str, ...]:
    """The texts that a column must be one of, as far as the expression writes them out, each once.

    Only ``==`` and ``in`` count: what a column must not be says nothing of what there is.

    >>> literals_of(parse('PARAMCD == "PD" or PARAMCD in ("CR", "PR") and PARAMCD != "NE"'), "PARAMCD")
    ('PD', 'CR', 'PR')
    """
    found: list[str] = []
    for node in walk(expression.tree):
        if isinstance(node, Comparison) and node.operator == "==":
            pair = (node.left, node.right)
            if any(_is_column(part, name) for part in pair):
                found += [part.value for part in pair if isinstance(part, Literal) and isinstance(part.value, str)]
        elif isinstance(node, Membership) and not node.negated and _is_column(node.operand, name):
            found += [item.value for item in node.items if isinstance(item.value, str)]
    return tuple(text for text in dict.fromkeys(found) if text)


def texts_compared(expression: Expression) -> dict[str, tuple[str, ...]]:
    """The texts that the expression compares each column with itself, by the column's name as it is written.

    ``==``, ``!=``, ``in`` and ``not in`` count; a missing text ("") does not, nor what a function makes of a column.

    >>> texts_compared(parse('AEYN == "Y" and (AEOUT in ("FATAL", "UNK") or AEOUT != "") and upper(AESER) == "Y"'))
    {'AEYN': ('Y',), 'AEOUT': ('FATAL', 'UNK')}
    """
    found: dict[str, dict[str, None]] = {}
    for node in walk(expression.tree):
        if isinstance(node, Comparison) and node.operator in ("==", "!="):
            names = [part for part in (node.left, node.right) if isinstance(part, Name)]
            literals = [part for part in (node.left, node.right) if isinstance(part, Literal)]
        elif isinstance(node, Membership) and isinstance(node.operand, Name):
            names, literals = [node.operand], list(node.items)
        else:
            continue
        texts = [item.value for item in literals if isinstance(item.value, str) and item.value]
        if names and texts:
            found.setdefault(names[0].name, {}).update(dict.fromkeys(texts))
    return {name: tuple(texts) for name, texts in found.items()}


def suggest_quotes(name: str, expression: Expression) -> str:
    """The hint for a name that leads nowhere where the expression compares a column with it: a text without its quotes.

    >>> suggest_quotes("Y", parse("AEYN == Y")), suggest_quotes("AEYNN", parse('AEYNN == "Y"'))
    ('write "Y" if the text is meant', '')
    """
    compared = any(
        isinstance(node, Comparison)
        and isinstance(node.left, Name | Call)
        and isinstance(node.right, Name)
        and node.right.name == name
        and not node.right.quoted
        and "." not in name
        for node in walk(expression.tree)
    )
    return f'write "{name}" if the text is meant' if compared else ""


def columns_as_numbers(expression: Expression) -> tuple[str, ...]:
    """The columns that the expression itself makes numbers of, by their names as they are written.

    >>> columns_as_numbers(parse("number(AGE) + number(trim(WEIGHT)) + DOSE"))
    ('AGE',)
    """
    calls = (node for node in walk(expression.tree) if isinstance(node, Call) and node.function == "number")
    return tuple(dict.fromkeys(one.name for call in calls for one in call.arguments if isinstance(one, Name)))


def _is_column(node: Node, name: str) -> bool:
    return isinstance(node, Name) and node.name.removeprefix("raw.") == name
