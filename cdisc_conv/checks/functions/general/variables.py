"""Variables of a dataset held against the standard: which are there, and their labels, types, names and order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from cdisc_conv.checks.functions.general.common import by_variable, whole
from cdisc_conv.checks.model import Hits, Parameters, Scope
from cdisc_conv.checks.registry import register_check
from cdisc_conv.checks.tables import NotRunnableError, Table
from cdisc_conv.problems import did_you_mean
from cdisc_conv.standards import DatasetStandard
from cdisc_conv.xpt.encodings import measure

_LONGEST_LABEL = 40
"""Bytes that a transport file has for a label."""
_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,7}")


class NamePattern(Parameters):
    """``pattern`` is a regular expression that names fit as a whole."""

    pattern: str = "[A-Z][A-Z0-9]{1,7}"


class Core(Parameters):
    """``core`` is Req, Exp or Perm."""

    core: Literal["Req", "Exp", "Perm"]


class Bytes(Parameters):
    """``most`` is the number of bytes allowed."""

    most: int


def require_standard(table: Table) -> DatasetStandard:
    """What the standard says of the dataset; NotRunnableError when it does not know it."""
    if table.standard is None:
        raise NotRunnableError(f"the standard does not know {table.name}")
    return table.standard


@register_check(Core, reach="variables")
def check_missing_variables(scope: Scope) -> Iterator[Hits]:
    """Variables of a core designation that the dataset lacks."""
    for variable in require_standard(scope.table).variables:
        if variable.core == scope.parameters.core and variable.name not in scope.table.names:
            yield whole(variable.name, value=variable.name, label=variable.label)


@register_check(Core)
def check_blank_values(scope: Scope) -> Iterator[Hits]:
    """Records without a value in a variable of a core designation."""
    table = scope.table
    for variable in require_standard(table).variables:
        if variable.core == scope.parameters.core and variable.name in table.frame:
            yield by_variable(variable.name, table.coded(variable.name).blank & scope.mask)


@register_check(Core, reach="across")
def check_empty_variables(scope: Scope) -> Iterator[Hits]:
    """Variables of a core designation without a single value; a study day stays beside its date, empty or not."""
    table = scope.table
    for name in table.names if table.length else ():
        standard = table.standard_variable(name)
        beside_date = name.endswith("DY") and f"{name[:-2]}DTC" in table.frame
        if standard and standard.core == scope.parameters.core and table.coded(name).blank.all() and not beside_date:
            yield whole(name, value=name)


@register_check(reach="variables")
def check_unknown_variables(scope: Scope) -> Iterator[Hits]:
    """Variables that the standard does not allow in the dataset; what is no name at all is another finding."""
    standard = require_standard(scope.table)
    for name in scope.table.names:
        if scope.table.standard_variable(name) is None and _NAME.fullmatch(name):
            yield whole(name, value=name, hint=did_you_mean(name, standard.names))


@register_check(reach="variables")
def check_model_variables(scope: Scope) -> Iterator[Hits]:
    """Variables of the SDTM model that the guide does not list for the dataset, in one finding.

    Study days and EPOCH are left out: they belong beside dates.
    """
    standard = require_standard(scope.table)
    if not standard.general or standard.name not in scope.table.tables.standard.datasets:
        raise NotRunnableError(f"the guide does not list variables for {scope.table.name}")
    added = [
        name
        for name in scope.table.names
        if scope.table.standard_variable(name) and not standard.variable(name) and not name.endswith(("DY", "EPOCH"))
    ]
    if added:
        yield whole(value=", ".join(added))


@register_check(reach="variables")
def check_labels(scope: Scope) -> Iterator[Hits]:
    """Variables whose label is not the standard's, letter case included; one that is too long is another finding.

    A custom domain words the labels of its own variables (``XETERM``) as its data want.
    """
    standard_dataset = require_standard(scope.table)
    scope.table.require_said("labels")
    custom = standard_dataset.general and scope.table.domain not in scope.table.tables.standard.datasets
    for column in scope.table.dataset.columns:
        if custom and column.name.startswith(scope.table.prefix):
            continue
        standard = scope.table.standard_variable(column.name)
        # The guide prints some labels as the sentences of its tables, with a full stop.
        same = column.label.removesuffix(".") == (standard.label.removesuffix(".") if standard else "")
        if standard and not same and measure(column.label, scope.table.dataset.codec) <= _LONGEST_LABEL:
            yield whole(column.name, value=column.label, expected=standard.label)


@register_check(reach="variables")
def check_types(scope: Scope) -> Iterator[Hits]:
    """Variables that are numeric where the standard has text, or the other way round."""
    require_standard(scope.table)
    scope.table.require_said("types")
    kinds = {True: "numeric", False: "text"}
    for name in scope.table.names:
        standard = scope.table.standard_variable(name)
        if standard and standard.numeric != (numeric := scope.table.is_numeric(name)):
            yield whole(name, value=kinds[numeric], expected=kinds[standard.numeric])


@register_check(reach="variables")
def check_variable_order(scope: Scope) -> Iterator[Hits]:
    """Variables that do not stand in the standard's order; names the first one that is out of place."""
    standard = require_standard(scope.table)
    names = [name for name in scope.table.names if scope.table.standard_variable(name)]
    ordered = scope.table.tables.standard.order(standard, names)
    for place, (name, expected) in enumerate(zip(names, ordered, strict=True)):
        if name != expected:
            before = f"right after {ordered[place - 1]}" if place else "first"
            yield whole(expected, value=name, expected=expected, before=before)
            return


@register_check(reach="variables")
def check_variable_names(scope: Scope) -> Iterator[Hits]:
    """Names that a transport file or SDTM does not take: over 8 characters, small letters, other characters."""
    for name in scope.table.names:
        if not _NAME.fullmatch(name):
            yield whole(name, value=name)


@register_check(Bytes, reach="variables")
def check_label_bytes(scope: Scope) -> Iterator[Hits]:
    """Labels of variables that take more bytes (of the file's encoding) than allowed."""
    scope.table.require_said("labels")
    for column in scope.table.dataset.columns:
        if (size := measure(column.label, scope.table.dataset.codec)) > scope.parameters.most:
            yield whole(column.name, value=column.label, bytes=str(size))


@register_check(Bytes, reach="variables")
def check_dataset_label_bytes(scope: Scope) -> Iterator[Hits]:
    """A label of the dataset that takes more bytes (of the file's encoding) than allowed."""
    label = scope.table.dataset.label
    if (size := measure(label, scope.table.dataset.codec)) > scope.parameters.most:
        yield whole(value=label, bytes=str(size))


@register_check(NamePattern, reach="variables")
def check_dataset_name(scope: Scope) -> Iterator[Hits]:
    """A name of the dataset that a transport file, SDTM or ADaM does not take."""
    if not re.fullmatch(scope.parameters.pattern, scope.table.name):
        yield whole(value=scope.table.name)


@register_check(reach="across")
def check_no_records(scope: Scope) -> Iterator[Hits]:
    """A dataset without records."""
    if not scope.table.length:
        yield whole(value=scope.table.name)
