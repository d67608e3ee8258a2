"""Columns that no variable of the standard takes: personal data, and supplemental qualifiers for the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from cdisc_conv.draft.datasets.entries import MOST_TEXT, make_label, make_name, make_plain_entry, raw, shared_of
from cdisc_conv.draft.matching.codes import no_codes, yes_codes
from cdisc_conv.draft.matching.columns import Item, Knowledge
from cdisc_conv.draft.model import BlockDraft, DatasetDraft, Draft, Fate, Line
from cdisc_conv.draft.reading.names import words
from cdisc_conv.draft.reading.profiles import Profile

_ALONE = {
    "surname": "a name",
    "lastname": "a name",
    "firstname": "a name",
    "forename": "a name",
    "initials": "initials",
    "phone": "a telephone number",
    "telephone": "a telephone number",
    "mobile": "a telephone number",
    "cellphone": "a telephone number",
    "fax": "a telephone number",
    "address": "an address",
    "street": "an address",
    "city": "an address",
    "town": "an address",
    "zip": "an address",
    "zipcode": "an address",
    "postcode": "an address",
    "postal": "an address",
    "email": "an e-mail address",
    "mail": "an e-mail address",
    "ssn": "an identity number",
    "passport": "an identity number",
}
_BEFORE_NAME = frozenset(
    [
        "first",
        "last",
        "family",
        "given",
        "middle",
        "maiden",
        "full",
        "patient",
        "subject",
        "investigator",
        "physician",
        "contact",
    ]
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")


def find_personal(item: Item) -> str:
    """What personal data a column holds, for a message; "" for none.

    Names and labels of columns say it, and e-mail addresses are seen in the values.
    """
    profile = item.profile
    if profile.kind in ("date", "datetime", "decimal"):
        return ""
    if profile.filled and (yes_codes(profile) or no_codes(profile)) and profile.distinct <= 4:
        return ""
    for text in (item.name, item.label):
        said = words(text)
        if "name" in said and _BEFORE_NAME & {*said, *re.findall(r"[a-z]+", text.lower())} and len(said) <= 4:
            return "a name"
        found = next((_ALONE[word] for word in said if word in _ALONE), "") if len(said) <= 5 else ""
        if found and not (found == "a telephone number" and not _are_numbers(profile)):
            return found
    emails = sum(bool(_EMAIL.fullmatch(value)) for value in profile.values)
    return "an e-mail address" if profile.values and emails > 0.5 * len(profile.values) else ""


def _are_numbers(profile: Profile) -> bool:
    """Whether the values may be numbers to call."""
    numbers = sum(sum(sign.isdigit() for sign in value) >= 5 for value in profile.values)
    return not profile.values or numbers > 0.5 * len(profile.values)


def set_personal_apart(items: Sequence[Item], draft: Draft) -> list[Item]:
    """The items that may be submitted; the others are declared, with the reason."""
    kept = []
    for item in items:
        what = find_personal(item)
        if not what:
            kept.append(item)
            continue
        reason = f"personal data: {what}"
        declare(draft, item.profile, Fate.PERSONAL, reason, 0.9)
        for name in item.beside:
            draft.not_submitted[f"{item.form}.{name}"] = Line(name, {}, 0.9, reason)
    return kept


def declare(draft: Draft, profile: Profile, fate: Fate, reason: str, score: float) -> None:
    """A column that is not submitted."""
    draft.not_submitted[f"{profile.form}.{profile.name}"] = Line(profile.name, {}, score, reason)
    draft.note(profile, fate, "", score, reason)


def add_qualifiers(
    block: BlockDraft, items: Iterable[Item], dataset: DatasetDraft, known: Knowledge, draft: Draft
) -> None:
    """A supplemental qualifier for each item, and further ones for the rest of long texts."""
    items = list(items)
    shared = shared_of(items)
    reason = "no variable of the standard is recognised"
    for item in items:
        name, label = _name_qualifier(item, block, dataset, known, shared)
        columns = (item.column, *item.beside)
        variables = [one for one in columns if one != name and known.variable(dataset.name, one) is not None]
        entry = {**make_plain_entry(item, variables), "label": label}
        if item.profile.longest > MOST_TEXT and "copy" in entry:
            entry = {"expr": f"substr({raw(item.column)}, 1, {MOST_TEXT})", "label": label}
            for part in range(1, -(-item.profile.longest // MOST_TEXT)):
                rest = replace(item, name=f"{name[:7]}{part}", label=f"{item.label} {part}")
                more, more_label = _name_qualifier(rest, block, dataset, known, ())
                cut = f"substr({raw(item.column)}, {MOST_TEXT * part + 1}, {MOST_TEXT})"
                block.supplemental.append(Line(more, {"expr": cut, "label": more_label}, 0.5, reason))
        block.supplemental.append(Line(name, entry, 0.5, reason))
        draft.note(item.profile, Fate.SUPPLEMENTAL, f"SUPP{dataset.name}.{name}", 0.5, reason)
        note_beside(item, draft, f"SUPP{dataset.name}.{name}", Fate.SUPPLEMENTAL)


def _name_qualifier(
    item: Item, block: BlockDraft, dataset: DatasetDraft, known: Knowledge, shared: Sequence[str]
) -> tuple[str, str]:
    """Name and label of a qualifier: those that another form has for the same question, else new ones."""
    used = {line.name for line in block.supplemental}
    found = dataset.qualifiers.get(item.name)
    if found is not None and found[0] not in used:
        return found
    taken = {line.name for line in dataset.all_lines()} | used | set(known.dataset(dataset.name).names)
    taken |= {name for name, _ in dataset.qualifiers.values()}
    name = make_name(item, taken, shared)
    while not known.is_own(dataset.name) and known.variable(dataset.name, name) is not None:
        taken.add(name)
        name = make_name(item, taken, shared)
    labels = {label for _, label in dataset.qualifiers.values()}
    label, number = make_label(item), 1
    while label in labels:
        number += 1
        label = f"{make_label(item)[: 39 - len(str(number))]} {number}"
    dataset.qualifiers[item.name] = (name, label)
    return name, label


def note_beside(item: Item, draft: Draft, target: str, fate: Fate) -> None:
    """The columns that go where an item goes."""
    for name in item.beside:
        profile = Profile(item.form, name, item.label, "item", item.profile.rows, item.profile.filled, 0, (), "text")
        draft.note(profile, fate, target, 1.0, f"the words of {item.column}")
