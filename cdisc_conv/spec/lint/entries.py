"""Lint: names and texts of ``for_each`` that do nothing, or not what they seem to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cdisc_conv.derivations.base import Ref
from cdisc_conv.problems import Problem, Severity, closest
from cdisc_conv.spec.expected import codelist_of, standard_variable
from cdisc_conv.spec.model import Block, DatasetSpec, SourceKind, Study
from cdisc_conv.spec.references import source_columns

_CODES = ("TESTCD", "PARAMCD")


def check_entries(study: Study) -> Iterator[Problem]:
    """LINT311: a name of ``for_each`` that nothing reads; LINT312: a text that is the name of a column of the form."""
    for dataset in study.datasets.values():
        for block in dataset.blocks:
            # What an entry that could not be read reads is not known.
            if not any(dataset.is_unread(name) for name in dataset.written):
                yield from _check_names(dataset, block)
            yield from _check_texts(study, dataset, block)


def _check_names(dataset: DatasetSpec, block: Block) -> Iterator[Problem]:
    read = _list_read(dataset, block)
    for name in dict.fromkeys(name for entry in block.for_each for name in entry):
        if name in read:
            continue
        having = [number for number, entry in enumerate(block.for_each) if name in entry]
        # What the same entry has as well cannot be meant.
        beside = {other for number in having for other in block.for_each[number]}
        known = [other for other in (*read, *_list_variables(dataset)) if other not in beside]
        missing = [other for other in block.given_names if other in read and other not in beside]
        message = f"'for_each' of {dataset.name} fills {name}, which nothing reads"
        hint = f"read it, as in {{copy: {name}}}, or leave it out"
        if dataset.own_variable(name, block) is not None:
            message += f": the entry for {dataset.name}.{name} goes first"
        elif meant := closest(name, sorted(missing)) or closest(name, known):
            hint = f"did you mean {meant}?"
        yield Problem("LINT311", message, Severity.WARNING, block.entry_places[having[0]], hint)


def _list_read(dataset: DatasetSpec, block: Block) -> dict[str, None]:
    """The names that the block's conditions and the entries for its records read, without ``raw.``."""
    merge = (*block.merge.by, block.merge.start, block.merge.end) if block.merge else ()
    merge = (*merge, *([block.carry.visit] if block.carry else []))
    where = block.where.names if block.where is not None else ()
    names = [*where, *block.group, *block.order, *block.columns, *merge]
    for variable in (dataset.own_variable(name, block) for name in dataset.names()):
        if variable is not None:
            names += [*variable.derivation.reads(), *(variable.when.names if variable.when is not None else ())]
    return dict.fromkeys(name.removeprefix("raw.") for name in names)


def _list_variables(dataset: DatasetSpec) -> list[str]:
    """The variables that a name could fill: those of the standard that no entry of the mapping makes."""
    mapped = dataset.names()
    return [variable.name for variable in dataset.standard.variables if variable.name not in mapped]


def _check_texts(study: Study, dataset: DatasetSpec, block: Block) -> Iterator[Problem]:
    for entry, place in zip(block.for_each, block.entry_places, strict=True):
        for name, value in entry.items():
            if is_column_name(study, block, entry, value) and not _is_code(study, dataset, block, name):
                message = (
                    f"'for_each' of {dataset.name} fills {name} with the text '{value}', and {block.source} has a "
                    "column of that name"
                )
                hint = f"write raw.{value} to read the column"
                yield Problem("LINT312", message, Severity.WARNING, place, hint)


def is_column_name(study: Study, block: Block, entry: Mapping[str, Any], value: object) -> bool:
    """Whether a text of ``for_each`` is the name of a column of the form, and the entry does not read that column.

    An entry that reads ``raw.HEIGHT`` may well call its test HEIGHT.
    """
    if block.source.kind is not SourceKind.FORM or not isinstance(value, str) or isinstance(value, Ref):
        return False
    return value in source_columns(study, block) and f"raw.{value}" not in entry.values()


def _is_code(study: Study, dataset: DatasetSpec, block: Block, name: str) -> bool:
    """Whether the text is the code of a test, or fills a variable whose codelist decides about it (LINT212)."""
    variable = dataset.own_variable(name, block)
    if variable is None or standard_variable(study, dataset, name) is None:
        return False
    return name.endswith(_CODES) or codelist_of(study, dataset, variable) is not None
