"""Where-clauses and value lists: what holds for some of the values of a column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from cdisc_conv.dataset import Condition, Dataset, find_dataset
from cdisc_conv.define.building.uses import Use, name_clause
from cdisc_conv.define.building.xml import add_element

COMPARATORS = ("EQ", "NE", "IN", "NOTIN", "LT", "LE", "GT", "GE")
LIST_COMPARATORS = ("IN", "NOTIN")


@dataclass(frozen=True, slots=True)
class Clause:
    """A where-clause with its identifier; ``join`` says how records of another dataset are found, if one is named."""

    oid: str
    dataset: str
    conditions: tuple[Condition, ...]
    join: str = ""


def name_clauses(
    datasets: Sequence[Dataset], uses: Iterable[tuple[Dataset, tuple[Condition, ...]]]
) -> dict[tuple[str, tuple[Condition, ...]], Clause]:
    """The where-clauses by dataset and conditions, in the order of first use; equal ones are one."""
    found: dict[tuple[str, tuple[Condition, ...]], Clause] = {}
    for dataset, conditions in uses:
        key = (dataset.name, conditions)
        if key not in found:
            oid = f"WC.{dataset.name}.{name_clause(conditions)}"
            found[key] = Clause(oid, dataset.name, conditions, _describe_join(datasets, dataset, conditions))
    return found


def list_value_clauses(uses: Iterable[Use]) -> Iterator[tuple[Dataset, tuple[Condition, ...]]]:
    """The dataset and conditions of every where-clause of the value-level items."""
    for use in uses:
        for conditions in use.clauses:
            yield use.dataset, conditions


def name_item(dataset: str, variable: str) -> str:
    """The identifier of a variable of a dataset.

    >>> name_item("ADTTE", "AVAL")
    'IT.ADTTE.AVAL'
    """
    return f"IT.{dataset}.{variable}"


def locate_variable(dataset: str, variable: str) -> tuple[str, str]:
    """Dataset and variable of a condition; ``DM.COUNTRY`` reaches into another dataset.

    >>> locate_variable("VS", "VSTESTCD"), locate_variable("VS", "DM.COUNTRY")
    (('VS', 'VSTESTCD'), ('DM', 'COUNTRY'))
    """
    other, dot, name = variable.partition(".")
    return (other, name) if dot else (dataset, variable)


def list_join_keys(dataset: Dataset, other: Dataset) -> tuple[str, ...]:
    """The key of ``other`` by which its record belonging to a record of ``dataset`` is found; empty when it is not."""
    known = {column.name for column in dataset.columns}
    return other.keys if other.keys and known.issuperset(other.keys) else ()


def write_clauses(parent: etree._Element, clauses: Iterable[Clause], comments: dict[str, str]) -> None:
    """One WhereClauseDef per clause, with one RangeCheck per condition."""
    for clause in clauses:
        attributes = {"OID": clause.oid, "def:CommentOID": comments.get(clause.join, "")}
        element = add_element(parent, "def:WhereClauseDef", attributes)
        for condition in clause.conditions:
            oid = name_item(*locate_variable(clause.dataset, condition.variable))
            check = add_element(
                element,
                "RangeCheck",
                {"Comparator": condition.comparator, "SoftHard": "Soft", "def:ItemOID": oid},
            )
            for value in condition.values:
                add_element(check, "CheckValue").text = value


def _describe_join(datasets: Sequence[Dataset], dataset: Dataset, conditions: Sequence[Condition]) -> str:
    texts = []
    for condition in conditions:
        name, _ = locate_variable(dataset.name, condition.variable)
        other = find_dataset(datasets, name)
        if name != dataset.name and other:
            keys = " and ".join(list_join_keys(dataset, other))
            texts.append(f"A record of {dataset.name} is joined with the record of {name} that has the same {keys}.")
    return " ".join(dict.fromkeys(texts))
