"""What demographics take from other forms: consent, randomisation, death, and whatever else is asked somewhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from cdisc_conv.draft.datasets.disposition import CONSENT
from cdisc_conv.draft.datasets.entries import make_entry, raw
from cdisc_conv.draft.datasets.records import Page
from cdisc_conv.draft.matching.columns import Guess, Item, Knowledge, guess_columns
from cdisc_conv.draft.model import BlockDraft, Draft, Fate, Line
from cdisc_conv.draft.reading.names import words

_WANTED = (
    "ARMCD",
    "ARM",
    "ACTARMCD",
    "ACTARM",
    "RFICDTC",
    "DTHDTC",
    "BRTHDTC",
    "AGE",
    "SEX",
    "RACE",
    "ETHNIC",
    "COUNTRY",
)
_LEAST = 0.75
_LOGS = ("AE", "CM", "MH", "PR", "EX", "EC", "SU", "CE", "HO", "DV", "VS", "LB", "EG", "PE")
"""Domains whose forms say nothing of demographics."""


def add_other_forms(
    pages: Mapping[str, Page],
    home: str,
    frames: Mapping[str, pd.DataFrame],
    subject: str,
    draft: Draft,
    known: Knowledge,
) -> None:
    """Lines of DM for what it lacks, looked up by the subject on the forms that have it."""
    dm = draft.datasets["DM"]
    block = dm.blocks[0]
    mapped = {line.name for line in dm.all_lines()}
    found: dict[str, tuple[Guess, Page]] = {}
    for name, page in pages.items():
        if name == home or page.placed.domain in _LOGS:
            continue
        for guess in _list_guesses(page, known):
            if guess.target not in mapped and guess.score > (
                found[guess.target][0].score if guess.target in found else 0
            ):
                found[guess.target] = (guess, page)
    if any(_obtains_consent(one) for one in (draft.datasets["DS"].blocks if "DS" in draft.datasets else ())):
        found.pop("RFICDTC", None)
        said = {"from": "DS", "where": f'DSDECOD == "{CONSENT}"', "order": "DSSTDTC", "take": "DSSTDTC"}
        if "RFICDTC" not in mapped:
            block.lines.append(Line("RFICDTC", {"lookup": said}, 0.9, "the milestone of consent"))
    disposed = draft.datasets["DS"].blocks if "DS" in draft.datasets else []
    for target in (one for one in _WANTED if one in found):
        guess, page = found[target]
        block_name = _name_value(guess.item, page, {*mapped, *(line.name for line in block.working)})
        entry = _look_up(guess.item, page.form, frames[page.form], subject)
        block.working.append(Line(block_name, entry, guess.score, f"form {page.form} has it"))
        line, _ = make_entry(replace(guess, item=replace(guess.item, column=block_name, beside=())), "DM", known)
        if target == "DTHDTC" and any(_gives_reasons(one) for one in disposed):
            line = _prefer_disposition(line, block)
        block.lines.append(replace(line, reason=f"{line.reason}, on form {page.form}"))
        draft.note(guess.item.profile, Fate.STANDARD, f"DM.{target}", guess.score, guess.reason)
    if "ARM" in found and "ARMCD" not in {*found, *mapped}:
        profile = found["ARM"][0].item.profile
        arms = dict.fromkeys(profile.word_of(value) for value in (*profile.values, *profile.codes))
        entry = {"map": {"value": "ARM", "values": {arm: _make_code(arm) for arm in arms}}}
        reason = "no code was collected: give those of the arms in TA"
        block.lines.append(Line("ARMCD", entry, 0.4, reason, to_do=True))


def _obtains_consent(block: BlockDraft) -> bool:
    """Whether a block of DS is the milestone of consent, with its date."""
    decoded = any(line.name == "DSDECOD" and line.entry.get("constant") == CONSENT for line in block.lines)
    return decoded and "DSSTDTC" in block.names()


def _gives_reasons(block: BlockDraft) -> bool:
    """Whether a block of DS has reasons, one of which may be death, and their dates."""
    names = block.names()
    milestone = any(line.name == "DSDECOD" and "constant" in line.entry for line in block.lines)
    return {"DSDECOD", "DSSTDTC"} <= names and not milestone


def _prefer_disposition(line: Line, block: BlockDraft) -> Line:
    """The date of death that disposition has, so that both datasets say the same, else that of the form."""
    died = {"from": "DS", "where": 'DSDECOD == "DEATH"', "order": "DSSTDTC", "take": "DSSTDTC"}
    block.working.append(Line("DS_DEATH", {"lookup": died}, 0.8, "the disposition event of death"))
    entry = {"cases": [{"when": 'DS_DEATH != ""', "copy": "DS_DEATH"}, dict(line.entry)]}
    return replace(line, entry=entry, reason=f"that of DS, else {line.reason}")


def _list_guesses(page: Page, known: Knowledge) -> Iterator[Guess]:
    said = set(words(f"{page.label} {page.form}"))
    guesses = guess_columns(page.items, "DM", known, (page.placed.domain[:2],) if page.placed.domain else ())
    yield from (one for one in guesses if one.target in _WANTED and one.score >= _LEAST)
    dates = [item for item in page.items if item.profile.kind in ("date", "datetime") and item.profile.filled]
    if said & {"consent", "icf", "ic"} and dates:
        yield Guess(dates[0], "RFICDTC", 0.76, "the first date of the form of consent")
    if (page.placed.domain == "DD" or "death" in said) and dates:
        died = next((item for item in dates if re.search(r"dth|death", item.name, re.IGNORECASE)), None)
        if died is not None:
            yield Guess(died, "DTHDTC", 0.8, "the date of the form of death")
    if any(word.startswith("randomi") or word == "rand" for word in said):
        for item in page.items:
            named = re.search(r"arm|trt|treat|group|grp", f"{item.name} {item.label}", re.IGNORECASE)
            if named and item.profile.kind == "text" and item.profile.coded and item.profile.filled:
                yield Guess(item, "ARM", 0.76, "the treatment of the form of randomisation")


def _make_code(arm: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "", arm.upper())[:20] or "ARM"


def _name_value(item: Item, page: Page, taken: set[str]) -> str:
    name = re.sub(r"\W+", "_", f"{page.form}_{item.name}", flags=re.ASCII).strip("_").upper()
    name = name if name[0].isalpha() else f"F_{name}"
    return next(one for one in (name, *(f"{name}_{n}" for n in range(2, 10_000))) if one not in taken)


def _look_up(item: Item, form: str, frame: pd.DataFrame, subject: str) -> dict[str, Any]:
    """The value of a subject; where a form has several, the first one in the order of its texts."""
    filled = frame[frame[item.column].str.strip() != ""]
    several = filled.groupby(subject)[item.column].nunique().max() > 1 if len(filled) else False
    how: dict[str, Any] = {
        "from": f"form {form}",
        "by": subject,
        "where": f'{raw(item.column)} != ""',
        "take": item.column,
    }
    if several and item.profile.kind == "date" and not item.profile.formats:
        return {"min": {"of": f"form {form}.{item.column}", "by": subject}}
    return {"lookup": {**how, **({"order": [item.column], "keep": "first"} if several else {})}}
