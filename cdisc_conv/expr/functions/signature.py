"""What a function of the language is: its parameters, what it computes, and how it is put into words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cdisc_conv.expr.nodes import Type
from cdisc_conv.expr.vectors import Value, map_distinct

TEXT = frozenset({Type.TEXT})
NUMBER = frozenset({Type.NUMBER})
BOOLEAN = frozenset({Type.BOOLEAN})
VALUE = TEXT | NUMBER


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a function takes at one place.

    `same`: all parameters so marked have one type, which may be any they accept. `literal`: must be written out;
    `regex`: it is a regular expression. `repeats`: any number of further arguments of this kind may follow.
    """

    name: str
    accepts: frozenset[Type]
    same: bool = False
    literal: bool = False
    optional: bool = False
    repeats: bool = False
    regex: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """One function. `returns` is None where it is the type of the `same` parameters.

    `words` says it in English, with {0}, {1} for the arguments and {all} for all of them; `negative` says the opposite.
    `examples` are pairs of an expression and its value.
    """

    name: str
    parameters: tuple[Parameter, ...]
    returns: Type | None
    doc: str
    compute: Callable[..., Value]
    words: str
    examples: tuple[tuple[str, str | float | bool], ...]
    negative: str = ""

    @property
    def fewest(self) -> int:
        """The smallest number of arguments."""
        return sum(not parameter.optional for parameter in self.parameters)

    @property
    def most(self) -> int | None:
        """The largest number of arguments; None for any number."""
        return None if self.parameters[-1].repeats else len(self.parameters)

    @property
    def signature(self) -> str:
        """How it is called, optional arguments in brackets.

        >>> from cdisc_conv.expr.functions.table import FUNCTIONS
        >>> FUNCTIONS["substr"].signature, FUNCTIONS["min"].signature
        ('substr(text, start, [length])', 'min(value, ...)')
        """
        shown = [f"[{item.name}]" if item.optional else item.name for item in self.parameters]
        return f"{self.name}({', '.join([*shown, '...'] if self.most is None else shown)})"

    def parameter(self, place: int) -> Parameter:
        """The parameter that the argument at a place, counted from 0, belongs to."""
        return self.parameters[min(place, len(self.parameters) - 1)]


def text_parameter(name: str = "text", **more: bool) -> Parameter:
    """A parameter that takes text."""
    return Parameter(name, TEXT, **more)


def number_parameter(name: str = "number", **more: bool) -> Parameter:
    """A parameter that takes numbers."""
    return Parameter(name, NUMBER, **more)


def value_parameter(name: str = "value", **more: bool) -> Parameter:
    """A parameter that takes text or numbers."""
    return Parameter(name, VALUE, **more)


def apply_per_value(function: Callable[..., object], returns: Type) -> Callable[..., Value]:
    """A function of single values, called once per distinct combination of them."""
    return lambda *arguments: map_distinct(function, arguments, returns)
