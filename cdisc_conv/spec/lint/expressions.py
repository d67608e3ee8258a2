"""Lint: types inside expressions, such as text compared with numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from pydantic import BaseModel

from cdisc_conv.derivations.base import SELF, Derivation, Ref
from cdisc_conv.derivations.records.joining import OWN
from cdisc_conv.expr import Expression, Type
from cdisc_conv.problems import Place, Problem
from cdisc_conv.spec.expected import is_numeric
from cdisc_conv.spec.model import Block, DatasetSpec, Study, Variable
from cdisc_conv.spec.references import NO_TABLE, Target, TargetKind, has_table, resolve, table_columns
from cdisc_conv.tables import ColumnRef, TableId

_BOTH_SIDES = ("lookup", "exists")
"""The derivations whose ``where`` sees the other record and the one that is being made."""

TypeOf = Callable[[str], Type | None]


def check_expressions(study: Study) -> Iterator[Problem]:
    """The findings of `Expression.check` for every expression of the mapping, with file and line."""
    for dataset in study.datasets.values():
        for block in dataset.blocks:
            if block.where is not None:
                yield from _check(block.where, _source_types(study, block), Type.BOOLEAN, block.place)
            for name in dataset.names():
                variable = dataset.own_variable(name, block)
                if variable is None:
                    continue
                types = _entry_types(study, dataset, block, name)
                if variable.when is not None:
                    yield from _check(variable.when, types, Type.BOOLEAN, variable.place)
                yield from _check_own_names(variable)
                for expression, expected, table in expressions_in(variable.derivation):
                    there = _table_types(study, dataset.name if table == SELF else table)
                    inner = _both_sides(types, there) if table else types
                    yield from _check(expression, inner, expected, variable.place)


_WANTED = {"where": Type.BOOLEAN, "when": Type.BOOLEAN, "each": Type.NUMBER}
"""What an expression has to make, by the parameter that holds it."""


def expressions_in(
    value: object, derivation: Derivation | None = None
) -> Iterator[tuple[Expression, Type | None, str]]:
    """Every expression inside a derivation: what type its place wants, and the other table its names belong to.

    ``where`` and ``when`` are conditions, ``each`` is a number; ``where`` and ``each`` of a derivation that reads
    another table speak of that table.
    """
    if isinstance(value, BaseModel):
        owner = value if isinstance(value, Derivation) else derivation
        for name in type(value).model_fields:
            inner = getattr(value, name)
            if isinstance(inner, Expression):
                table = _table_of(value, owner) if name in ("where", "each") else ""
                yield inner, _WANTED.get(name), table
            else:
                yield from expressions_in(inner, owner)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from expressions_in(item, derivation)


def _table_of(value: BaseModel, owner: Derivation | None) -> str:
    """The table that a ``where`` speaks of: the one named beside it, else the first that the derivation reads."""
    beside = getattr(value, "source", None)
    if isinstance(beside, str) and not isinstance(beside, Ref):
        return beside
    return next(iter(owner.tables()), "") if owner is not None else ""


def type_of_target(study: Study, target: Target | None, block: Block | None = None) -> Type | None:
    """The type of the column behind a reference; None when it is not known."""
    if target is None:
        return None
    if target.kind is TargetKind.GIVEN:
        return _given_type(study, block, target.name) if block else None
    return _column_type(study, target.table, target.name)


def _given_type(study: Study, block: Block, name: str) -> Type | None:
    """The type of a name that ``for_each`` defines: a number when all that its entries fill in is a number."""
    types: set[Type | None] = set()
    for entry in block.for_each:
        value = entry.get(name, "")
        if isinstance(value, Ref):
            types.add(_column_type(study, block.source.table, value[4:]))
        elif value != "":
            types.add(Type.NUMBER if isinstance(value, int | float) else Type.TEXT)
    if None in types:
        return None
    return Type.NUMBER if types == {Type.NUMBER} else Type.TEXT


def _column_type(study: Study, table: str, name: str) -> Type | None:
    """The type of a column of a form or dataset; None for a column that is not there, which is a finding already."""
    if TableId(table).is_form:
        return Type.TEXT if name in table_columns(study, table) else None
    if table in study.datasets:
        dataset = study.datasets[table]
        entries = dataset.entries_named(name)
        if any(_reads_missing(study, variable) for variable in entries):
            return None
        kinds = {is_numeric(study, dataset, variable) for variable in entries}
        return None if len(kinds) != 1 else Type.NUMBER if kinds.pop() else Type.TEXT
    if name not in table_columns(study, table):
        return None
    standard = study.given[table].standard.variable(name) if table in study.given else None
    return Type.NUMBER if standard is not None and standard.numeric else Type.TEXT


def _reads_missing(study: Study, variable: Variable) -> bool:
    """Whether an entry reads a dataset or form that the study does not have: a finding already."""
    tables = {
        *variable.derivation.tables(),
        *(ref.table for ref in map(ColumnRef, variable.derivation.reads()) if ref.has_table),
    }
    return any(not has_table(study, table) for table in tables - {SELF, "raw"})


def _source_types(study: Study, block: Block) -> TypeOf:
    def type_of(name: str) -> Type | None:
        bare = name.removeprefix("raw.")
        if bare in block.given_names:
            return type_of_target(study, Target(TargetKind.GIVEN, NO_TABLE, bare), block)
        return _column_type(study, block.source.table, bare)

    return type_of


def _entry_types(study: Study, dataset: DatasetSpec, block: Block, variable: str) -> TypeOf:
    return lambda name: type_of_target(study, resolve(study, dataset, block, variable, name), block)


def _table_types(study: Study, table: str) -> TypeOf:
    return lambda name: _column_type(study, table, name)


def _check_own_names(variable: Variable) -> Iterator[Problem]:
    """LINT317: ``own.`` in a condition that sees one side only."""
    for owner, expression in _list_owned(variable.derivation, None):
        names = [name for name in expression.names if name.startswith(OWN)]
        if names and not (owner is not None and owner.name in _BOTH_SIDES):
            message = f"{variable.name}: '{names[0]}' stands in a condition that does not see the record being made"
            hint = f"names with 'own.' are for the 'where' of {' and '.join(_BOTH_SIDES)}"
            yield Problem("LINT317", message, place=variable.place, hint=hint)


def _list_owned(value: object, owner: Derivation | None) -> Iterator[tuple[Derivation | None, Expression]]:
    """Every expression inside a derivation, with the innermost derivation that it is a parameter of."""
    if isinstance(value, Expression):
        yield owner, value
    elif isinstance(value, BaseModel):
        inside = value if isinstance(value, Derivation) else owner
        for name in type(value).model_fields:
            yield from _list_owned(getattr(value, name), inside)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _list_owned(item, owner)


def _both_sides(ours: TypeOf, theirs: TypeOf) -> TypeOf:
    """The types in a condition on another table, where ``own.`` stands before columns of the record being made."""
    return lambda name: ours(name.removeprefix(OWN)) if name.startswith(OWN) else theirs(name)


def _check(expression: Expression, types: TypeOf, expected: Type | None, place: Place) -> Iterator[Problem]:
    for problem in expression.check(types, expected)[1]:
        yield problem if problem.place.file else replace(problem, place=place)
