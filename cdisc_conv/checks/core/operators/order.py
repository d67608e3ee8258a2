"""The order of records."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc_conv.checks.core.data.dates import read_dates
from cdisc_conv.checks.core.data.vectors import Mask, Value, Vector, group_rows, match_codes, to_number
from cdisc_conv.checks.core.operators.presence import rank
from cdisc_conv.checks.core.operators.registry import Question, operator
from cdisc_conv.checks.core.operators.texts import compile_pattern, pick_part
from cdisc_conv.checks.core.rule.model import Reach


@operator("has_next_corresponding_record", "does_not_have_next_corresponding_record", reach=Reach.DATASET, grouped=True)
def has_next_corresponding_record(question: Question) -> Mask:
    """The value is that of the other variable in the next record of the group; the last record has no next."""
    target, other = question.target, question.column(question.check.value)
    groups = group_rows(question.columns(question.option("within")), question.length)
    rows = np.lexsort((np.arange(question.length), rank(question.column(question.option("ordering"))), groups))
    answer = question.all(True)
    if len(rows) < 2:
        return answer
    this, following = rows[:-1], rows[1:]
    inside = groups[this] == groups[following]
    same = match_codes(target, other)[target.codes[this]] == other.codes[following]
    same |= target.missing[this] & other.missing[following]
    answer[this] = same | ~inside
    return answer


@operator("is_ordered_set", "is_not_ordered_set", reach=Reach.DATASET, grouped=True)
def is_ordered_set(question: Question) -> Mask:
    """The value is where it would be if the records of its group were sorted by it."""
    groups = group_rows(question.columns(question.check.value), question.length)
    return _equals_sorted(groups, rank(question.target))


@operator("is_ordered_by", "is_not_ordered_by", reach=Reach.DATASET)
def is_ordered_by(question: Question) -> Mask:
    """The value is where it would be if all records were sorted by it."""
    ranks = rank(question.target)
    down = str(question.option("order", "asc")) == "dsc"
    return _equals_sorted(np.zeros(question.length, dtype="int64"), -ranks if down else ranks)


def _equals_sorted(groups: np.ndarray, ranks: np.ndarray) -> Mask:
    """Which records hold the value that sorting their group would put there."""
    places = np.lexsort((np.arange(len(groups)), groups))
    ordered = np.lexsort((ranks, groups))
    answer = np.ones(len(groups), dtype=bool)
    answer[places] = ranks[places] == ranks[ordered]
    return answer


@operator("target_is_sorted_by", "target_is_not_sorted_by", reach=Reach.DATASET, grouped=True)
def target_is_sorted_by(question: Question) -> Mask:
    """The number grows in the order of the other variables, within each group.

    Records that cannot be ordered, because one date is a part of another (``2014-03`` and ``2014-03-15``), are not
    in order.
    """
    target = question.target
    if question.option("regex"):
        pattern = compile_pattern(str(question.option("regex")))
        target = target.map(lambda value: _to_number(pick_part(pattern, value)))
    groups = group_rows(question.columns(question.option("within")), question.length)
    sorted_ = question.all(True)
    for key in question.check.value if isinstance(question.check.value, list) else []:
        by = question.column(str(key.get("name")))
        down = str(key.get("sort_order", "asc")).casefold() == "desc"
        sorted_ &= _is_sorted(groups, target, by, down, str(key.get("null_position", "last")))
    return sorted_


def _to_number(value: Value) -> Value:
    number = to_number(value)
    return value if np.isnan(number) else number


def _is_sorted(groups: np.ndarray, target: Vector, by: Vector, down: bool, blanks: str) -> Mask:
    right = np.ones(len(groups), dtype=bool)
    sequence = np.lexsort((np.arange(len(groups)), rank(target), groups))
    missing = by.missing
    right &= ~_misplaced_blanks(groups, sequence, missing, blanks)
    overlaps = _overlap(groups, by)
    right &= ~overlaps
    ranks = -rank(by) if down else rank(by)
    plain = sequence[~(missing | overlaps)[sequence]]
    expected = plain[np.lexsort((ranks[plain], groups[plain]))]
    right[plain[target.codes[plain] != target.codes[expected]]] = False
    known = sequence[~missing[sequence]]
    right &= ~_between_neighbours(groups, known, ranks, by)
    return right


def _misplaced_blanks(groups: np.ndarray, sequence: np.ndarray, missing: Mask, blanks: str) -> Mask:
    """Records without the other variable, in groups where they do not all stand at the end (or the beginning)."""
    count = int(groups.max()) + 1 if len(groups) else 0
    place = np.empty(len(groups), dtype="int64")
    place[sequence] = np.arange(len(sequence))
    first_blank, last_blank = np.full(count, len(groups) + 1), np.full(count, -1)
    first_known, last_known = np.full(count, len(groups) + 1), np.full(count, -1)
    np.minimum.at(first_blank, groups[missing], place[missing])
    np.maximum.at(last_blank, groups[missing], place[missing])
    np.minimum.at(first_known, groups[~missing], place[~missing])
    np.maximum.at(last_known, groups[~missing], place[~missing])
    wrong = first_blank < last_known if blanks == "last" else last_blank > first_known
    return np.asarray(missing & wrong[groups], dtype=bool) if count else missing


def _overlap(groups: np.ndarray, by: Vector) -> Mask:
    """Records whose date is a part of another date of their group, or has one as a part."""
    if not any(isinstance(value, str) for value in by.values):
        return np.zeros(len(groups), dtype=bool)
    dates = read_dates(by)
    codes = {value: code for code, value in enumerate(by.values) if dates.valid[code]}
    there = pd.unique(groups * len(by.values) + by.codes)
    marked = np.zeros(len(there), dtype=bool)
    places = pd.Index(there)
    for value, code in codes.items():
        text = str(value)
        shorter = [codes[text[:end]] for end in (4, 7, 10, 13, 16) if end < len(text) and text[:end] in codes]
        mine = np.flatnonzero(there % len(by.values) == code) if shorter else ()
        for other in shorter:
            found = places.get_indexer(there[mine] - code + other)
            marked[np.asarray(mine)[found >= 0]] = True
            marked[found[found >= 0]] = True
    return np.asarray(marked[places.get_indexer(groups * len(by.values) + by.codes)], dtype=bool)


def _between_neighbours(groups: np.ndarray, known: np.ndarray, ranks: np.ndarray, by: Vector) -> Mask:
    """Records that stand after a later or before an earlier one."""
    wrong = np.zeros(len(groups), dtype=bool)
    if len(known) < 2:
        return wrong
    this, following = known[:-1], known[1:]
    bad = (groups[this] == groups[following]) & (ranks[this] > ranks[following])
    wrong[this[bad]] = True
    wrong[following[bad]] = True
    dated = by.spread(read_dates(by).valid | np.array([isinstance(v, float) for v in by.values], dtype=bool))
    return np.asarray(wrong & dated, dtype=bool)
