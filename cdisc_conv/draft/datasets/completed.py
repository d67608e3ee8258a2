"""What a block of findings gets beyond its columns: a date, a category, and a test for what was not done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cdisc_conv.draft.datasets.entries import ascii_text, make_flag_condition
from cdisc_conv.draft.datasets.records import Page, fill_block, note_used
from cdisc_conv.draft.matching.codes import find_inside, no_codes
from cdisc_conv.draft.matching.columns import Guess, Item, Knowledge
from cdisc_conv.draft.matching.tests_of import Test, find_code, find_instrument_term
from cdisc_conv.draft.model import BlockDraft, DatasetDraft, Draft, Line
from cdisc_conv.draft.reading.names import words
from cdisc_conv.draft.reading.profiles import describe_date

_PLAIN_LABELS = frozenset(
    (
        "laboratory",
        "lab",
        "labs",
        "central",
        "local",
        "result",
        "results",
        "data",
        "form",
        "questionnaire",
        "test",
        "tests",
        "long",
        "wide",
        "listing",
    )
)
"""Words of labels that say nothing of a category."""


def complete_block(block: BlockDraft, page: Page, domain: str, known: Knowledge) -> None:
    """The date of the visit where a form has none of its own, and the category that its label says."""
    prefix, names = domain[:2], block.names()
    date, profile = f"{prefix}DTC", page.event_date
    if date not in names and profile is not None and known.variable(domain, date) is not None:
        said = describe_date(profile.name, profile.formats)
        reason = "the date of the visit, as the form has none of its own"
        block.lines.append(Line(date, {"datetime": said}, 0.6, reason))
    if domain == "RS" and is_of_responses(block) and "RSEVAL" not in names:
        block.lines += evaluate(page, "RS")
    category = known.variable(domain, f"{prefix}CAT")
    text = " ".join(re.sub(r"\(.*?\)", " ", ascii_text(page.label or page.form)).upper().split())[:40].strip()
    telling = set(words(text)) - _PLAIN_LABELS - {prefix.lower()}
    if category is None or category.core == "Perm" or category.name in names or not telling:
        return
    codelist = known.codelist(domain, category.name)
    term = find_inside(page.label, codelist) if codelist is not None else ""
    if not _has_tests(block, term, prefix, known):
        return
    reason = "as the label of the form says" if term else "the label of the form; name the instrument or panel"
    value: Any = term or ({"value": text, "extend": True} if codelist is not None and codelist.extensible else text)
    if term or codelist is None or codelist.extensible:
        block.lines.append(Line(category.name, {"constant": value}, 0.7 if term else 0.5, reason))


def _has_tests(block: BlockDraft, category: str, prefix: str, known: Knowledge) -> bool:
    """Whether an instrument that terminology knows by its category has all tests of a block."""
    codelist = known.terminology.instrument_codelist("--TESTCD", category) if category else ""
    if not codelist:
        return True
    constants = [line.entry.get("constant") for line in block.lines if line.name == f"{prefix}TESTCD"]
    codes = {str(entry.get(f"{prefix}TESTCD")) for entry in block.for_each} | {str(one) for one in constants}
    return codes <= known.terminology.codelist(codelist).values


def name_by_form(test: Test, page: Page, known: Knowledge) -> Test:
    """The one test of a form, which the form is called after, such as ECOG."""
    domain = page.placed.domain
    codelist = known.codelist(domain, f"{domain[:2]}TESTCD")
    if codelist is None:
        return test
    code = next((one for text in (page.label, page.form) if (one := find_code(text, domain, codelist))), "")
    term = codelist.term(code) or find_instrument_term(code, known) if code else None
    if term is None:
        return test
    return Test(code, term.decode, False, 0.7, f"the form is called '{page.label or page.form}'", dict(test.columns))


def name_all(page: Page, tests: Sequence[Test], domain: str, known: Knowledge) -> tuple[Any, Any]:
    """--TESTCD and --TEST of what was not done: the one test of a form, else all of them."""
    if len(tests) == 1:
        return tests[0].code, tests[0].name
    code = f"{domain[:2]}ALL"
    if known.is_own(domain):
        return code, (ascii_text(page.label) or page.form)[:40]
    name = known.dataset(domain).label
    if known.codelist(domain, f"{domain[:2]}TESTCD") is None:
        return code, name
    return {"value": code, "extend": True}, {"value": name, "extend": True}


def draft_not_done(
    page: Page,
    gate: Guess,
    guesses: Sequence[Guess],
    named: tuple[Any, Any],
    dataset: DatasetDraft,
    known: Knowledge,
    draft: Draft,
) -> BlockDraft | None:
    """A record of its own where the form says that nothing was done; `named` are its --TESTCD and --TEST."""
    domain, prefix = dataset.name, dataset.name[:2]
    codes = no_codes(gate.item.profile)
    note_used(gate, f"{domain}.{prefix}STAT", draft)
    if not codes:
        return None
    block = BlockDraft(page.form, score=gate.score, reason=f"{gate.reason}: rows on which nothing was done")
    block.where = make_flag_condition(gate.item.column, codes)
    code, test = named
    block.lines = [
        Line(f"{prefix}TESTCD", {"constant": code}, 0.8, "all tests of the form"),
        Line(f"{prefix}TEST", {"constant": test}, 0.7, "the form"),
        Line(f"{prefix}STAT", {"constant": "NOT DONE"}, 0.9, gate.reason),
    ]
    fill_block(block, guesses, domain, known, draft)
    complete_block(block, page, domain, known)
    return block


_POSTURAL = ("SYSBP", "DIABP", "MAP", "PULSE", "HR", "RESP")
"""Vital signs that the position of the subject is recorded for."""


def limit_position(block: BlockDraft, codes: Sequence[str], every: Sequence[str]) -> None:
    """One position beside all tests of a row (`every`) is that of pressure and pulse, and not of height or weight.

    `codes` are the tests of the block.
    """
    mine = [code for code in codes if code in _POSTURAL]
    if len(mine) == len(codes) or not set(every) & set(_POSTURAL):
        return
    listed = ", ".join(f'"{code}"' for code in mine)
    for place, line in enumerate(block.lines):
        if line.name == "VSPOS" and mine:
            reason = f"{line.reason}; it is that of {', '.join(mine)}"
            block.lines[place] = replace(line, entry={"when": f"VSTESTCD in ({listed})", **line.entry}, reason=reason)
    if not mine:
        block.lines[:] = [line for line in block.lines if line.name != "VSPOS"]


_INDEPENDENT = re.compile(r"\b(independent|central|blinded|bicr|irc|irf)\b", re.IGNORECASE)


def evaluate(page: Page, domain: str) -> list[Line]:
    """--EVAL: that of an independent review, else the investigator, whose form it is."""
    if _INDEPENDENT.search(f"{page.label} {page.form.replace('_', ' ')}"):
        return [Line(f"{domain}EVAL", {"constant": "INDEPENDENT ASSESSOR"}, 0.75, "the label of the form says so")]
    return [Line(f"{domain}EVAL", {"constant": "INVESTIGATOR"}, 0.5, "the form is filled in at the site")]


_RESPONSES = ("TRGRESP", "NTRGRESP", "NEWLIND", "OVRLRESP", "BESTRESP")


def is_of_responses(block: BlockDraft) -> bool:
    """Whether a block of RS has responses of tumours."""
    return any(entry.get("RSTESTCD") in _RESPONSES for entry in block.for_each)


def date_findings(guesses: list[Guess], items: Sequence[Item], domain: str) -> list[Guess]:
    """The guesses with the one date of a form as the date of its findings, where no name or label says which it is."""
    target = f"{domain[:2]}DTC"
    used = {guess.item.column for guess in guesses}
    dates = [item for item in items if item.profile.kind in ("date", "datetime") and item.column not in used]
    if len(dates) != 1 or any(guess.target == target for guess in guesses):
        return guesses
    return [*guesses, Guess(dates[0], target, 0.55, "the one date of the form")]
