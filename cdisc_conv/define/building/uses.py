"""Everything define.xml has to say, laid out once: each column and each value-level item, in document order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pyarrow.compute as pc

from cdisc_conv.columns.distinct import to_arrow
from cdisc_conv.dataset import Codelist, Column, Condition, Dataset, Item
from cdisc_conv.define.building.xml import make_oid_part

ANALYSIS_CLASSES = (
    "SUBJECT LEVEL ANALYSIS DATASET",
    "BASIC DATA STRUCTURE",
    "OCCURRENCE DATA STRUCTURE",
    "REFERENCE DATA STRUCTURE",
    "DEVICE LEVEL ANALYSIS DATASET",
    "MEDICAL DEVICE BASIC DATA STRUCTURE",
    "MEDICAL DEVICE OCCURRENCE DATA STRUCTURE",
    "ADAM OTHER",
)
"""The classes of ADaM among those of `CLASS_ORDER`."""

CLASS_ORDER = (
    "TRIAL DESIGN",
    "SPECIAL PURPOSE",
    "INTERVENTIONS",
    "EVENTS",
    "FINDINGS",
    "FINDINGS ABOUT",
    "RELATIONSHIP",
    "STUDY REFERENCE",
    *ANALYSIS_CLASSES,
)
"""Define-XML codelist General Observation Class, in the order in which the datasets are listed."""

NO_VALUES = "No record has a value."
NO_RECORDS = "The dataset has no records."


@dataclass(frozen=True, slots=True)
class Use:
    """A column, or the values of a column under any one of ``clauses``: what one ItemDef is made from.

    ``path`` is unique and is what the identifiers are made from, such as ``AE.AETERM`` or
    ``VS.VSORRES.VSTESTCD.EQ.SYSBP``. ``comment`` is the item's own, or says that the column is empty.
    """

    path: str
    name: str
    dataset: Dataset
    column: Column
    item: Item
    label: str
    comment: str
    empty: bool = False
    mandatory: bool = False
    clauses: tuple[tuple[Condition, ...], ...] = ()

    @property
    def codelist(self) -> Codelist | None:
        """The codelist, unless it has nothing to list: Define-XML has no empty codelists."""
        codelist = self.item.codelist
        return codelist if codelist and (codelist.terms or codelist.dictionary) else None

    @property
    def user(self) -> str:
        """Dataset and variable, as a person names them."""
        return f"{self.dataset.name}.{self.column.name}"


def sort_datasets(datasets: Iterable[Dataset]) -> tuple[Dataset, ...]:
    """The datasets by observation class, then by name; datasets of an unknown class come last."""

    def rank(dataset: Dataset) -> tuple[int, str]:
        known = dataset.class_name in CLASS_ORDER
        return CLASS_ORDER.index(dataset.class_name) if known else len(CLASS_ORDER), dataset.name

    return tuple(sorted(datasets, key=rank))


def describe_dataset(dataset: Dataset) -> str:
    """The comment of a dataset: its own, or that it has no records."""
    return dataset.comment or ("" if len(dataset.frame) else NO_RECORDS)


def list_uses(datasets: Sequence[Dataset]) -> tuple[Use, ...]:
    """Every column of every dataset, each followed by its value-level items."""
    return tuple(use for dataset in datasets for column in dataset.columns for use in list_column_uses(dataset, column))


def list_column_uses(dataset: Dataset, column: Column) -> tuple[Use, ...]:
    """The column itself, then its value-level items."""
    empty = len(dataset.frame) > 0 and is_empty(dataset, column)
    own = Use(
        path=f"{dataset.name}.{column.name}",
        name=column.name,
        dataset=dataset,
        column=column,
        item=column.item,
        label=column.label,
        comment=column.item.comment or (NO_VALUES if empty else ""),
        empty=empty,
        mandatory=column.mandatory,
    )
    return (own, *list_value_uses(own))


def list_value_uses(own: Use) -> tuple[Use, ...]:
    """The value-level items of a column; equal ones are one item with several where-clauses.

    A value list may name an item once only, and a second where-clause on the same item reads as "or".
    """
    found: dict[tuple[Item, str, bool], Use] = {}
    for level in own.column.value_level:
        key = (level.item, level.label, level.mandatory)
        if key in found:
            found[key] = replace(found[key], clauses=(*found[key].clauses, level.conditions))
            continue
        found[key] = replace(
            own,
            path=f"{own.path}.{name_clause(level.conditions)}",
            name=".".join("_".join(one.values) for one in level.conditions).strip(".") or own.name,
            item=level.item,
            label=level.label,
            comment=level.item.comment,
            empty=False,
            mandatory=level.mandatory,
            clauses=(level.conditions,),
        )
    return tuple(found.values())


def name_clause(conditions: Sequence[Condition]) -> str:
    """The part of an identifier that stands for a where-clause.

    >>> name_clause([Condition("TRTESTCD", "EQ", ("LDIAM",)), Condition("TRGRPID", "EQ", ("TARGET",))])
    'TRTESTCD.EQ.LDIAM.TRGRPID.EQ.TARGET'
    """
    return ".".join(f"{one.variable}.{one.comparator}.{_name_values(one.values)}" for one in conditions)


def is_empty(dataset: Dataset, column: Column) -> bool:
    """Whether no record has a value in the column."""
    values = dataset.frame[column.name]
    if column.numeric:
        return not values.notna().any()
    return not pc.max(pc.binary_length(to_arrow(values))).as_py()


def _name_values(values: tuple[str, ...]) -> str:
    return make_oid_part(values[0] if len(values) == 1 else ", ".join(map(repr, values)))
