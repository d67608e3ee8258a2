"""The texts that a mapping compares columns of forms and datasets with: ``AEYN == "Y"``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from cdisc_conv.derivations.base import SELF, Ref
from cdisc_conv.derivations.records.joining import OWN
from cdisc_conv.derivations.values.terminology import Map, Term
from cdisc_conv.expr import Expression, texts_compared
from cdisc_conv.problems import Place
from cdisc_conv.spec.lint.expressions import expressions_in
from cdisc_conv.spec.model import Block, DatasetSpec, Study, Variable
from cdisc_conv.spec.references import Target, TargetKind, resolve
from cdisc_conv.tables import TableId


@dataclass(frozen=True, slots=True)
class Comparison:
    """The texts that one expression compares a column with, or several where ``for_each`` puts them under a name."""

    reader: str
    """``records of AE`` or ``AE.AESER``, as nodes of the plan are called."""
    table: TableId
    """``form ae``, or the name of a dataset."""
    columns: tuple[str, ...]
    texts: tuple[str, ...]
    place: Place


def list_comparisons(study: Study) -> Iterator[Comparison]:
    """Every comparison of a column with written texts, in ``where``, ``when``, ``cases``, ``expr`` and look-ups.

    What is compared after a function has changed it (``upper(AEYN) == "Y"``) is left out.

    >>> from cdisc_conv.spec.load import load_study
    >>> found = list_comparisons(load_study("hope2021_thal_agc")[0])
    >>> [(item.reader, item.columns, item.texts) for item in found if item.table == "form ie"]
    [('records of DS', ('IEYN',), ('Y',)), ('records of IE', ('IEYN',), ('N',))]
    """
    for dataset in study.datasets.values():
        for block in dataset.blocks:
            if block.where is not None:
                yield from _compare(study, dataset, block, "", block.where, block.place_of("where"))
            for name in dataset.names():
                variable = dataset.own_variable(name, block)
                if variable is None:
                    continue
                if variable.when is not None:
                    yield from _compare(study, dataset, block, name, variable.when, place_of(variable.when, variable))
                for expression, _, table in expressions_in(variable.derivation):
                    place = place_of(expression, variable)
                    if not table:
                        yield from _compare(study, dataset, block, name, expression, place)
                    else:
                        there = TableId(dataset.name if table == SELF else table)
                        for column, texts in texts_compared(expression).items():
                            if column.startswith(OWN):
                                continue
                            bare = column.removeprefix("raw.")
                            yield Comparison(f"{dataset.name}.{name}", there, (bare,), texts, place)


def place_of(expression: Expression, variable: Variable) -> Place:
    """Where an expression of an entry stands; the entry where that is not known."""
    source = expression.source
    return Place(file=source.file, line=source.line) if source.file else variable.place


def list_translated(study: Study) -> Iterator[Comparison]:
    """The texts that every ``map``, and the ``map`` of every ``term``, translates, with the columns they are from.

    >>> from cdisc_conv.spec.load import load_study
    >>> found = list_translated(load_study("hope2021_thal_agc")[0])
    >>> [(item.reader, item.columns, item.texts) for item in found if item.table == "form ic"]
    [('DS.DSTERM', ('ICTYPE',), ('INIT', 'RE'))]
    """
    for dataset in study.datasets.values():
        for block in dataset.blocks:
            for name in dataset.names():
                variable = dataset.own_variable(name, block)
                for inner in _list_tables(variable.derivation if variable is not None else None):
                    target = resolve(study, dataset, block, name, inner.value)
                    columns = find_columns(block, target)
                    if variable is not None and target is not None and columns:
                        keys = inner.values if isinstance(inner, Map) else inner.map
                        table = block.source.table if target.kind is TargetKind.GIVEN else target.table
                        place = variable.place
                        yield Comparison(
                            f"{dataset.name}.{name}", table, columns, tuple(filter(str.strip, keys)), place
                        )


def _list_tables(value: object) -> Iterator[Map | Term]:
    """Every translation table inside a derivation."""
    if isinstance(value, Map | Term):
        yield value
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _list_tables(getattr(value, name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _list_tables(item)


def _compare(
    study: Study, dataset: DatasetSpec, block: Block, name: str, expression: Expression, place: Place
) -> Iterator[Comparison]:
    """The comparisons of an expression about the records of a block; those of its ``where`` when no name is given."""
    reader = f"{dataset.name}.{name}" if name else f"records of {dataset.name}"
    for ref, texts in texts_compared(expression).items():
        asked = ref if name else f"raw.{ref.removeprefix('raw.')}"
        target = resolve(study, dataset, block, name, asked)
        columns = find_columns(block, target)
        if target is not None and columns:
            given = target.kind is TargetKind.GIVEN
            table = block.source.table if given else target.table
            yield Comparison(reader, table, columns, texts, place)


def find_columns(block: Block, target: Target | None) -> tuple[str, ...]:
    """The columns of the source behind a reference: itself, or those that ``for_each`` puts under the name.

    None where an entry of ``for_each`` holds a text of its own, since that may be what is asked for.
    """
    if target is None:
        return ()
    if target.kind is not TargetKind.GIVEN:
        return (target.name,)
    values = [entry[target.name] for entry in block.for_each if entry.get(target.name, "") != ""]
    if not all(isinstance(value, Ref) for value in values):
        return ()
    return tuple(dict.fromkeys(str(value).removeprefix("raw.") for value in values))
