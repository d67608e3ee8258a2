"""What disposition needs beyond its columns: the term beside the decode, and completion where a form asks for it."""

from __future__ import annotations

from collections.abc import Sequence

from cdisc_conv.draft.datasets.entries import make_flag_condition, make_plain_entry
from cdisc_conv.draft.matching.codes import yes_codes
from cdisc_conv.draft.matching.columns import Guess, Item
from cdisc_conv.draft.model import BlockDraft, Line
from cdisc_conv.draft.reading.names import words


def complete_disposition(block: BlockDraft, guesses: Sequence[Guess], items: Sequence[Item]) -> list[Line]:
    """DSTERM in the words of the reason where no column has it, COMPLETED where the form says so, and DSCAT."""
    names = block.names()
    decode = next((guess for guess in guesses if guess.target == "DSDECOD"), None)
    completed = next((item for item in items if _asks_completion(item) and yes_codes(item.profile)), None)
    found: list[Line] = []
    when = make_flag_condition(completed.column, yes_codes(completed.profile)) if completed is not None else ""
    if decode is not None and "DSTERM" not in names:
        entry = make_plain_entry(decode.item)
        if when:
            entry = {"cases": [{"when": when, "constant": "COMPLETED"}, entry]}
        found.append(
            Line("DSTERM", entry, 0.7, f"the words of {decode.item.column}, as no column has the reported term")
        )
    for number, line in enumerate(block.lines):
        if line.name == "DSDECOD" and when and completed is not None:
            entry = {"cases": [{"when": when, "constant": "COMPLETED"}, dict(line.entry)]}
            reason = f"{line.reason}; completed where {completed.column} says so"
            block.lines[number] = Line(line.name, entry, min(line.score, 0.7), reason, line.to_do)
    if "DSCAT" not in names:
        reason = "how the subject's participation ended"
        found.append(Line("DSCAT", {"constant": "DISPOSITION EVENT"}, 0.7, reason))
    return found


def _asks_completion(item: Item) -> bool:
    """Whether a question is whether the subject completed the study or treatment."""
    said = {*words(item.label), *words(item.name)}
    return bool(said & {"completed", "complete", "compl", "complyn"}) and len(item.profile.values) <= 4
