"""Types of parameters that several derivations share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from cdisc_conv.columns.texts import fold
from cdisc_conv.derivations.base import Ref


def _read_text(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError(f"'{value}' is a truth value here; put it in quotes if it is a text")
    return str(value) if isinstance(value, int | float) else value


def _refuse_truth(value: Any) -> Any:
    return _read_text(value) if isinstance(value, bool) else value


def _read_keys(value: Any) -> Any:
    return {_read_text(key): item for key, item in value.items()} if isinstance(value, dict) else value


def _read_list(value: Any) -> Any:
    return (value,) if isinstance(value, str | dict | BaseModel) else value


def _check_folded(values: dict[str, Any]) -> dict[str, Any]:
    first: dict[str, str] = {}
    for key, value in values.items():
        other = first.setdefault(fold(key), key)
        if values[other] != value:
            raise ValueError(f"'{other}' and '{key}' differ in case or blanks only, but stand for different values")
    return values


Text = Annotated[str, BeforeValidator(_read_text)]
"""Text; a number that YAML read is taken as it is written."""

TextMap = Annotated[dict[str, Text], BeforeValidator(_read_keys), AfterValidator(_check_folded)]
"""From texts to texts; keys that differ in case or blanks only may not stand for different values."""
Value = Annotated[str | int | float, BeforeValidator(_refuse_truth)]
"""A text, or a number that stays one."""

ValueMap = Annotated[dict[str, Value], BeforeValidator(_read_keys), AfterValidator(_check_folded)]
"""From texts to texts or numbers; see `TextMap`."""
Refs = Annotated[tuple[Ref, ...], BeforeValidator(_read_list)]
Names = Annotated[tuple[Text, ...], BeforeValidator(_read_list)]


class Parameters(BaseModel):
    """A group of parameters inside a derivation."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, populate_by_name=True, defer_build=True
    )


def are_numbers(values: Iterable[str | float | None]) -> bool:
    """Whether values of the mapping are numbers throughout; blank texts and None aside.

    >>> are_numbers([1, 2, ""]), are_numbers([1, "2"]), are_numbers([""])
    (True, False, False)
    """
    filled = [value for value in values if value not in ("", None)]
    return bool(filled) and not any(isinstance(value, str) for value in filled)


def join_words(items: Iterable[str], last: str = "and") -> str:
    """Items as an English list.

    >>> join_words(["AEDTC", "AESTDTC", "AETERM"])
    'AEDTC, AESTDTC and AETERM'
    """
    words = list(items)
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
