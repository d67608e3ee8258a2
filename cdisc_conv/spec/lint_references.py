"""Lint: references that lead nowhere, or to a dataset with several records per subject."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cdisc_conv.derivations.base import Ref
from cdisc_conv.problems import Place, Problem, did_you_mean
from cdisc_conv.spec.model import Block, DatasetSpec, Study, Variable
from cdisc_conv.spec.references import (
    TargetKind,
    has_table,
    resolve,
    source_columns,
    table_columns,
)


def check_references(study: Study) -> Iterator[Problem]:
    """Findings LINT301 to LINT304 about the names that entries and blocks use."""
    for dataset in study.datasets.values():
        for block in dataset.blocks:
            yield from _check_block(study, dataset, block)
            for name in dataset.names():
                variable = dataset.own_variable(name, block)
                if variable is not None:
                    yield from _check_entry(study, dataset, block, variable)
        for name in dataset.names():
            for variable in {id(v): v for block in dataset.blocks if (v := dataset.own_variable(name, block))}.values():
                yield from _check_tables(study, dataset, variable)


def _check_entry(study: Study, dataset: DatasetSpec, block: Block, variable: Variable) -> Iterator[Problem]:
    when = variable.when.names if variable.when is not None else ()
    for ref in dict.fromkeys((*variable.derivation.reads(), *when)):
        target = resolve(study, dataset, block, variable.name, ref)
        what = f"{dataset.name}.{variable.name}"
        if target is None and not _is_unread(study, dataset, ref):
            yield _nowhere(study, dataset, block, what, ref, variable.place)
        elif target is not None and target.kind is TargetKind.OTHER and _is_repeating(study, target.table):
            message = f"{what} reads {ref}, but {target.table} has several records per subject"
            hint = f"say which record: {{lookup: {{from: {target.table}, ...}}}}, {{min: {ref}}} or {{max: {ref}}}"
            yield Problem("LINT304", message, place=variable.place, hint=hint)


def _is_unread(study: Study, dataset: DatasetSpec, ref: str) -> bool:
    """Whether the name is mapped by an entry that could not be read: reported there, and not once more here."""
    prefix, dot, name = ref.partition(".")
    other = study.datasets.get(prefix) if dot else None
    return name in other.written if other is not None else ref in dataset.written


def _check_block(study: Study, dataset: DatasetSpec, block: Block) -> Iterator[Problem]:
    columns = {*source_columns(study, block), *block.given_names}
    merge = (*block.merge.by, block.merge.start, block.merge.end) if block.merge else ()
    where = block.where.names if block.where is not None else ()
    entries = [str(value) for entry in block.for_each for value in entry.values() if isinstance(value, Ref)]
    for ref in dict.fromkeys((*where, *block.group, *merge, *entries)):
        if ref.removeprefix("raw.") not in columns:
            yield _nowhere(study, dataset, block, f"records of {dataset.name}", ref, block.place, columns)


def _nowhere(
    study: Study,
    dataset: DatasetSpec,
    block: Block,
    what: str,
    ref: str,
    place: Place,
    known: Iterable[str] | None = None,
) -> Problem:
    prefix, dot, name = ref.partition(".")
    if dot and has_table(study, prefix):
        message = f"{what} reads {ref}, but {prefix} does not map {name}"
        return Problem("LINT301", message, place=place, hint=did_you_mean(name, table_columns(study, prefix)))
    names = known if known is not None else [*dataset.names(), *source_columns(study, block)]
    source = f"{block.source}" if block.source.name else "the written records"
    message = f"{what} reads {ref}, which is no column of {source} and no variable of {dataset.name}"
    return Problem("LINT301", message, place=place, hint=did_you_mean(ref.removeprefix("raw."), names))


def _check_tables(study: Study, dataset: DatasetSpec, variable: Variable) -> Iterator[Problem]:
    what = f"{dataset.name}.{variable.name}"
    for table, columns in variable.derivation.tables().items():
        if not has_table(study, table):
            known = [*study.datasets, *study.given, *(f"form {name}" for name in study.forms)]
            hint = did_you_mean(table, known) or "write a dataset (DS) or a form (form ic)"
            yield Problem(
                "LINT302", f"{what} reads {table}, which the study does not have", place=variable.place, hint=hint
            )
            continue
        known_columns = table_columns(study, table)
        for column in columns:
            unread = table in study.datasets and column in study.datasets[table].written
            if column not in known_columns and not unread:
                message = f"{what} reads {column} of {table}, which is not there"
                yield Problem("LINT303", message, place=variable.place, hint=did_you_mean(column, known_columns))


def _is_repeating(study: Study, table: str) -> bool:
    standard = study.datasets[table].standard if table in study.datasets else study.given[table].standard
    return standard.repeating
