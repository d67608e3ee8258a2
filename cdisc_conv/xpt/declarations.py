"""Checks before a value is looked at: names, labels, lengths, formats, and the frame against the variables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

import pandas as pd

from cdisc_conv.problems import Place, Problem, did_you_mean
from cdisc_conv.xpt.encodings import ASCII, list_unwritable, measure, refuse
from cdisc_conv.xpt.layout import EARLIEST_YEAR
from cdisc_conv.xpt.problems import list_names, name_character
from cdisc_conv.xpt.variables import (
    LONGEST_LABEL,
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_VARIABLES,
    XptVariable,
    parse_format,
)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,7}")


def check_dataset(name: str, label: str, type_: str, codec: str = ASCII) -> Iterator[Problem]:
    """Problems of a dataset's name, label and type."""
    place = Place(dataset=name)
    yield from _check_name("dataset name", name, place)
    yield from _check_text("dataset label", label, LONGEST_LABEL, place, codec)
    yield from _check_text("dataset type", type_, 8, place)


def check_moment(moment: datetime, dataset: str) -> Iterator[Problem]:
    """Problems of a timestamp."""
    if not EARLIEST_YEAR <= moment.year < EARLIEST_YEAR + 100:
        yield Problem(
            "XPT007",
            f"the timestamp {moment:%Y-%m-%d} cannot be told apart from another century",
            place=Place(dataset=dataset),
            hint=f"the year has two digits in the file: use one of {EARLIEST_YEAR} to {EARLIEST_YEAR + 99}",
        )


def check_variables(dataset: str, variables: Sequence[XptVariable], codec: str = ASCII) -> Iterator[Problem]:
    """Problems of the variables, one by one and together."""
    if len(variables) > MOST_VARIABLES:
        yield Problem(
            "XPT008",
            f"{len(variables):,} variables do not fit: the file counts them with four digits",
            place=Place(dataset=dataset),
            hint=f"split the dataset; at most {MOST_VARIABLES:,} variables",
        )
    for variable in variables:
        yield from _check_variable(variable, Place(dataset=dataset, variable=variable.name), codec)
    counts = Counter(variable.name.upper() for variable in variables)
    for name in (name for name, count in counts.items() if count > 1):
        spelled = list_names(variable.name for variable in variables if variable.name.upper() == name)
        yield Problem(
            "XPT002",
            f"the name is used {counts[name]} times: {spelled}",
            place=Place(dataset=dataset, variable=name),
            hint="names must differ by more than upper and lower case: rename or drop one",
        )


def check_columns(dataset: str, frame: pd.DataFrame, variables: Sequence[XptVariable]) -> Iterator[Problem]:
    """Problems where the frame does not have the columns declared, or has others."""
    names = Counter(variable.name for variable in variables)
    columns = Counter(map(str, frame.columns))
    for name in names:
        if name not in columns:
            hint = did_you_mean(name, columns) or "add the column or take the variable out"
            yield Problem(
                "XPT006", "the variable is declared but the frame has no such column", hint=hint,
                place=Place(dataset=dataset, variable=name),
            )  # fmt: skip
    for column, count in columns.items():
        place = Place(dataset=dataset, variable=column)
        if column not in names:
            hint = did_you_mean(column, names) or "declare it or drop the column"
            yield Problem("XPT006", "the frame has the column but it is not declared", place=place, hint=hint)
        elif count > 1 and names[column] == 1:
            yield Problem(
                "XPT002", f"the frame has {count} columns of this name", place=place, hint="rename or drop all but one"
            )


def _check_variable(variable: XptVariable, place: Place, codec: str) -> Iterator[Problem]:
    yield from _check_name("variable name", variable.name, place)
    yield from _check_text("label", variable.label, LONGEST_LABEL, place, codec)
    shortest, longest = (3, 8) if variable.numeric else (1, LONGEST_TEXT)
    if not shortest <= variable.length <= longest:
        kind = "numeric" if variable.numeric else "text"
        yield Problem(
            "XPT004",
            f"a {kind} variable cannot have a length of {variable.length} bytes",
            place=place,
            hint=f"expected {shortest} to {longest}",
        )
    for what, format_ in (("format", variable.format), ("informat", variable.informat)):
        yield from _check_format(what, format_, variable.numeric, place)


def _check_format(what: str, text: str, numeric: bool, place: Place) -> Iterator[Problem]:
    parsed = parse_format(text)
    if parsed is None:
        yield Problem(
            "XPT005", f"the {what} {text!r} is none that a transport file can hold", place=place,
            hint="expected a name of at most 8 characters, width, point and decimals, such as DATE9., 8.2 or $20.",
        )  # fmt: skip
    elif numeric and parsed.name.startswith("$"):
        yield Problem(
            "XPT005", f"the {what} {text!r} is for text, the variable is numeric", place=place,
            hint="leave the $ out or make the variable text",
        )  # fmt: skip
    elif not numeric and text and not parsed.name.startswith("$"):
        yield Problem(
            "XPT005", f"the {what} {text!r} is for numbers, the variable is text", place=place,
            hint="begin it with $ or make the variable numeric",
        )  # fmt: skip


def _check_name(what: str, name: str, place: Place) -> Iterator[Problem]:
    if _NAME.fullmatch(name):
        return
    if len(name) > LONGEST_NAME:
        message = f"the {what} {name!r} has {len(name)} characters"
    else:
        message = f"the {what} {name!r} is not a SAS name"
    yield Problem(
        "XPT001", message, place=place,
        hint=f"expected 1 to {LONGEST_NAME} letters, digits or underscores, no digit first",
    )  # fmt: skip


def _check_text(what: str, text: str, limit: int, place: Place, codec: str = ASCII) -> Iterator[Problem]:
    size = len(text.encode("utf-8", "surrogatepass")) if codec == ASCII else measure(text, codec)
    if size > limit:
        yield Problem(
            "XPT003", f"the {what} has {size} bytes: {text!r}", place=place, hint=f"shorten it to {limit} bytes"
        )
    strange = list_unwritable(text, codec)
    if strange:
        yield Problem(
            "XPT003",
            f"the {what} has characters that {refuse(codec)}: {', '.join(map(name_character, strange))}",
            place=place,
            hint="replace them or name them in the transliteration map",
        )
