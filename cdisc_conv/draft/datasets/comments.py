"""The draft of CO: comments that a form of their own collects, and the records that they are about."""

from __future__ import annotations

import re

from cdisc_conv.draft.datasets.entries import raw
from cdisc_conv.draft.datasets.leftovers import add_qualifiers
from cdisc_conv.draft.datasets.records import Page, fill_block
from cdisc_conv.draft.matching.columns import Item, Knowledge, guess_columns
from cdisc_conv.draft.matching.targets import TIME
from cdisc_conv.draft.model import BlockDraft, Draft, Fate, Line

_TEXTS = re.compile(r"(VAL|COMM(ENTS?)?|COMNT|CMNT|TEXT|TXT|REMARKS?|NOTES?)$", re.IGNORECASE)
_NUMBERS = re.compile(r"(?P<domain>AE|CM|MH|PR|EX|LB|VS|EG|DV|CE|HO)_?(NO|NUM|NUMBER|ID|SPID|LINE|REF)$", re.IGNORECASE)


def draft_comments(page: Page, draft: Draft, known: Knowledge) -> bool:
    """CO from a form; False where no column of it holds the comment."""
    texts = [item for item in page.items if item.profile.kind in ("text", "empty") and not item.profile.codes]
    named = [
        item for item in texts if _TEXTS.search(item.name) or re.search(r"comment|remark", item.label, re.IGNORECASE)
    ]
    comment = max(named, key=lambda item: (item.profile.longest, item.profile.distinct), default=None)
    if comment is None:
        return False
    block = BlockDraft(page.form, where=f'{raw(comment.column)} != ""', score=page.placed.score)
    block.reason = page.placed.reason
    left = [item for item in page.items if item is not comment]
    guesses = [one for one in guess_columns(left, "CO", known) if one.target in ("CODTC", "COEVAL", "COEVALID", TIME)]
    done = fill_block(block, guesses, "CO", known, draft)
    block.lines.append(Line("COVAL", {"split": f"raw.{comment.column}"}, 0.9, f"{comment.name} holds the comment"))
    draft.note(comment.profile, Fate.STANDARD, "CO.COVAL", 0.9, "it holds the comment")
    number = next((item for item in left if item.column not in done and _NUMBERS.search(item.name)), None)
    if number is not None and (lines := _refer(number, draft)):
        done.add(number.column)
        block.lines += lines
    dataset = draft.block("CO", block)
    add_qualifiers(block, [item for item in left if item.column not in done], dataset, known, draft)
    return True


def _refer(number: Item, draft: Draft) -> list[Line]:
    """RDOMAIN, IDVAR and IDVARVAL of a comment that names the line of another form, where its records have numbers."""
    match = _NUMBERS.search(number.name)
    domain = match["domain"].upper() if match else ""
    about = draft.datasets.get(domain)
    if about is None or not all(f"{domain}SPID" in block.names() for block in about.blocks):
        return []
    when = f'{raw(number.column)} != ""'
    reason = f"{number.name} names the line of {domain}; check that {domain}SPID has these numbers"
    draft.note(number.profile, Fate.STANDARD, "CO.IDVARVAL", 0.6, reason)
    return [
        Line("RDOMAIN", {"when": when, "constant": domain}, 0.6, reason),
        Line("IDVAR", {"when": when, "constant": f"{domain}SPID"}, 0.6, reason),
        Line("IDVARVAL", {"copy": f"raw.{number.column}"}, 0.6, reason),
    ]
