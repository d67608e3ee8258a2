"""Drafts of events and interventions: a record per row of the form that has a topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cdisc_conv.draft.codes import no_codes
from cdisc_conv.draft.columns import Guess, Item, Knowledge, guess_columns
from cdisc_conv.draft.entries import make_entry, make_flag_condition, make_ongoing, raw
from cdisc_conv.draft.forms import Placed
from cdisc_conv.draft.leftovers import add_qualifiers, note_beside
from cdisc_conv.draft.model import BlockDraft, DatasetDraft, Draft, Fate, Line
from cdisc_conv.draft.targets import ANY, DEATH, END_TIME, ONGOING, PERFORMED, PRIOR, START_TIME, TIME

TOPICS = {"EVENTS": "TERM", "INTERVENTIONS": "TRT", "FINDINGS": "TESTCD"}
_TIMES = {START_TIME: "STDTC", END_TIME: "ENDTC", TIME: "DTC"}


@dataclass(frozen=True, slots=True)
class Page:
    """One form to draft from: its items, its rows, and where it belongs."""

    form: str
    label: str
    rows: int
    items: tuple[Item, ...]
    placed: Placed
    event: str = ""
    """The column that names the visit."""
    event_date: str = ""
    repeats: tuple[str, ...] = ()
    number: str = ""
    """The column that numbers the visit, if any."""


def draft_records(page: Page, draft: Draft, known: Knowledge, items: Sequence[Item] | None = None) -> None:
    """A block of an events or interventions dataset from one form, with qualifiers for what is left."""
    domain = page.placed.domain
    items = list(page.items if items is None else items)
    guesses = guess_columns(items, domain, known, page.placed.prefixes)
    topic = f"{domain[:2]}{TOPICS[known.standard.dataset(domain).class_name]}"
    if topic not in {guess.target for guess in guesses}:
        guesses = _add_topic(guesses, items, topic)
    block = BlockDraft(page.form, score=page.placed.score, reason=page.placed.reason)
    done = fill_block(block, guesses, domain, known, draft)
    left = [item for item in items if item.column not in done]
    block.where = _find_condition(guesses, topic)
    dataset = draft.block(domain, block)
    if topic not in block.names():
        block.lines.append(_name_topic(topic, page))
    taken = taken_names(dataset)
    add_qualifiers(block, left, domain, known, draft, taken)


def taken_names(dataset: DatasetDraft) -> set[str]:
    """The names that qualifiers of other blocks do not have yet; the same column may share a name."""
    return {line.name for line in dataset.all_lines()}


def fill_block(block: BlockDraft, guesses: Sequence[Guess], domain: str, known: Knowledge, draft: Draft) -> set[str]:
    """The lines of recognised columns; the columns that are done with. What is left of a column goes to SUPP--."""
    done: set[str] = set()
    times = {_TIMES[guess.target]: guess for guess in guesses if guess.target in _TIMES}
    for guess in guesses:
        line, left = _make_line(guess, domain, known)
        if line is None:
            continue
        bare = line.name.removeprefix(domain[:2])
        if bare in times and "datetime" in line.entry:
            line = _add_time(line, times[bare])
            done.add(times[bare].item.column)
            note_used(times[bare], f"{domain}.{line.name}", draft)
        block.lines.append(line)
        note_used(guess, f"{domain}.{line.name}", draft)
        if not left:
            done.add(guess.item.column)
    return done


def note_used(guess: Guess, target: str, draft: Draft) -> None:
    """A column that fills a variable of the standard, and the column of its words."""
    draft.note(guess.item.profile, Fate.STANDARD, target, guess.score, guess.reason)
    note_beside(guess.item, draft, target, Fate.STANDARD)


def _make_line(guess: Guess, domain: str, known: Knowledge) -> tuple[Line | None, tuple[str, ...]]:
    if guess.target == ONGOING:
        return make_ongoing(guess, domain, known), ()
    if guess.target in _TIMES or guess.target.startswith("@"):
        return None, ()
    return make_entry(guess, domain, known)


def _add_time(line: Line, time: Guess) -> Line:
    said: Any = line.entry["datetime"]
    said = {"date": said} if isinstance(said, str) else dict(said)
    formats = said.pop("formats", None)
    more = {"formats": [*formats, "HH:MM", "HH:MM:SS"]} if formats else {}
    entry = {"datetime": {**said, "time": time.item.column, **more}}
    return Line(line.name, entry, min(line.score, time.score), f"{line.reason}; time: {time.reason}", line.to_do)


def _add_topic(guesses: list[Guess], items: Sequence[Item], topic: str) -> list[Guess]:
    """The longest free text of a form without a recognised topic stands in for it."""
    used = {guess.item.column for guess in guesses}
    texts = [
        item
        for item in items
        if item.column not in used and item.profile.kind == "text" and not item.profile.codes and item.profile.filled
    ]
    best = max(texts, key=lambda item: (item.profile.distinct, item.profile.filled), default=None)
    if best is None or best.profile.distinct < 2:
        return guesses
    reason = "no column is recognised as the topic; this is the free text with the most different values"
    return [*guesses, Guess(best, topic, 0.4, reason)]


def _name_topic(topic: str, page: Page) -> Line:
    """A form without a topic column: its label is what all of its records are about."""
    reason = f"{topic} was not collected: name what form {page.form} is about"
    return Line(topic, {"constant": ""}, 0.0, reason, True)


def _find_condition(guesses: Sequence[Guess], topic: str) -> str:
    """The rows that have something to report: those with a topic, where some have none."""
    by_target = {guess.target: guess.item for guess in guesses}
    gate = by_target.get(ANY)
    found = []
    item = by_target.get(topic)
    if item is not None and item.profile.filled < item.profile.rows:
        found.append(f'{raw(item.column)} != ""')
        if gate is not None and (codes := no_codes(gate.profile)):
            found.append(f"not ({make_flag_condition(gate.column, codes)})")
    return " and ".join(found)


def finish_dataset(dataset: DatasetDraft, known: Knowledge, day_one: bool) -> None:
    """What holds for all records: study days, and a blank for what the standard asks for and nobody collected."""
    prefix, standard = dataset.name[:2], known.standard.datasets.get(dataset.name)
    every = [block.names() for block in dataset.blocks]
    shared = {line.name for line in dataset.lines}
    for date, day in (("STDTC", "STDY"), ("ENDTC", "ENDY"), ("DTC", "DY")):
        name = f"{prefix}{day}"
        there = any(f"{prefix}{date}" in names for names in every) or f"{prefix}{date}" in shared
        if day_one and there and known.variable(dataset.name, name) is not None and name not in shared:
            reason = f"the day of {prefix}{date} counted from DM.RFSTDTC"
            dataset.lines.append(Line(name, {"study_day": f"{prefix}{date}"}, 0.95, reason))
    if standard is None:
        return
    shared = {line.name for line in dataset.lines}
    seen = set.union(shared, *every)
    for variable in standard.variables:
        name = variable.name
        if name in ("STUDYID", "DOMAIN", "USUBJID", f"{prefix}SEQ") or variable.core == "Perm" or name in seen:
            continue
        reason = f"{name} ({variable.label}) was not collected"
        dataset.lines.append(Line(name, {"constant": ""}, 0.0, reason, variable.core == "Req"))
    mapped = seen | {line.name for line in dataset.lines}
    wanted = [key for key in standard.keys if key in mapped or key in ("STUDYID", "USUBJID")]
    if tuple(wanted) != standard.keys:
        dataset.keys = tuple(wanted)


def unused_flags(guesses: Sequence[Guess]) -> list[Guess]:
    """Recognised flags that no line is made of: they stay questions of their own."""
    return [guess for guess in guesses if guess.target in (ANY, PERFORMED, PRIOR, DEATH)]
