"""Criteria of seriousness that a form collects as one list to choose from, as the variables of the SDTM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdisc_conv.draft.datasets.entries import make_flag_condition, raw
from cdisc_conv.draft.datasets.leftovers import note_beside
from cdisc_conv.draft.matching.columns import Item, Knowledge
from cdisc_conv.draft.model import BlockDraft, Draft, Fate, Line

CRITERIA: Mapping[str, tuple[str, ...]] = {
    "AESDTH": ("death", "fatal"),
    "AESLIFE": ("life-threatening", "life threatening"),
    "AESHOSP": ("hospitali",),
    "AESDISAB": ("disability", "incapacity"),
    "AESCONG": ("congenital", "birth defect"),
    "AESMIE": ("medically important", "important medical"),
}
"""Parts of the words that each criterion has on forms."""


def add_criteria(block: BlockDraft, items: Sequence[Item], known: Knowledge, draft: Draft) -> set[str]:
    """Lines for the criteria that no column has by itself; the columns that they are read from."""
    asked = [item for item in items if _lists_criteria(item)]
    names = block.names()
    used: dict[str, Item] = {}
    for target, parts in CRITERIA.items():
        if target in names or known.variable("AE", target) is None:
            continue
        conditions = []
        for item in asked:
            if condition := _make_condition(item, parts):
                conditions.append(condition)
                used[item.column] = item
        if conditions:
            reason = "one of the criteria of seriousness to choose from"
            entry = {"when": " or ".join(conditions), "constant": "Y"}
            block.lines.append(Line(target, entry, 0.7, reason))
    for item in used.values():
        draft.note(item.profile, Fate.STANDARD, "AE.AESDTH ...", 0.7, "criteria of seriousness")
        note_beside(item, draft, "AE.AESDTH ...", Fate.STANDARD)
    return {column for column, item in used.items() if _is_covered(item)}


def _texts(item: Item) -> list[str]:
    profile = item.profile
    return list(dict.fromkeys([*profile.codes.values(), *(profile.word_of(value) for value in profile.values)]))


def _lists_criteria(item: Item) -> bool:
    """Whether the values of a column name at least two of the criteria."""
    texts = " ".join(_texts(item)).lower()
    found = [target for target, parts in CRITERIA.items() if any(part in texts for part in parts)]
    return len(found) >= 2


def _make_condition(item: Item, parts: Sequence[str]) -> str:
    profile = item.profile
    if profile.codes:
        codes = [code for code, word in profile.codes.items() if any(part in word.lower() for part in parts)]
        return make_flag_condition(item.column, codes) if codes else ""
    if not any(part in text.lower() for text in _texts(item) for part in parts):
        return ""
    listed = [f'contains(lower({raw(item.column)}), "{part}")' for part in parts]
    return listed[0] if len(listed) == 1 else f"({' or '.join(listed)})"


def _is_covered(item: Item) -> bool:
    """Whether every choice of a column is one of the criteria, so that nothing of it is left."""
    choices = [choice for text in _texts(item) for choice in text.split(";") if choice.strip()]
    every = [part for parts in CRITERIA.values() for part in parts]
    return all(any(part in choice.lower() for part in every) for choice in choices)
