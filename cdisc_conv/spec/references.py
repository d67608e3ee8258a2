"""What the names in a mapping stand for.

In a block of a dataset, a name is looked up in this order:

1. ``raw.NAME`` is always a column of the block's source (a form's column, or a variable of the dataset it reads), or,
   where the source has none of the name, one that ``for_each`` defines; never a variable of this dataset;
2. ``DM.NAME``, where DM is a dataset of the study, is that dataset's variable for the same subject; where DM is the
   source of the block, that of the very record it reads;
3. ``NAME`` is a name that ``for_each`` defines, else a mapped variable of this dataset (but not the one being mapped),
   else a column of the source; a source column may hold dots. What only other blocks of the dataset map is blank here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from cdisc_conv.spec.model import Block, DatasetSpec, Source, SourceKind, Study
from cdisc_conv.tables import TableId


class TargetKind(StrEnum):
    """What a name turned out to be."""

    GIVEN = "given"
    OWN = "own"
    SOURCE = "source"
    OTHER = "other"


NO_TABLE = TableId("")


class Target(NamedTuple):
    """Where a name leads: ``table`` is the form or dataset it belongs to."""

    kind: TargetKind
    table: TableId
    name: str


def resolve(study: Study, dataset: DatasetSpec, block: Block, variable: str, ref: str) -> Target | None:
    """The target of a reference in a block, or None when it leads nowhere.

    >>> from cdisc_conv.spec.load import load_study
    >>> study, _ = load_study("cdiscpilot01")
    >>> ae = study.datasets["AE"]
    >>> resolve(study, ae, ae.blocks[0], "AESTDY", "AESTDTC")
    Target(kind=<TargetKind.OWN: 'own'>, table='AE', name='AESTDTC')
    >>> resolve(study, ae, ae.blocks[0], "AESTDY", "DM.RFSTDTC").kind.value
    'other'
    """
    if ref.startswith("raw."):
        return _in_source(study, block, ref[4:])
    prefix, dot, name = ref.partition(".")
    if dot and (prefix in study.datasets or prefix in study.given):
        if prefix == dataset.name:
            return Target(TargetKind.OWN, TableId(prefix), name) if name in dataset.names() else None
        if block.source.kind is SourceKind.DATASET and prefix == block.source.name:
            return _in_source(study, block, name)
        return Target(TargetKind.OTHER, TableId(prefix), name) if has_variable(study, prefix, name) else None
    if ref in block.given_names:
        return Target(TargetKind.GIVEN, NO_TABLE, ref)
    if ref != variable and dataset.own_variable(ref, block) is not None:
        return Target(TargetKind.OWN, TableId(dataset.name), ref)
    found = _in_source(study, block, ref)
    if found is None and ref != variable and ref in dataset.names():
        return Target(TargetKind.OWN, TableId(dataset.name), ref)
    return found


def has_variable(study: Study, dataset: str, name: str) -> bool:
    """Whether a dataset of the study, mapped or given, has a variable."""
    if dataset in study.datasets:
        return name in study.datasets[dataset].names()
    return dataset in study.given and name in study.given[dataset].columns


def _has_column(study: Study, source: Source, name: str) -> bool:
    if source.kind is SourceKind.FORM:
        return source.name in study.forms and name in study.forms[source.name].fields
    return has_variable(study, source.name, name)


def source_columns(study: Study, block: Block) -> tuple[str, ...]:
    """Every column that the block's source has."""
    if block.source.kind is SourceKind.FORM:
        form = study.forms.get(block.source.name)
        return tuple(form.fields) if form else ()
    return table_columns(study, block.source.table)


def table_columns(study: Study, table: str) -> tuple[str, ...]:
    """The columns of a dataset (``DS``) or form (``form ic``) of the study.

    >>> from cdisc_conv.spec.load import load_study
    >>> table_columns(load_study("cdiscpilot01")[0], "DS")
    ('STUDYID', 'USUBJID', 'DSDECOD', 'DSCAT', 'DSDTC', 'DSSTDTC')
    """
    if (known := TableId(table)).is_form:
        form = study.forms.get(known.name)
        return tuple(form.fields) if form else ()
    if table in study.datasets:
        return tuple(study.datasets[table].names())
    return study.given[table].columns if table in study.given else ()


def has_table(study: Study, table: str) -> bool:
    """Whether the study has that dataset, or that form (``form ic``).

    >>> from cdisc_conv.spec.load import load_study
    >>> study, _ = load_study("cdiscpilot01")
    >>> has_table(study, "DS"), has_table(study, "form ae"), has_table(study, "form ds")
    (True, True, False)
    """
    known = TableId(table)
    return known.name in study.forms if known.is_form else table in study.datasets or table in study.given


def _in_source(study: Study, block: Block, name: str) -> Target | None:
    """A column of the source, whatever `for_each` calls its names; where the source has none, a name of `for_each`."""
    if _has_column(study, block.source, name):
        return Target(TargetKind.SOURCE, block.source.table, name)
    return Target(TargetKind.GIVEN, NO_TABLE, name) if name in block.given_names else None
