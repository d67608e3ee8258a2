"""Columns that hold one answer in several ways: as typed, in parts, interpolated, as a code and in words."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import pandas as pd

from cdisc_conv.draft.datasets.leftovers import declare
from cdisc_conv.draft.matching.columns import Item
from cdisc_conv.draft.model import Draft, Fate
from cdisc_conv.draft.reading.profiles import Profile, find_words

_FORMS = {
    "RAW": "as it was typed",
    "INT": "interpolated by the EDC",
    "YYYY": "the year",
    "YY": "the year",
    "MM": "the month",
    "DD": "the day",
}
"""Endings of names beside a column of the same name, and what they hold."""
_CODES = ("STD", "CD", "CODE", "COD")
_WORDS = ("DEC", "DECODE", "DECOD", "TEXT", "TXT", "LABEL")
_SPLIT = re.compile(r"(?P<base>.+)_(?P<end>[A-Za-z]+)(_NSV)?", re.IGNORECASE)


def find_pairs(names: Collection[str]) -> list[tuple[str, str]]:
    """Columns that may be a code and its words, by their names: (code, words).

    >>> find_pairs(["SEX", "SEX_STD", "RACE", "RACE_DEC", "AGE"])
    [('SEX_STD', 'SEX'), ('RACE', 'RACE_DEC')]
    """
    known = {name.upper().removesuffix("_NSV"): name for name in names}
    found = []
    for name in names:
        match = _SPLIT.fullmatch(name)
        base = known.get(match["base"].upper(), "") if match else ""
        if match and base and base != name:
            if match["end"].upper() in _CODES:
                found.append((name, base))
            elif match["end"].upper() in _WORDS:
                found.append((base, name))
    return found


def describe_pairs(frame: pd.DataFrame, described_by: Mapping[str, Profile]) -> dict[str, dict[str, object]]:
    """What forms.yaml says of the codes whose words stand beside them, by the column of the code.

    Columns whose codes the dictionary has (`described_by`: the profiles of its columns) are left out.
    """
    described: dict[str, dict[str, object]] = {}
    known = {name for name, one in described_by.items() if one.codes}
    known |= {one.words for one in described_by.values() if one.codes and one.words}
    for code, words in find_pairs([str(name) for name in frame]):
        if code in known or words in known:
            continue
        if values := find_words(frame, code, words):
            described[code] = {"type": "coded", "values": values, "decode": words}
    return described


def fold_families(
    items: Sequence[Item], draft: Draft, profiles: Mapping[str, Profile] = MappingProxyType({})
) -> list[Item]:
    """One item for each answer; the other columns of it are declared, with what they repeat.

    `profiles` are all columns of the form: of the date of the visit, which is no item, all others are declared.

    Of a date the one that was typed is read, where it is one, since unknown parts are only there; of anything else
    what was typed is read where the other column lacks some of it.
    """
    by_name = {item.name.upper().removesuffix("_NSV"): item for item in items}
    families: dict[str, dict[str, Item]] = {}
    for item in items:
        match = _SPLIT.fullmatch(item.name)
        base = match["base"].upper() if match else ""
        if match and match["end"].upper() in _FORMS and (base in by_name or f"{base}_RAW" in by_name):
            families.setdefault(base, {})[match["end"].upper()] = item
    gone: set[str] = set()
    dates = {name.upper(): name for name, one in profiles.items() if one.role == "event_date" and one.filled}
    for item in items:
        match = _SPLIT.fullmatch(item.name)
        base = dates.get(match["base"].upper(), "") if match and match["end"].upper() in _FORMS else ""
        if match and base:
            gone.add(item.column)
            declare(draft, item.profile, Fate.SYSTEM, f"the same answer as {base}, {_FORMS[match['end'].upper()]}", 0.8)
    families = {base: members for base, members in families.items() if base not in dates}
    chosen: dict[str, Item] = {}
    for base, members in families.items():
        plain, typed = by_name.get(base), members.get("RAW")
        best = _choose(plain, typed)
        chosen[best.column] = replace(best, name=plain.name if plain else base, label=_label(plain, best))
        whole = {**members, **({"": plain} if plain is not None else {})}
        for end, item in whole.items():
            if item.column != best.column:
                gone.add(item.column)
                what = _FORMS.get(end, "read by the EDC")
                declare(draft, item.profile, Fate.SYSTEM, f"the same answer as {best.column}, {what}", 0.8)
    return [chosen.get(item.column, item) for item in items if item.column not in gone]


def _choose(plain: Item | None, typed: Item | None) -> Item:
    if plain is None or typed is None:
        found = plain or typed
        assert found is not None
        return found
    if plain.profile.kind in ("date", "datetime") and typed.profile.kind in ("date", "datetime"):
        return typed
    return typed if typed.profile.filled > plain.profile.filled else plain


def _label(plain: Item | None, best: Item) -> str:
    return plain.label if plain is not None and plain.label else best.label
