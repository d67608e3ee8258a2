"""What disposition needs beyond its columns: the term beside the decode, and completion where a form asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cdisc_conv.draft.datasets.entries import make_entry, make_flag_condition, make_plain_entry, raw
from cdisc_conv.draft.matching.codes import match_codes, yes_codes
from cdisc_conv.draft.matching.columns import Guess, Item, Knowledge
from cdisc_conv.draft.model import BlockDraft, Line
from cdisc_conv.draft.reading.names import words

CONSENT = "INFORMED CONSENT OBTAINED"


def complete_disposition(
    title: str, block: BlockDraft, guesses: Sequence[Guess], items: Sequence[Item], known: Knowledge
) -> list[Line]:
    """DSTERM in the words of the reason where no column has it, COMPLETED where the form says so, and DSCAT."""
    names = block.names()
    milestone = "" if names & {"DSDECOD", "DSTERM"} else find_milestone(title)
    if milestone:
        reason = f"form {block.form} is of it"
        constants = (("DSTERM", milestone), ("DSDECOD", milestone), ("DSCAT", "PROTOCOL MILESTONE"))
        return [Line(name, {"constant": text}, 0.75, reason) for name, text in constants if name not in names]
    decode = next((guess for guess in guesses if guess.target == "DSDECOD"), None)
    completed = next((item for item in items if _asks_completion(item) and yes_codes(item.profile)), None)
    found: list[Line] = []
    when = make_flag_condition(completed.column, yes_codes(completed.profile)) if completed is not None else ""
    if when and block.where:  # who completed has no reason for an end
        block.where = f"({block.where}) or {when}"
    for number, line in enumerate(block.lines):
        if line.name == "DSTERM" and decode is not None:
            block.lines[number] = _complete_term(line, decode.item, when)
    if decode is not None and "DSTERM" not in names:
        entry = make_plain_entry(decode.item, (decode.item.column, *decode.item.beside))
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
    if decode is None and "DSDECOD" not in names:
        found.append(_decode_term(guesses, when, known))
    if "DSCAT" not in names:
        reason = "how the subject's participation ended"
        found.append(Line("DSCAT", {"constant": "DISPOSITION EVENT"}, 0.7, reason))
    return found


def date_disposition(guesses: list[Guess], items: Sequence[Item]) -> list[Guess]:
    """The guesses with the date of the event as DSSTDTC: that of collection, or the one date of the form, stands in."""
    targets = {guess.target for guess in guesses}
    if "DSSTDTC" in targets:
        return guesses
    if "DSDTC" in targets:
        return [replace(one, target="DSSTDTC") if one.target == "DSDTC" else one for one in guesses]
    used = {guess.item.column for guess in guesses}
    dates = [item for item in items if item.profile.kind in ("date", "datetime") and item.column not in used]
    reason = "the one date of the form"
    return [*guesses, Guess(dates[0], "DSSTDTC", 0.6, reason)] if len(dates) == 1 else guesses


def find_milestone(title: str) -> str:
    """The milestone that a form is of by its label and name; "" for none.

    >>> find_milestone("Informed Consent ic"), find_milestone("Randomisation"), find_milestone("End of Study")
    ('INFORMED CONSENT OBTAINED', 'RANDOMIZED', '')
    """
    said = set(words(title))
    if said & {"consent", "icf", "ic"}:
        return CONSENT
    return "RANDOMIZED" if any(word.startswith("randomi") or word == "rand" for word in said) else ""


def _decode_term(guesses: Sequence[Guess], when: str, known: Knowledge) -> Line:
    """DSDECOD from the reported terms, where most of them are terms of the codelist; else it is to do."""
    term = next((guess for guess in guesses if guess.target == "DSTERM"), None)
    codelist = known.codelist("DS", "DSDECOD")
    if term is not None and codelist is not None and match_codes(term.item.profile, codelist).share >= 0.6:
        reason = f"the terms that {term.item.column} reports"
        line, _ = make_entry(replace(term, target="DSDECOD", score=0.6, reason=reason), "DS", known)
        return line
    reason = "DSDECOD (Standardized Disposition Term) was not collected on this form"
    cases = {"cases": [{"when": when, "constant": "COMPLETED"}]} if when else {"constant": ""}
    return Line("DSDECOD", cases, 0.0, reason, True)


def _complete_term(line: Line, decode: Item, when: str) -> Line:
    """The reported term, and where nobody wrote more COMPLETED (`when` that is so), or the words of the reason."""
    guess_column = next(iter(line.entry.values()))
    column = guess_column.get("source", "") if isinstance(guess_column, dict) else guess_column
    if "copy" not in line.entry or not column:
        return line
    words_ = make_plain_entry(decode, (decode.column, *decode.beside))
    plain = {"copy": {"source": words_["copy"], "case": "upper"}} if isinstance(words_.get("copy"), str) else words_
    completed = [{"when": when, "constant": "COMPLETED"}] if when else []
    entry = {"cases": [{"when": f'{raw(column)} != ""', **line.entry}, *completed, plain]}
    return Line(line.name, entry, line.score, f"{line.reason}; else the words of {decode.column}", line.to_do)


def _asks_completion(item: Item) -> bool:
    """Whether a question is whether the subject completed the study or treatment."""
    said = {*words(item.label), *words(item.name)}
    asked = bool(said & {"completed", "complete", "compl", "complyn"}) or item.name.upper().endswith("YN")
    return asked and len(item.profile.values) <= 4
