"""Whether values are among others: in a list, in a column, in a text."""

from __future__ import annotations

from collections.abc import Callable

from cdisc_conv.checks.core.data.vectors import Mask, Value, Vector, as_items, ask_pairs, constant, is_missing, to_text
from cdisc_conv.checks.core.operators.registry import Question, operator
from cdisc_conv.checks.core.rule.model import Reach


@operator("is_contained_by", "is_not_contained_by")
def is_contained_by(question: Question) -> Mask:
    """The value is in the list, or in the column whose values are no lists."""
    return is_among(question.target, _list(question))


@operator("is_contained_by_case_insensitive", "is_not_contained_by_case_insensitive")
def is_contained_by_case_insensitive(question: Question) -> Mask:
    """The value is in the list, but for capital letters."""
    return is_among(fold(question.target), fold(_list(question)))


def _list(question: Question) -> Vector:
    """The comparand as lists: a column of single values counts as the list of them all."""
    found = question.comparand
    if question.compares_columns and not found.listed and not found.single:
        return constant(tuple(value for value in found.used if value is not None), question.length)
    return found


def is_among(values: Vector, lists: Vector) -> Mask:
    """Which values are in the list of their record; of a list of values, whether any is."""

    def test(value: Value, items: Value) -> bool:
        members = _members(items)
        if isinstance(value, tuple):
            return any(item in members for item in value)
        return value in members

    return ask_pairs(values, lists, test)


_SETS: dict[tuple[Value, ...], frozenset[Value]] = {}


def _members(items: Value) -> frozenset[Value]:
    """The values of a list as a set; a blank among them stands for missing."""
    listed = as_items(items)
    if len(_SETS) > 1000:
        _SETS.clear()
    if listed not in _SETS:
        blank = {None} if "" in listed else set()
        _SETS[listed] = frozenset(value for value in listed if value is not None) | blank
    return _SETS[listed]


@operator("contains", "does_not_contain")
def contains(question: Question) -> Mask:
    """The list has the value, or the text has the other in it."""
    return ask_pairs(question.target, question.comparand, _has)


@operator("contains_case_insensitive", "does_not_contain_case_insensitive")
def contains_case_insensitive(question: Question) -> Mask:
    """The list has the value, or the text has the other in it, but for capital letters."""
    return ask_pairs(fold(question.target), fold(question.comparand), _has)


def _has(whole: Value, part: Value) -> bool:
    if is_missing(whole) or is_missing(part):
        return False
    if isinstance(part, tuple):
        return any(_has(whole, item) for item in part)
    if isinstance(whole, tuple):
        return part in whole
    return part in whole if isinstance(whole, str) and isinstance(part, str) else to_text(whole) == to_text(part)


@operator("contains_all", reach=Reach.DATASET)
def contains_all(question: Question) -> Mask:
    """All values of the other are there: in each record's list; or anywhere in the column, said at its first record."""
    return _ask_all(question, wanted=True)


@operator("not_contains_all", reach=Reach.DATASET)
def not_contains_all(question: Question) -> Mask:
    """Some value of the other is not there: in each record's list; or in the column, said once at its first record."""
    return _ask_all(question, wanted=False)


def _ask_all(question: Question, *, wanted: bool) -> Mask:
    target, comparand = question.target, question.comparand
    if target.listed and comparand.listed:
        found = ask_pairs(target, comparand, lambda whole, part: set(as_items(part)) <= set(as_items(whole)))
        return found if wanted else ~found
    answer = question.all(False)
    answer[:1] = (_expand(question, comparand) <= set(target.used)) is wanted
    return answer


def _expand(question: Question, comparand: Vector) -> set[Value]:
    """The values of the other; the name of a column of lists among them stands for the list of its first record."""
    values: set[Value] = set()
    for item in as_items(comparand.values[0]) if comparand.single else comparand.used:
        named = question.view.find(item) if isinstance(item, str) and not question.compares_columns else None
        listed = named is not None and named.listed and len(named) > 0
        values |= set(as_items(named.at(0))) if named is not None and listed else set(as_items(item))
    return values


@operator("shares_at_least_one_element_with")
def shares_at_least_one_element_with(question: Question) -> Mask:
    """The two lists have something in common."""
    return _count_shared(question, lambda count: count > 0)


@operator("shares_exactly_one_element_with")
def shares_exactly_one_element_with(question: Question) -> Mask:
    """The two lists have one value in common."""
    return _count_shared(question, lambda count: count == 1)


@operator("shares_no_elements_with")
def shares_no_elements_with(question: Question) -> Mask:
    """The two lists have nothing in common."""
    return _count_shared(question, lambda count: count == 0)


def _count_shared(question: Question, test: Callable[[int], bool]) -> Mask:
    right = question.column(question.check.value)
    return ask_pairs(question.target, right, lambda a, b: test(len(set(as_items(a)) & set(as_items(b)))))


@operator("is_ordered_subset_of", "is_not_ordered_subset_of")
def is_ordered_subset_of(question: Question) -> Mask:
    """The values of the list are all in the other, and in the same order."""

    def test(part: Value, whole: Value) -> bool:
        places = {value: place for place, value in enumerate(as_items(whole))}
        found = [places.get(value, -1) for value in as_items(part)]
        return -1 not in found and found == sorted(found)

    return ask_pairs(question.target, question.column(question.check.value), test)


@operator("value_has_multiple_references", "value_does_not_have_multiple_references", reach=Reach.STUDY)
def value_has_multiple_references(question: Question) -> Mask:
    """The value occurs more than once among those that an operation counted."""
    counts = question.column(question.check.value)

    def test(value: Value, counted: Value) -> bool:
        return any(isinstance(pair, tuple) and pair[0] == value and pair[1] > 1 for pair in as_items(counted))

    return ask_pairs(question.target, counts, test)


def fold(vector: Vector) -> Vector:
    """The values in small letters."""
    return vector.map(_fold)


def _fold(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(_fold(item) for item in value)
    return value.lower() if isinstance(value, str) else value
