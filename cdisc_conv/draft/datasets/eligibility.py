"""The draft of IE: the criteria that were not met, from a form that names them or asks for each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from cdisc_conv.draft.datasets.entries import ascii_text, make_flag_condition, raw
from cdisc_conv.draft.datasets.leftovers import add_qualifiers, note_beside
from cdisc_conv.draft.datasets.records import Page, fill_block
from cdisc_conv.draft.matching.codes import no_codes, yes_codes
from cdisc_conv.draft.matching.columns import Guess, Item, Knowledge, guess_columns
from cdisc_conv.draft.matching.targets import TIME
from cdisc_conv.draft.model import BlockDraft, DatasetDraft, Draft, Fate, Line
from cdisc_conv.draft.reading.names import shared_parts, spellings, words

_CRITERIA = frozenset(("TESTCD", "CRIT", "CRITERION", "CRITERIA", "CRITERIONNUMBER", "CRITNO", "TEST", "NUM"))
_CATEGORIES = frozenset(("CAT", "CATEGORY", "TYPE", "CRITERIONTYPE"))
_SIDES = (
    ("INCLUSION", r"^(?:IE)?I(?:N|NC|NCL|NCLUSION)?[_ ]?\d|inclusion"),
    ("EXCLUSION", r"^(?:IE)?E(?:X|XC|XCL|XCLUSION)?[_ ]?\d|exclusion"),
)


def draft_eligibility(page: Page, draft: Draft, known: Knowledge) -> bool:
    """IE from a form; False where it neither names criteria nor asks for each."""
    shared = shared_parts(item.name for item in page.items)
    bare = {item.column: _bare(item, shared) for item in page.items}
    named = next((item for item in page.items if bare[item.column] in _CRITERIA and item.profile.filled), None)
    several = [item for item in page.items if find_side(item) and re.search(r"TESTCD|CRIT", item.name.upper())]
    asked = [item for item in page.items if find_side(item) and _is_yes_or_no(item)]
    several = [item for item in several if item not in asked]
    if named is None and len(asked) < 2 and len(several) < 2:
        return False
    block = BlockDraft(page.form, score=page.placed.score, reason=f"{page.placed.reason}; criteria that were not met")
    if named is not None:
        category = next((item for item in page.items if bare[item.column] in _CATEGORIES), None)
        used = _draft_named(block, named, category)
    elif len(several) > 1:
        used = _draft_several(block, several)
    else:
        used = _draft_asked(block, asked)
    block.lines.append(Line("IESTRESC", {"copy": "IEORRES"}, 0.8, "the answer"))
    for item in used:
        draft.note(
            item.profile, Fate.STANDARD, "IE.IETESTCD" if item is not used[-1] else "IE.IEORRES", 0.8, "a criterion"
        )
        note_beside(item, draft, "IE.IETEST", Fate.STANDARD)
    taken = {item.column for item in used}
    left = [item for item in page.items if item.column not in taken]
    guesses = [one for one in guess_columns(left, "IE", known) if _is_further(one)]
    done = fill_block(block, guesses, "IE", known, draft)
    dataset = draft.datasets.setdefault("IE", DatasetDraft("IE"))
    add_qualifiers(block, [item for item in left if item.column not in done], dataset, known, draft)
    dataset.blocks.append(block)
    return True


def _is_yes_or_no(item: Item) -> bool:
    texts = {*item.profile.codes, *item.profile.values}
    return bool(texts) and texts <= {*yes_codes(item.profile), *no_codes(item.profile)} and len(texts) < 5


def _draft_several(block: BlockDraft, named: Sequence[Item]) -> list[Item]:
    """A record for each column of several that names a criterion."""
    block.where = 'CRITERION != ""'
    texts: dict[str, str] = {}
    for item in named:
        said = [item.profile.word_of(value) for value in (*item.profile.codes, *item.profile.values)]
        texts.update({text: make_code(text) for text in said} if item.beside or not item.profile.codes else {})
        column = f"raw.{item.beside[0] if item.beside else item.column}"
        mark = "# draft 0.70: the criterion that was not met"
        block.for_each.append({"CRITERION": column, "IECAT": find_side(item), "#": mark})
    values = {text: code for text, code in texts.items() if text != code}
    entry: dict[str, Any] = {"map": {"value": "CRITERION", "values": texts}} if values else {"copy": "CRITERION"}
    block.lines = [
        Line("IETESTCD", entry, 0.7, "the columns name the criteria"),
        Line("IETEST", {"copy": "CRITERION"}, 0.5, "give the criteria in words", True),
        Line("IEORRES", _not_met(), 0.7, "the form names criteria that were not met"),
    ]
    return list(named)


def _not_met() -> dict[str, Any]:
    """What was answered to a criterion that was not met."""
    sides = (("INCLUSION", "N"), ("EXCLUSION", "Y"))
    return {"cases": [{"when": f'IECAT == "{side}"', "constant": answer} for side, answer in sides]}


def _is_further(guess: Guess) -> bool:
    return guess.target in ("IEDTC", "IESPID", "IEEVAL", TIME)


def _bare(item: Item, shared: Sequence[str]) -> str:
    return next(iter(spellings(item.name, shared)), "").removeprefix("IE")


def find_side(item: Item) -> str:
    """INCLUSION or EXCLUSION, as the name or the label of a question says; "" for neither."""
    for text in (item.name, item.label):
        found = [side for side, pattern in _SIDES if re.search(pattern, text, re.IGNORECASE)]
        if len(found) == 1:
            return found[0]
    return ""


def _draft_named(block: BlockDraft, named: Item, category: Item | None) -> list[Item]:
    """A record for each row that names a criterion."""
    profile = named.profile
    texts = list(dict.fromkeys([*profile.codes, *profile.values]))
    codes = {text: make_code(text) for text in texts}
    column = f"raw.{named.column}"
    entry: dict[str, Any] = {"copy": column}
    if any(text != code for text, code in codes.items()):
        entry = {"map": {"value": column, "values": codes}}
    block.where = f'{raw(named.column)} != ""'
    meant = {text: ascii_text(profile.word_of(text))[:200] for text in texts}
    block.lines = [
        Line("IETESTCD", entry, 0.8, f"{named.name} names the criterion"),
        Line("IETEST", {"map": {"value": column, "values": meant}}, 0.7, "in the words of the form"),
    ]
    sides = {text: find_side(Item("", "", text, profile.word_of(text), profile)) for text in texts}
    if category is not None:
        said = {
            text: _name_side(category.profile.word_of(text))
            for text in (*category.profile.codes, *category.profile.values)
        }
        known = {text: side for text, side in said.items() if side and side != text.upper()}
        value: Any = {"value": f"raw.{category.column}", "map": known} if known else f"raw.{category.column}"
        block.lines.append(Line("IECAT", {"term": value}, 0.85, f"{category.name} says it"))
    else:
        whole = all(sides.values())
        reason = f"as {named.name} is called" if whole else f"{named.name} does not say which criteria are of inclusion"
        block.lines.append(Line("IECAT", {"map": {"value": column, "values": sides}}, 0.7, reason, not whole))
    block.lines.append(Line("IEORRES", _not_met(), 0.7, "the form names criteria that were not met"))
    return [named] if category is None else [category, named]


def _name_side(text: str) -> str:
    said = words(text)
    return next((side for side, _ in _SIDES if said and said[0][:3] == side[:3].lower()), "")


def _draft_asked(block: BlockDraft, asked: Sequence[Item]) -> list[Item]:
    """A record for each criterion that was answered otherwise than it has to be."""
    conditions = []
    for side, codes_of in (("INCLUSION", no_codes), ("EXCLUSION", yes_codes)):
        codes = list(
            dict.fromkeys(code for item in asked if find_side(item) == side for code in codes_of(item.profile))
        )
        if codes:
            conditions.append(f'IECAT == "{side}" and {make_flag_condition("ANSWER", codes).replace("raw.", "")}')
    block.where = " or ".join(conditions)
    for item in asked:
        text = ascii_text(item.label or item.name)[:200]
        entry = {
            "IETESTCD": make_code(item.name),
            "IETEST": text,
            "IECAT": find_side(item),
            "ANSWER": f"raw.{item.column}",
        }
        block.for_each.append(
            {**entry, "#": "# draft 0.70: an answer that the subject did not need to have is a record"}
        )
    yes = {code: "Y" for item in asked for code in yes_codes(item.profile)}
    no = {code: "N" for item in asked for code in no_codes(item.profile)}
    block.lines = [Line("IEORRES", {"term": {"value": "ANSWER", "map": {**yes, **no}}}, 0.85, "the answer")]
    return list(asked)


def make_code(text: str) -> str:
    """A code of at most 8 letters and digits for a criterion.

    >>> make_code("INC07"), make_code("Inclusion 12"), make_code("3")
    ('INC07', 'INCLUS12', 'C3')
    """
    code = re.sub(r"[^A-Z0-9]", "", text.upper())
    number = re.search(r"\d{1,4}$", code)
    if len(code) > 8 and number:
        code = code[: 8 - len(number[0])] + number[0]
    code = code[:8] or "CRIT"
    return code if code[0].isalpha() else f"C{code}"[:8]
