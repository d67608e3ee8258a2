"""The registry of derivations, built-in and plug-ins alike.

A package offers derivations by an entry point of the group ``cdisc_conv.derivations`` that names a module; importing
the module runs its `register` decorators. Our own catalogue is such an entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import ValidationError

from cdisc_conv.derivations.base import Derivation
from cdisc_conv.docstrings import read_docstring
from cdisc_conv.plug_ins import load_plug_ins
from cdisc_conv.problems import did_you_mean

GROUP = "cdisc_conv.derivations"
BUILT_IN = "cdisc_conv.derivations.catalogue"

_registered: dict[str, type[Derivation]] = {}
_Class = TypeVar("_Class", bound=Derivation)

RESERVED = frozenset({"when", "label", "length", "format", "origin", "comment", "method", "codelist", "evaluator"})
"""Words of the mapping language that no derivation may be called."""


_OTHER_WORDS = {
    **dict.fromkeys(("number", "numeric", "integer", "float", "text", "string", "raw", "source", "column"), "copy"),
    **dict.fromkeys(("assign", "hardcode", "hard_code", "literal", "value"), "constant"),
    **dict.fromkeys(("date", "iso8601", "dtc"), "datetime"),
    **dict.fromkeys(("ct", "codelist_term", "terminology"), "term"),
    **dict.fromkeys(("if", "ifelse", "case_when", "condition"), "cases"),
    **dict.fromkeys(("concat", "join", "formula", "expression", "compute"), "expr"),
    **dict.fromkeys(("seq", "row_number"), "sequence"),
    **dict.fromkeys(("merge", "derive_var"), "lookup"),
}
"""Words of other tools, and the derivation that does what they mean."""


def register(derivation: type[_Class]) -> type[_Class]:
    """Class decorator that adds a derivation to the catalogue.

    Raises ValueError when the name is taken by another class, is a word of the mapping language, or the class has no
    docstring or no parameter called by its ``shorthand``.
    """
    name = derivation.name
    known = _registered.get(name)
    if known is not None and known.__qualname__ != derivation.__qualname__:
        raise ValueError(f"derivation '{name}' is registered twice: by {_where(known)} and by {_where(derivation)}")
    if name in RESERVED:
        raise ValueError(f"derivation '{name}' of {_where(derivation)} has the name of a word of the mapping language")
    if __debug__ and not read_docstring(derivation).strip():
        raise ValueError(f"derivation '{name}' of {_where(derivation)} has no docstring")
    if derivation.shorthand and derivation.shorthand not in derivation.model_fields:
        raise ValueError(f"derivation '{name}' of {_where(derivation)} has no parameter '{derivation.shorthand}'")
    _registered[name] = derivation
    return derivation


def load_derivations() -> MappingProxyType[str, type[Derivation]]:
    """All derivations by name, built-ins and plug-ins, read-only.

    >>> "study_day" in load_derivations()
    True
    """
    load_plug_ins(GROUP, BUILT_IN)
    return MappingProxyType(dict(sorted(_registered.items())))


def split_entry(entry: Mapping[str, Any]) -> tuple[str, Any, dict[str, Any]]:
    """A mapping entry such as ``{copy: AETERM, label: ...}`` as (derivation name, its parameters, other attributes).

    Raises ValueError when not exactly one known derivation is named, with a hint for a misspelt one.
    """
    known = load_derivations()
    named = [key for key in entry if key in known]
    others = {key: value for key, value in entry.items() if key not in known}
    if len(named) == 1:
        return named[0], entry[named[0]], others
    if named:
        raise ValueError(
            f"names {len(named)} derivations ({', '.join(named)}); it takes exactly one, or 'cases' for several"
        )
    unknown = [key for key in others if key not in RESERVED]
    if not unknown:
        raise ValueError("names no derivation; 'cdisc-conv catalogue' lists them")
    meant = _OTHER_WORDS.get(unknown[0].casefold(), "")
    hint = did_you_mean(unknown[0], [*known, *RESERVED]) or "'cdisc-conv catalogue' lists them"
    hint = f"use {meant}" if meant else hint
    raise ValueError(f"there is no derivation '{unknown[0]}' ({hint})")


def parameters_of(derivation: type[Derivation], value: Any) -> Any:
    """The parameters as a mapping: a bare value (or list) stands for the derivation's shorthand parameter."""
    if isinstance(value, Mapping):
        return dict(value)
    if value is None:
        return {}
    return {derivation.shorthand: value} if derivation.shorthand else {"": value}


def build_nested(entry: Any) -> Derivation:
    """The derivation inside another one's parameters (a branch of ``cases``). Raises ValueError."""
    if isinstance(entry, Derivation):
        return entry
    if not isinstance(entry, Mapping):
        raise ValueError("expected one derivation, such as {copy: AETERM}")
    name, value, others = split_entry(entry)
    if others:
        raise ValueError(f"'{next(iter(others))}' does not belong beside '{name}' here")
    derivation = load_derivations()[name]
    try:
        return derivation.model_validate(parameters_of(derivation, value))
    except ValidationError as error:
        raise ValueError("; ".join(_describe(details, name) for details in error.errors(include_url=False))) from None


def _describe(details: Any, name: str) -> str:
    path = ".".join(str(step + 1 if isinstance(step, int) else step) for step in details["loc"])
    if details["type"] == "extra_forbidden":
        return f"'{name}' has no '{path}'"
    if details["type"] == "missing":
        return f"'{name}' needs '{path}'"
    message = details["msg"].removeprefix("Value error, ")
    return f"'{path}' of '{name}': {message}" if path else f"'{name}': {message}"


def _where(derivation: type[Derivation]) -> str:
    return f"{derivation.__module__}.{derivation.__qualname__}"
