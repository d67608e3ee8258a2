"""Variables of analysis datasets: what their names ask for, their codes in numbers, their flags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np

from cdisc_conv.checks.analysis import is_topic_name, name_date_kind, name_text, read_date_kind
from cdisc_conv.checks.functions.general.common import by_value, by_variable, repeat_words, tell_values, whole
from cdisc_conv.checks.functions.general.groups import find_several
from cdisc_conv.checks.functions.general.variables import require_standard
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import NotRunnableError, Table

_FORMATS = {"date": "DATE9.", "datetime": "DATETIME20.", "time": "TIME8."}
_PLACEHOLDER = re.compile(r"xx|zz|[yw]")
_NUMBER_LABEL = "(N)"
_PARAMETER = "PARAMCD"
_OF_PARAMETER = re.compile(r"(AVAL|BASE|CHG|PCHG|BCHG|PBCHG|SHIFT|M?CRIT|AVISIT|ATPT|ATOX|BTOX)")
"""Variables whose codes have a meaning only within a parameter."""
_POPULATIONS = ("FASFL", "SAFFL", "ITTFL", "PPROTFL", "COMPLFL", "RANDFL", "ENRLFL")
_POPULATION_LABEL = "Population Flag"


class Needs(Parameters):
    """``needs``: variables, and those that have to be there with them; ``A|B`` is either. Placeholders of ADaMIG
    (``y``, ``w``, ``xx``, ``zz``) stand for the same number on both sides.
    """

    needs: Mapping[str, tuple[str, ...]]


class Flags(Parameters):
    """``of``: the ``population`` flags of ADSL, which have a value for every subject, or all ``other`` flags."""

    of: Literal["population", "other"]


class Pairs(Parameters):
    """``finds``: a numeric variable ``alone``, without the text that it codes, or ``several`` codes of a text."""

    finds: Literal["alone", "several"]


class FlagPairs(Parameters):
    """``finds``: a numeric flag ``alone``, or one that ``differs`` from its flag in text."""

    finds: Literal["alone", "differs"]


class Name(Parameters):
    """``dataset``: its name."""

    dataset: str


class Leading(Parameters):
    """``names``: the variables that stand first, in this order."""

    names: tuple[str, ...]


class OneOf(Parameters):
    """``names``: variables of which at least one has to be there."""

    names: tuple[str, ...]


_FIRST = "01"
"""What a required variable has for ``xx``: the first period comes before others."""


@register_check(reach="variables")
def check_structure_variables(scope: Scope) -> Iterator[Hits]:
    """Required variables of the data structure that the dataset lacks; one topic variable (AETERM, CMTRT) is enough.

    A variable of treatment periods is asked for the first: TRT02P does not stand for TRT01P.
    """
    table = scope.table
    found = [variable for name in table.names if (variable := table.standard_variable(name))]
    present = {variable.order for variable in found}
    has_topic = any(map(is_topic_name, table.names))
    for variable in require_standard(table).variables:
        first = variable.name.replace("xx", _FIRST)
        there = variable.order in present
        if variable.core != "Req" or (there and (first == variable.name or first in table.names)):
            continue
        if variable.name == "CMTRT" or (variable.name == "--TERM" and has_topic):
            continue
        name = (first if there else variable.name).replace("--", table.prefix)
        yield whole(name, value=name, label=variable.label)


@register_check(Needs, reach="variables")
def check_needs_variable(scope: Scope) -> Iterator[Hits]:
    """Variables that mean nothing without another one, which is not there."""
    names = scope.table.names
    for given, wanted in scope.parameters.needs.items():
        parts = _PLACEHOLDER.findall(given)
        pattern = re.compile(_PLACEHOLDER.sub(r"(\\d+)", given))
        for name in names:
            if not (found := pattern.fullmatch(name)):
                continue
            numbers = dict(zip(parts, found.groups(), strict=True))
            for choice in (_fill_numbers(choice, numbers) for choice in wanted):
                if not set(choice.split("|")) & set(names):
                    yield whole(name, value=name, needed=choice.replace("|", " or "))


def _fill_numbers(name: str, numbers: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda part: numbers.get(part[0], part[0]), name)


@register_check(OneOf, reach="variables")
def check_one_of_variables(scope: Scope) -> Iterator[Hits]:
    """A dataset that has none of several variables."""
    names = scope.parameters.names
    if not set(names) & set(scope.table.names):
        yield whole(scope.variable, value=", ".join(names))


@register_check(Leading, reach="variables")
def check_leading_variables(scope: Scope) -> Iterator[Hits]:
    """Variables that do not stand first."""
    names = scope.parameters.names
    if (first := scope.table.names[: len(names)]) != names:
        yield whole(value=", ".join(first), expected=", ".join(names))


@register_check(reach="variables")
def check_date_formats(scope: Scope) -> Iterator[Hits]:
    """Numeric dates and times without a SAS format that shows them as such."""
    table = scope.table
    table.require_said("formats")
    for column in table.dataset.columns:
        kind = name_date_kind(column.name) if column.name in table.frame and table.is_numeric(column.name) else ""
        if kind and read_date_kind("", column.format) != kind:
            yield whole(column.name, value=column.format or "none", kind=kind, expected=_FORMATS[kind])


@register_check(Pairs, reach="across")
def check_number_pairs(scope: Scope) -> Iterator[Hits]:
    """Texts and their numeric codes (AVISIT and AVISITN) that do not go together one to one.

    Codes of values, categories and visits count within a parameter, all others in the whole dataset.
    """
    table = scope.table
    for number in table.names:
        text = name_text(number)
        if not text or number.endswith("FN") or not table.is_numeric(number):
            continue
        there = text in table.frame and not table.is_numeric(text)
        if scope.parameters.finds == "alone":
            standard = table.standard_variable(number)
            if not there and standard and standard.label.endswith(_NUMBER_LABEL):
                yield whole(number, value=number, expected=text)
        elif there:
            within = [_PARAMETER] if _OF_PARAMETER.match(number) and table.has(_PARAMETER) else []
            yield from find_several(scope, [text, *within], number)
            yield from find_several(scope, [number, *within], text)


@register_check(Flags)
def check_flag_values(scope: Scope) -> Iterator[Hits]:
    """Values of flags that are not those the standard lists, Y and N where it lists none; blank is none either, except
    in population flags.
    """
    table = scope.table
    population = scope.parameters.of == "population"
    labels = {column.name: column.label for column in table.dataset.columns}
    chosen = [name for name in table.text_names if name.endswith("FL")]
    chosen = [name for name in chosen if population == _is_population(table, name, labels.get(name, ""))]
    if not chosen:
        raise NotRunnableError(f"{table.name} has no such flags")
    for name in chosen:
        standard = table.standard_variable(name)
        allowed = (standard.values if standard else ()) or ("Y", "N")
        accepted = {*allowed} if population else {*allowed, ""}
        coded = table.coded(name)
        wrong = coded.spread(np.array([text not in accepted for text in coded.texts], dtype=bool))
        expected = {"expected": " or ".join(allowed if population else (*allowed, "blank"))}
        yield by_value(name, coded, wrong & scope.mask, repeat_words(expected))


def _is_population(table: Table, name: str, label: str) -> bool:
    return table.name == "ADSL" and (name in _POPULATIONS or label.endswith(_POPULATION_LABEL))


@register_check(FlagPairs)
def check_flag_pairs(scope: Scope) -> Iterator[Hits]:
    """Numeric flags (SAFFN) that are not 1 where the flag in text (SAFFL) is Y, 0 where it is N, and missing where it
    is blank.
    """
    table = scope.table
    for number in table.names:
        flag = name_text(number)
        if not number.endswith("FN") or not table.is_numeric(number):
            continue
        there = flag in table.frame and not table.is_numeric(flag)
        if scope.parameters.finds == "alone":
            if not there:
                yield whole(number, value=number, expected=flag)
        elif there:
            texts = table.coded(flag)
            codes = {"Y": 1.0, "N": 0.0, "": np.nan}
            # a text that is not a flag is a finding of its own, so whatever stands beside it is not wrong here
            expected = texts.spread(np.array([codes.get(text, np.inf) for text in texts.texts]))
            given = table.numbers(number)
            same = (given == expected) | (np.isnan(given) & np.isnan(expected)) | np.isinf(expected)
            yield by_variable(number, ~same & scope.mask, tell_values(table, flag, number), flag=flag)


@register_check(reach="across")
def check_single_value(scope: Scope) -> Iterator[Hits]:
    """A variable that has more than one value in the dataset; the records of all but the first are reported."""
    table = scope.table
    coded = table.coded(scope.variable)
    filled = np.flatnonzero(~coded.blank)
    if len(filled):
        first = int(filled[0])
        other = ~coded.blank & (coded.codes != coded.codes[first])
        yield by_value(scope.variable, coded, other & scope.mask, lambda row: {"expected": coded.text(first)})


@register_check(Name, reach="across")
def check_has_dataset(scope: Scope) -> Iterator[Hits]:
    """A study without a dataset; told once, of the first of its datasets."""
    tables, name = scope.table.tables, scope.parameters.dataset
    if not tables.complete:
        raise NotRunnableError("only some datasets of the study were made")
    if tables.is_first(scope.table) and not tables.of_domain(name):
        yield whole(value=name)
