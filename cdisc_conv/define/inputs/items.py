"""What is wrong with one variable: its items, origins, codelists and where-clauses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from cdisc_conv.dataset import Codelist, Column, Condition, Dataset, Item, Origin, OriginType, find_dataset
from cdisc_conv.define.building.items import DATA_TYPES, LENGTH_TYPES
from cdisc_conv.define.building.study import DefineStudy
from cdisc_conv.define.building.where_clauses import COMPARATORS, LIST_COMPARATORS, list_join_keys, locate_variable
from cdisc_conv.problems import Place, Problem, did_you_mean

METHOD_TYPES = ("Computation", "Imputation")
CODELIST_TYPES = ("text", "integer", "float")


def check_column(
    study: DefineStudy, dataset: Dataset, column: Column, datasets: Sequence[Dataset]
) -> Iterator[Problem]:
    """Problems of a column and of its value-level items."""
    place = Place(dataset=dataset.name, variable=column.name)
    yield from _check_item(study, column.item, place, "")
    for level in column.value_level:
        where = f" where {describe_conditions(level.conditions)}"
        yield from _check_item(study, level.item, place, where)
        yield from check_conditions(dataset, level.conditions, datasets, place)
    for conditions, count in Counter(level.conditions for level in column.value_level).items():
        if count > 1:
            message = f"{count} value-level items hold where {describe_conditions(conditions)}"
            yield Problem("DEF109", message, place=place, hint="one where-clause can describe a value once")


def describe_conditions(conditions: Sequence[Condition]) -> str:
    """A where-clause as a person reads it.

    >>> describe_conditions([Condition("VSTESTCD", "IN", ("SYSBP", "DIABP")), Condition("VSPOS", "EQ", ("SUPINE",))])
    "VSTESTCD IN 'SYSBP', 'DIABP' and VSPOS EQ 'SUPINE'"
    """
    return " and ".join(f"{one.variable} {one.comparator} {', '.join(map(repr, one.values))}" for one in conditions)


def _check_item(study: DefineStudy, item: Item, place: Place, where: str) -> Iterator[Problem]:
    if item.type not in DATA_TYPES:
        hint = did_you_mean(item.type, DATA_TYPES) or f"one of {', '.join(DATA_TYPES)}"
        yield Problem("DEF106", f"the data type {item.type!r} is unknown{where}", place=place, hint=hint)
    if item.type in LENGTH_TYPES and item.length < 1:
        message = f"the type {item.type} needs a length of at least 1, not {item.length}{where}"
        yield Problem("DEF106", message, place=place)
    if item.type == "float" and (item.significant_digits is None or item.significant_digits < 0):
        hint = "the number of digits after the decimal point"
        yield Problem("DEF106", f"the type float needs significant digits{where}", place=place, hint=hint)
    if item.method_type not in METHOD_TYPES:
        hint = " or ".join(METHOD_TYPES)
        yield Problem("DEF106", f"the method type {item.method_type!r} is unknown{where}", place=place, hint=hint)
    if item.origin:
        yield from _check_origin(study, item.origin, place, where)
    if item.codelist:
        yield from _check_codelist(study, item.codelist, place)


def _check_origin(study: DefineStudy, origin: Origin, place: Place, where: str) -> Iterator[Problem]:
    if origin.pages and not study.annotated_crf:
        message = f"CRF pages are given{where}, but the study has no annotated CRF"
        yield Problem("DEF107", message, place=place, hint="name it among the study's documents")
    if any(page < 1 for page in origin.pages):
        yield Problem("DEF107", f"a CRF page is below 1{where}", place=place, value=str(origin.pages))
    if origin.type is OriginType.PREDECESSOR and not origin.predecessor:
        message = f"the origin is Predecessor{where}, but no predecessor is named"
        yield Problem("DEF107", message, place=place, hint="name it as DATASET.VARIABLE")
    if origin.type is not OriginType.PREDECESSOR and origin.predecessor:
        message = f"the origin is {origin.type}{where}, but a predecessor is named"
        yield Problem("DEF107", message, place=place, value=origin.predecessor)


def _check_codelist(study: DefineStudy, codelist: Codelist, place: Place) -> Iterator[Problem]:
    name = codelist.name
    if not name or not codelist.short_name:
        yield Problem("DEF108", "a codelist has no name or no short name", place=place)
    if codelist.type not in CODELIST_TYPES:
        message = f"codelist {name} has the type {codelist.type!r}"
        yield Problem("DEF108", message, place=place, hint=f"one of {', '.join(CODELIST_TYPES)}")
    if codelist.dictionary and codelist.terms:
        message = f"codelist {name} has terms and is an external dictionary"
        yield Problem("DEF108", message, place=place, hint="one of both")
    if codelist.dictionary and not codelist.version:
        yield Problem("DEF108", f"the dictionary {codelist.dictionary} has no version", place=place)
    if bool(codelist.code) != bool(codelist.standard) and not codelist.dictionary:
        has, lacks = ("NCI code", "standard") if codelist.code else ("standard", "NCI code")
        yield Problem("DEF108", f"codelist {name} has a {has} but no {lacks}", place=place)
    for value, count in Counter(term.value for term in codelist.terms).items():
        if count > 1:
            yield Problem("DEF108", f"codelist {name} lists {value!r} {count} times", place=place)
    if codelist.standard and not codelist.dictionary:
        yield from _check_package(study, codelist, place)


def _check_package(study: DefineStudy, codelist: Codelist, place: Place) -> Iterator[Problem]:
    standard = study.standard(codelist.standard)
    if not standard or standard.type != "CT":
        known = [one.key for one in study.standards if one.type == "CT"]
        hint = did_you_mean(codelist.standard, known) or f"the study lists {', '.join(known) or 'none'}"
        message = f"codelist {codelist.name} is of {codelist.standard!r}, which is not among the study's standards"
        yield Problem("DEF104", message, place=place, hint=hint)


def check_conditions(
    dataset: Dataset, conditions: Sequence[Condition], datasets: Sequence[Dataset], place: Place
) -> Iterator[Problem]:
    """Problems of a where-clause of a dataset."""
    if not conditions:
        yield Problem("DEF109", "a value-level item has no where-clause", place=place)
    for condition in conditions:
        if condition.comparator not in COMPARATORS:
            hint = f"one of {', '.join(COMPARATORS)}"
            yield Problem("DEF109", f"the comparator {condition.comparator!r} is unknown", place=place, hint=hint)
        single = condition.comparator not in LIST_COMPARATORS
        if not condition.values or (single and len(condition.values) > 1):
            wanted = "one value" if single else "values"
            message = f"{condition.variable} {condition.comparator} has {len(condition.values)} values"
            yield Problem("DEF109", message, place=place, hint=f"{condition.comparator} compares with {wanted}")
        yield from _check_variable(dataset, condition, datasets, place)


def _check_variable(
    dataset: Dataset, condition: Condition, datasets: Sequence[Dataset], place: Place
) -> Iterator[Problem]:
    name, variable = locate_variable(dataset.name, condition.variable)
    other = dataset if name == dataset.name else find_dataset(datasets, name)
    if not other:
        message = f"the where-clause names {condition.variable}, but there is no dataset {name}"
        yield Problem("DEF109", message, place=place)
        return
    known = [column.name for column in other.columns]
    if variable not in known:
        message = f"the where-clause names {variable}, which {name} does not have"
        yield Problem("DEF109", message, place=place, hint=did_you_mean(variable, known))
    elif other is not dataset and not list_join_keys(dataset, other):
        message = f"the where-clause names {condition.variable}, but {dataset.name} lacks the key of {name}"
        yield Problem("DEF109", message, place=place, hint=f"the key is {', '.join(other.keys) or 'not known'}")
