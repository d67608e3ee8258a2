"""Drafts of events and interventions: a record per row of the form that has a topic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from cdisc_conv.draft.datasets.disposition import complete_disposition, date_disposition, find_milestone
from cdisc_conv.draft.datasets.entries import make_entry, make_flag_condition, make_ongoing, raw
from cdisc_conv.draft.datasets.leftovers import add_qualifiers, note_beside
from cdisc_conv.draft.datasets.seriousness import CRITERIA, add_criteria
from cdisc_conv.draft.matching.codes import no_codes
from cdisc_conv.draft.matching.columns import Guess, Item, Knowledge, guess_columns
from cdisc_conv.draft.matching.forms import Placed
from cdisc_conv.draft.matching.targets import ANY, END_TIME, ONGOING, START_TIME, TIME
from cdisc_conv.draft.matching.tests_of import find_unit
from cdisc_conv.draft.model import BlockDraft, DatasetDraft, Draft, Fate, Line
from cdisc_conv.draft.reading.profiles import Profile, describe_date

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
    repeats: tuple[str, ...] = ()
    """Columns with numbers that tell repeats apart."""
    event_date: Profile | None = None
    """The column with the date of the visit."""


def draft_records(page: Page, draft: Draft, known: Knowledge, items: Sequence[Item] | None = None) -> None:
    """A block of an events or interventions dataset from one form, with qualifiers for what is left."""
    domain = page.placed.domain
    items = list(page.items if items is None else items)
    guesses = guess_columns(items, domain, known, page.placed.prefixes)
    guesses = date_disposition(guesses, items) if domain == "DS" else guesses
    topic = f"{domain[:2]}{TOPICS[known.dataset(domain).class_name]}"
    if topic.endswith("TERM") and domain != "DS" and topic not in {guess.target for guess in guesses}:
        guesses = _add_topic(guesses, items, topic)
    block = BlockDraft(page.form, score=page.placed.score, reason=page.placed.reason)
    done = fill_block(block, guesses, domain, known, draft)
    if domain == "AE":
        done |= add_criteria(block, [item for item in items if item.column not in done], known, draft)
        _ask_for_criteria(block)
    left = [item for item in items if item.column not in done]
    block.where = _find_condition(guesses, topic)
    dataset = draft.block(domain, block)
    block.lines += _add_unit(guesses, block.names(), domain, known)
    if domain == "DS":
        block.lines += complete_disposition(f"{page.label} {page.form}", block, guesses, items, known)
        block.lines += _date_of_visit(page, block.names(), "DSSTDTC")
    occurred, asked = f"{domain[:2]}OCCUR", f"{domain[:2]}PRESP"
    if occurred in block.names() and asked not in block.names() and known.variable(domain, asked) is not None:
        entry = {"when": f'{occurred} != ""', "constant": "Y"}
        block.lines.append(Line(asked, entry, 0.8, f"{occurred} says that the form asks for it"))
    if topic not in block.names():
        block.lines.append(_name_topic(topic, page))
    block.lines += _complete_coding(block.names()) if domain == "AE" else []
    if page.repeats and domain not in _UNNUMBERED and f"{domain}SPID" not in block.names():
        block.lines.append(number_rows(page, domain))
    _explain_occurrence(block, domain, known)
    block.lines += _state_not_done(block.names(), domain, known)
    add_qualifiers(block, left, dataset, known, draft)


_UNNUMBERED = ("DS", "EX", "EC", "SV")
"""Domains whose forms are of visits, and no lists of numbered lines."""


def number_rows(page: Page, domain: str) -> Line:
    """--SPID from the numbers by which the EDC tells repeated rows apart, and other forms refer to them."""
    listed = ', "-", '.join(raw(column) for column in page.repeats)
    entry: dict[str, Any] = (
        {"copy": f"raw.{page.repeats[0]}"} if len(page.repeats) == 1 else {"expr": f"concat({listed})"}
    )
    return Line(f"{domain}SPID", entry, 0.7, "the numbers of repeats in the EDC")


def has_topic(page: Page, known: Knowledge) -> bool:
    """Whether a column of a form is recognised as its topic, or as the decode of disposition."""
    domain = page.placed.domain
    topic = f"{domain[:2]}{TOPICS[known.dataset(domain).class_name]}"
    targets = {guess.target for guess in guess_columns(page.items, domain, known, page.placed.prefixes)}
    milestone = domain == "DS" and bool(find_milestone(f"{page.label} {page.form}"))
    return bool(targets & {topic, "DSDECOD"}) or milestone


def _date_of_visit(page: Page, names: set[str], target: str) -> list[Line]:
    """The date of the visit for a variable that the form has no date for."""
    profile = page.event_date
    if target in names or profile is None:
        return []
    said = describe_date(profile.name, profile.formats)
    return [Line(target, {"datetime": said}, 0.6, "the date of the visit, as the form has none of its own")]


def fill_block(block: BlockDraft, guesses: Sequence[Guess], domain: str, known: Knowledge, draft: Draft) -> set[str]:
    """The lines of recognised columns; the columns that are done with. What is left of a column goes to SUPP--."""
    done: set[str] = set()
    times = {_TIMES[guess.target]: guess for guess in guesses if guess.target in _TIMES}
    targets = {guess.target.removeprefix(domain[:2]) for guess in guesses}
    if "DTC" in times and "DTC" not in targets and "STDTC" in targets and "STDTC" not in times:
        times["STDTC"] = times.pop("DTC")
    for guess in guesses:
        lines, left = _make_lines(guess, domain, known)
        for line in lines:
            bare = line.name.removeprefix(domain[:2])
            if bare in times and "datetime" in line.entry:
                line = _add_time(line, times[bare])
                done.add(times[bare].item.column)
                note_used(times[bare], f"{domain}.{line.name}", draft)
            block.lines.append(line)
        if lines:
            note_used(guess, f"{domain}.{lines[0].name}", draft)
        if left:
            draft.partly.add((guess.item.form, guess.item.column))
        elif lines:
            done.add(guess.item.column)
    return done


def note_used(guess: Guess, target: str, draft: Draft) -> None:
    """A column that fills a variable of the standard, and the column of its words."""
    draft.note(guess.item.profile, Fate.STANDARD, target, guess.score, guess.reason)
    note_beside(guess.item, draft, target, Fate.STANDARD)


def _make_lines(guess: Guess, domain: str, known: Knowledge) -> tuple[list[Line], tuple[str, ...]]:
    if guess.target == ONGOING:
        return make_ongoing(guess, domain, known), ()
    if guess.target in _TIMES or guess.target.startswith("@"):
        return [], ()
    line, left = make_entry(guess, domain, known)
    return [line], left


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


def _ask_for_criteria(block: BlockDraft) -> None:
    """A serious event has a criterion; where the form asks for none, that is to do."""
    if block.names() & set(CRITERIA):
        return
    for place, line in enumerate(block.lines):
        if line.name == "AESER":
            reason = f"{line.reason}; no criterion of seriousness (AESDTH, AESHOSP ...) was collected"
            block.lines[place] = replace(line, reason=reason, to_do=True)


def _add_unit(guesses: Sequence[Guess], names: set[str], domain: str, known: Knowledge) -> list[Line]:
    """The unit of a dose, where the label of the dose names it."""
    dose, unit = f"{domain[:2]}DOSE", f"{domain[:2]}DOSU"
    guess = next((one for one in guesses if one.target == dose), None)
    codelist = known.codelist(domain, unit)
    if guess is None or unit in names or codelist is None or known.variable(domain, unit) is None:
        return []
    label, name = find_unit(guess.item.label), guess.item.name.rpartition("_")[2]
    said = next((one for one in (guess.item.profile.unit, label, name) if one and codelist.find(one)), "")
    term = codelist.find(said) if said else None
    if term is None:
        return [Line(unit, {"constant": ""}, 0.0, f"{unit} was not collected beside {dose}", True)]
    reason = f"the {'name' if said == name else 'label'} of {guess.item.column} says {said}"
    return [Line(unit, {"when": f"{dose} >= 0", "constant": term.value}, 0.8, reason)]


def _complete_coding(names: set[str]) -> list[Line]:
    """The body system of coded events: their primary system organ class, unless the sponsor analyses another one."""
    pairs = (("AEBODSYS", "AESOC"), ("AEBDSYCD", "AESOCCD"))
    reason = "the primary system organ class; name another one where the analysis uses it"
    return [
        Line(body, {"copy": primary}, 0.7, reason) for body, primary in pairs if primary in names and body not in names
    ]


def _explain_occurrence(block: BlockDraft, domain: str, known: Knowledge) -> None:
    """A reason beside --OCCUR says why something did not occur, which is --REASOC where the domain has it."""
    reason, occurred = f"{domain[:2]}REASND", f"{domain[:2]}REASOC"
    if f"{domain[:2]}OCCUR" in block.names() and known.variable(domain, occurred) is not None:
        block.lines[:] = [replace(line, name=occurred) if line.name == reason else line for line in block.lines]


def _state_not_done(names: set[str], domain: str, known: Knowledge) -> list[Line]:
    """--STAT of records for which only a reason says that they were not done."""
    reason, state = f"{domain[:2]}REASND", f"{domain[:2]}STAT"
    asked = f"{domain[:2]}OCCUR" in names  # what did not occur is no question that was left out
    if reason not in names or state in names or asked or known.variable(domain, state) is None:
        return []
    return [Line(state, {"when": f'{reason} != ""', "constant": "NOT DONE"}, 0.7, "a reason why it was not done")]


_NO_TREATMENT = frozenset(
    (
        *("study", "drug", "treatment", "administration", "administrations", "dosing", "dose", "doses", "exposure"),
        *("infusion", "infusions", "medication", "form", "log", "record", "records", "investigational", "product"),
        *("ip", "imp", "as", "collected", "intake", "injection", "injections", "of", "the", "and", "agent", "trial"),
    )
)
"""Words of labels of exposure that name no treatment."""


def _name_topic(topic: str, page: Page) -> Line:
    """A form without a topic column: its label is what all of its records are about."""
    said = re.findall(r"[A-Za-z][A-Za-z0-9-]*", page.label or page.form)
    telling = [word for word in said if word.lower() not in _NO_TREATMENT and word.upper() != page.placed.domain]
    if topic in ("EXTRT", "ECTRT") and 0 < len(telling) <= 3:
        reason = f"the label of the form is '{page.label}': the drug that it names"
        return Line(topic, {"constant": " ".join(telling).upper()}, 0.5, reason)
    reason = f"{topic} was not collected: name what form {page.form} is about"
    return Line(topic, {"constant": ""}, 0.0, reason, True)


def _find_condition(guesses: Sequence[Guess], topic: str) -> str:
    """The rows that have something to report: those with a topic, where some have none."""
    by_target = {guess.target: guess.item for guess in guesses}
    gate = by_target.get(ANY)
    found = []
    item = by_target.get("DSDECOD", by_target.get(topic)) if topic == "DSTERM" else by_target.get(topic)
    if item is not None and item.profile.filled < item.profile.rows:
        found.append(f'{raw(item.column)} != ""')
        if gate is not None and (codes := no_codes(gate.profile)):
            found.append(f"not ({make_flag_condition(gate.column, codes)})")
    return " and ".join(found)


def add_emergence(dataset: DatasetDraft) -> None:
    """The flag of events that began under treatment."""
    entry = {"treatment_emergent": "AESTDTC", "label": "Treatment Emergent Flag", "evaluator": "CLINICAL STUDY SPONSOR"}
    for block in dataset.blocks:
        if "AESTDTC" in block.names() and not any(line.name == "AETRTEM" for line in block.supplemental):
            reason = "from the first dose on; the protocol may define it otherwise"
            block.supplemental.append(Line("AETRTEM", entry, 0.6, reason))


def add_epoch(dataset: DatasetDraft, known: Knowledge) -> None:
    """EPOCH of the date of a record, from SE."""
    prefix = dataset.name[:2]
    every = [block.names() | {line.name for line in dataset.lines} for block in dataset.blocks]
    date = next((f"{prefix}{end}" for end in ("STDTC", "DTC") if any(f"{prefix}{end}" in one for one in every)), "")
    there = any("EPOCH" in names for names in every)
    if date and not there and dataset.name not in ("DM", "SE") and known.variable(dataset.name, "EPOCH") is not None:
        dataset.lines.append(Line("EPOCH", {"epoch": date}, 0.7, f"the epoch of {date}, from SE"))


def finish_dataset(dataset: DatasetDraft, known: Knowledge, day_one: bool, epochs: bool = False) -> None:
    """What holds for all records: study days, epochs, and a blank for what the standard asks for and lacks."""
    prefix, standard = dataset.name[:2], known.dataset(dataset.name)
    if epochs:
        add_epoch(dataset, known)
    every = [block.names() for block in dataset.blocks]
    shared = {line.name for line in dataset.lines}
    for date, day in (("STDTC", "STDY"), ("ENDTC", "ENDY"), ("DTC", "DY")):
        name = f"{prefix}{day}"
        there = any(f"{prefix}{date}" in names for names in every) or f"{prefix}{date}" in shared
        if day_one and there and known.variable(dataset.name, name) is not None and name not in shared:
            reason = f"the day of {prefix}{date} counted from DM.RFSTDTC"
            dataset.lines.append(Line(name, {"study_day": f"{prefix}{date}"}, 0.95, reason))
    shared = {line.name for line in dataset.lines}
    seen = set.union(shared, *every)
    for variable in standard.variables:
        name = variable.name
        if name in ("STUDYID", "DOMAIN", "USUBJID", f"{prefix}SEQ") or variable.core == "Perm" or name in seen:
            continue
        if (
            name == f"{prefix}LOBXFL"
            and day_one
            and all({f"{prefix}DTC", f"{prefix}TESTCD"} <= names for names in every)
        ):
            linked = [one for one in (f"{prefix}EVALID", f"{prefix}LNKID") if one in seen]
            entry = {"last_before": {"date": f"{prefix}DTC", "by": [*linked, f"{prefix}TESTCD"]}}
            dataset.lines.append(Line(name, entry, 0.8, "the last result before the first dose"))
            continue
        reason = f"{name} ({variable.label}) was not collected"
        to_do = variable.core == "Req" or name == "ARMNRS"
        if name == "ARMNRS":
            reason = "no arm was collected: give the arms from randomisation, or the reason why there is none"
        dataset.lines.append(Line(name, {"constant": ""}, 0.0, reason, to_do))
    mapped = seen | {line.name for line in dataset.lines}
    wanted = [key for key in standard.keys if key in mapped or key in ("STUDYID", "USUBJID")]
    wanted += [f"{prefix}SPID"] if all(f"{prefix}SPID" in names for names in every) else []
    if tuple(wanted) != standard.keys:
        dataset.keys = tuple(wanted)
