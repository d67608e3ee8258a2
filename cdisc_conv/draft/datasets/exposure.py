"""Exposure from forms that ask whether a dose was taken: EC as it was collected, and EX of the doses taken."""

from __future__ import annotations

from dataclasses import replace

from cdisc_conv.draft.datasets.entries import make_flag_condition
from cdisc_conv.draft.datasets.records import Page, draft_records
from cdisc_conv.draft.matching.codes import no_codes
from cdisc_conv.draft.matching.columns import Guess, Knowledge, guess_columns
from cdisc_conv.draft.matching.forms import Placed
from cdisc_conv.draft.model import Draft

_COLLECTED = ("OCCUR", "PRESP", "STAT", "REASND", "MOOD")
"""Ends of variables that EX does not have, as it holds what was taken."""


def draft_exposure(page: Page, draft: Draft, known: Knowledge) -> None:
    """EX from a form; where the form asks whether a dose was taken, EC as well, and EX of those that were."""
    guesses = guess_columns(page.items, "EX", known, page.placed.prefixes)
    asked = next((one for one in guesses if one.target == "EXOCCUR" and no_codes(one.item.profile)), None)
    if asked is None:
        draft_records(page, draft, known)
        return
    reason = f"{page.placed.reason}; {asked.item.name} asks whether the dose was taken"
    placed = Placed("EC", page.placed.score, reason, ("EC", "EX"))
    draft_records(replace(page, placed=placed), draft, known)
    taken = tuple(guess.item for guess in guesses if _is_of_exposure(guess))
    draft_records(replace(page, items=taken), draft, known)
    block = draft.datasets["EX"].blocks[-1]
    missed = make_flag_condition(asked.item.column, no_codes(asked.item.profile))
    block.where = " and ".join(filter(None, (block.where, f"not ({missed})")))
    block.reason = f"{block.reason}; doses that were not taken are in EC"


def _is_of_exposure(guess: Guess) -> bool:
    return guess.target.removeprefix("EX") not in _COLLECTED
