"""Drafts of findings: a record per test of each row, also in domains of the study's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from cdisc_conv.draft.datasets.entries import MOST_TEXT, make_flag_condition, make_label, raw, shared_of
from cdisc_conv.draft.datasets.leftovers import add_qualifiers, note_beside
from cdisc_conv.draft.datasets.records import Page, fill_block, note_used
from cdisc_conv.draft.matching.codes import find_term, no_codes
from cdisc_conv.draft.matching.columns import Guess, Item, Knowledge, guess_columns
from cdisc_conv.draft.matching.targets import ANY, PERFORMED, TIME
from cdisc_conv.draft.matching.tests_of import MEASURED, Test, find_tests, make_own_test, name_apart
from cdisc_conv.draft.model import BlockDraft, DatasetDraft, Draft, Fate, Line
from cdisc_conv.draft.reading.profiles import is_number
from cdisc_conv.standards import CodelistTerms
from cdisc_conv.standards.unit_names import index_units, read_unit

STANDARD = (*MEASURED, "PE")
"""Findings domains that forms are unpivoted into; those of other forms become domains of the study's own."""
_NAMES = {
    "--ORRES": "RESULT",
    "--ORRESU": "UNIT",
    "--ORNRLO": "LOW",
    "--ORNRHI": "HIGH",
    "--REASND": "REASON",
    "--POS": "POSITION",
    "--LOC": "PLACE",
    "--LAT": "SIDE",
    "--METHOD": "METHOD",
    "--SPEC": "SPECIMEN",
    "--NRIND": "INDICATOR",
    "--STAT": "STATUS",
}
"""What ``for_each`` calls the columns of a test."""
_UNITS = {
    **{(test, text): "mmHg" for test in ("SYSBP", "DIABP") for text in ("mm", "hg", "mm hg", "mmhg")},
    **{(test, text): "beats/min" for test in ("PULSE", "HR") for text in ("per min", "/min", "bpm", "per minute")},
    **{("RESP", text): "breaths/min" for text in ("per min", "/min", "per minute")},
}
"""What forms call the unit of a test that has only one."""
_LABELS = {"CLSIG": "Clinically Significant", "ORNR": "Reference Range as Collected", "RANGE": "Comparator of Result"}


def draft_findings(page: Page, frame: pd.DataFrame, draft: Draft, known: Knowledge) -> None:
    """Blocks of a findings dataset from one form: one per kind of result, and one for what was not done."""
    domain = page.placed.domain
    tests, left = find_tests(page.items, domain, known, every=True)
    guesses = [guess for guess in guess_columns(left, domain, known) if _is_of_form(guess, domain)]
    used = {guess.item.column for guess in guesses}
    questions = [item for item in left if item.column not in used]
    if domain not in MEASURED or not tests:
        shared = shared_of(page.items)
        tests = name_apart([*tests, *(make_own_test(item, shared) for item in questions if _is_answer(item))])
        answered = {test.result.column for test in tests}
        questions = [item for item in questions if item.column not in answered]
    dataset = draft.datasets.setdefault(domain, DatasetDraft(domain))
    add_tests(page, frame, tests, guesses, questions, dataset, draft, known)


def draft_own(page: Page, frame: pd.DataFrame, name: str, draft: Draft, known: Knowledge) -> None:
    """A domain of the study's own from a form that belongs to none: each of its questions is a test."""
    dataset = draft.datasets.setdefault(name, DatasetDraft(name, class_name="FINDINGS"))
    dataset.label = dataset.label or (make_label(Item("", "", page.form, page.label, None)) or page.form)  # type: ignore[arg-type]
    own = draft.sponsor_terms.setdefault(known.terminology.codelist("DOMAIN").short_name, [])
    own += [name] if name not in own else []
    shared = shared_of(page.items)
    tests = name_apart([make_own_test(item, shared) for item in page.items])
    add_tests(page, frame, tests, [], [], dataset, draft, known)
    if page.repeats:
        _number_repeats(page, dataset)


def _number_repeats(page: Page, dataset: DatasetDraft) -> None:
    """--SPID from the numbers that tell repeated rows apart, so that records have a key."""
    listed = ', "-", '.join(raw(column) for column in page.repeats)
    entry: dict[str, Any] = {"copy": page.repeats[0]} if len(page.repeats) == 1 else {"expr": f"concat({listed})"}
    name = f"{dataset.name}SPID"
    for block in dataset.blocks:
        block.lines.append(Line(name, entry, 0.7, "the numbers of repeats in the EDC"))


def _is_of_form(guess: Guess, domain: str) -> bool:
    """Whether a column says something of all tests of a row: a date, a time, the state, and not a result."""
    bare = guess.target.removeprefix(domain[:2])
    return bare not in ("TESTCD", "TEST", "ORRES", "ORRESU", "STRESC", "STRESN", "STRESU", "CAT", "SCAT", "DECOD")


def _is_answer(item: Item) -> bool:
    profile = item.profile
    return profile.filled > 0 or bool(profile.codes)


def add_tests(
    page: Page,
    frame: pd.DataFrame,
    tests: Sequence[Test],
    guesses: Sequence[Guess],
    questions: Sequence[Item],
    dataset: DatasetDraft,
    draft: Draft,
    known: Knowledge,
) -> None:
    """The blocks of one form. `guesses` are columns that hold for all tests, `questions` become qualifiers."""
    domain = dataset.name
    groups: dict[tuple[Any, ...], list[Test]] = {}
    for test in tests:
        groups.setdefault(_kind(test), []).append(test)
    gate = next((guess for guess in guesses if guess.target in (PERFORMED, ANY)), None)
    plain = [guess for guess in guesses if guess is not gate]
    for number, group in enumerate(groups.values()):
        block = BlockDraft(page.form, score=page.placed.score, reason=page.placed.reason)
        block.where = " or ".join(f'{name} != ""' for name in ("RESULT", "REASON") if _has(group, name))
        block.for_each = [_make_entry(test, group, known, frame, domain, draft) for test in group]
        for line in _result_lines(group, domain, known, draft):
            if line.name.startswith("+"):
                block.supplemental.append(replace(line, name=line.name[1:]))
            else:
                block.lines.append(line)
        of_row = plain if gate is None else [one for one in plain if not one.target.endswith("REASND")]
        fill_block(block, of_row, domain, known, draft)
        if number == 0:
            add_qualifiers(block, questions, dataset, known, draft)
        dataset.blocks.append(block)
    undone = _not_done(page, gate, plain, dataset, known, draft) if gate is not None else None
    if undone is not None:
        dataset.blocks.append(undone)


def _kind(test: Test) -> tuple[Any, ...]:
    """What results of one block have in common: numbers, or the same codes."""
    item = test.result
    if item.profile.longest > MOST_TEXT:
        return ("long",)
    if item.beside or not item.profile.codes:
        return ("words",) if item.beside or not item.profile.numeric else ("numbers",)
    return ("codes", *sorted(item.profile.codes.items()))


def _has(tests: Sequence[Test], name: str) -> bool:
    return any(_NAMES.get(part, part) == name for test in tests for part in test.columns)


def _column(item: Item) -> str:
    """The column to read for words: that of the words of a code where there is one."""
    return item.beside[0] if item.beside else item.column


def _make_entry(
    test: Test, group: Sequence[Test], known: Knowledge, frame: pd.DataFrame, domain: str, draft: Draft
) -> Mapping[str, Any]:
    """One line of ``for_each``."""
    prefix = domain[:2]
    if test.name in frame:  # a text that is a column's name would be taken for the column
        test.name = test.name.capitalize()
    entry: dict[str, Any] = {f"{prefix}TESTCD": test.code, f"{prefix}TEST": test.name}
    for part, item in test.columns.items():
        name = _NAMES.get(part, part.removeprefix("--"))
        entry[name] = f"raw.{_column(item)}"
        fate = Fate.OWN if known.is_own(domain) else Fate.STANDARD
        target = part.replace("--", prefix) if part in _NAMES else f"SUPP{domain}.{name}"
        fate = fate if part in _NAMES else Fate.SUPPLEMENTAL
        draft.note(item.profile, fate, f"{domain}.{target}" if part in _NAMES else target, test.score, test.reason)
        note_beside(item, draft, f"{domain}.{target}", fate)
    if "UNIT" not in entry and test.unit:
        entry["UNIT"] = _UNITS.get((test.code, test.unit.casefold()), test.unit)
    for other in group:
        for part in other.columns:
            entry.setdefault(_NAMES.get(part, part.removeprefix("--")), "")
    if any(one.unit or "--ORRESU" in one.columns for one in group):
        entry.setdefault("UNIT", "")
    entry["#"] = f"# draft {test.score:.2f}: {test.reason}"
    return entry


def _result_lines(group: Sequence[Test], domain: str, known: Knowledge, draft: Draft) -> list[Line]:
    prefix = domain[:2]
    lines = [_result_line(group, prefix)]
    _name_own_terms(group, domain, known, draft)
    units = any(test.unit or "--ORRESU" in test.columns for test in group)
    if units:
        lines.append(_unit_line(group, domain, known))
    numbers = _kind(group[0])[0] == "numbers"
    lines += _standard_lines(prefix, group, numbers, units)
    for part, name in _NAMES.items():
        bare = part.removeprefix("--")
        if name in ("RESULT", "UNIT") or not _has(group, name):
            continue
        lines.append(_attribute_line(group, part, name, f"{prefix}{bare}", domain, known))
    if _has(group, "REASON") and not _has(group, "STATUS"):
        when = 'RESULT == "" and REASON != ""'
        lines.append(Line(f"{prefix}STAT", {"when": when, "constant": "NOT DONE"}, 0.8, "a reason and no result"))
    extra = dict.fromkeys(part for test in group for part in test.columns if part not in _NAMES)
    for part in extra:
        name = part.removeprefix("--")
        draft_line = {"copy": name, "label": _LABELS.get(name, name.capitalize())}
        lines.append(Line(f"+{name}", draft_line, 0.6, "what the form says beside each result"))
    return lines


def _name_own_terms(group: Sequence[Test], domain: str, known: Knowledge, draft: Draft) -> None:
    """Tests of the study's own are terms that study.yaml adds to the codelists."""
    for variable, terms in (("TESTCD", [one.code for one in group]), ("TEST", [one.name for one in group])):
        codelist = known.codelist(domain, f"{domain[:2]}{variable}") if not known.is_own(domain) else None
        own = [
            term for term, one in zip(terms, group, strict=True) if codelist and one.own and term not in codelist.values
        ]
        if codelist is not None and own:
            listed = draft.sponsor_terms.setdefault(known.extended_codelist(domain, f"{domain[:2]}{variable}"), [])
            listed += [term for term in own if term not in listed]


def _result_line(group: Sequence[Test], prefix: str) -> Line:
    item = group[0].result
    reason = "the results as they were collected"
    if not item.beside and item.profile.codes:
        return Line(f"{prefix}ORRES", {"map": {"value": "RESULT", "values": dict(item.profile.codes)}}, 0.9, reason)
    if _kind(group[0])[0] == "long":
        return Line(f"{prefix}ORRES", {"split": "RESULT"}, 0.8, f"{reason}; some are longer than {MOST_TEXT} bytes")
    return Line(f"{prefix}ORRES", {"copy": "RESULT"}, 0.9, reason)


def make_number(name: str, tests: Sequence[Test]) -> str:
    """The expression of a result as a number; decimal commas become points."""
    comma = any("," in value for test in tests for value in test.result.profile.values)
    return f'number(replace({name}, ",", "."))' if comma else f"number({name})"


def _standard_lines(prefix: str, group: Sequence[Test], numbers: bool, units: bool) -> list[Line]:
    """Standard results: the units that were collected stand for themselves."""
    if not numbers:
        entry = {"copy": {"source": f"{prefix}ORRES", "case": "upper"}}
        lines = [Line(f"{prefix}STRESC", entry, 0.7, "the result in capitals")]
        if any(is_number(value) for test in group for value in test.result.profile.values):
            number = {"expr": make_number(f"{prefix}ORRES", group)}
            lines.append(Line(f"{prefix}STRESN", number, 0.7, "the result where it is a number"))
        return lines
    reason = "as collected; choose a standard unit per test where units differ" if units else "no unit was collected"
    lines = [
        Line(f"{prefix}STRESC", {"copy": f"{prefix}ORRES"}, 0.7, reason),
        Line(f"{prefix}STRESN", {"expr": make_number(f"{prefix}ORRES", group)}, 0.7, "the result as a number"),
    ]
    if units:
        unit = {"when": f"not missing({prefix}STRESN)", "copy": f"{prefix}ORRESU"}
        lines.append(Line(f"{prefix}STRESU", unit, 0.6, reason))
    return lines


def _unit_line(group: Sequence[Test], domain: str, known: Knowledge) -> Line:
    prefix = domain[:2]
    codelist = known.codelist(domain, f"{prefix}ORRESU")
    said: set[str] = {
        _UNITS.get((test.code, test.unit.casefold()), test.unit)
        for test in group
        if "--ORRESU" not in test.columns and test.unit
    }
    for test in group:
        item = test.columns.get("--ORRESU")
        if item is not None:
            said |= {item.profile.word_of(value) for value in item.profile.values}
            said |= set(item.profile.codes.values())
    if codelist is None:
        return Line(f"{prefix}ORRESU", {"copy": "UNIT"}, 0.8, "the units as they were collected")
    return _term_line(f"{prefix}ORRESU", "UNIT", sorted(said), codelist, "the units of the form")


def _term_line(target: str, name: str, said: Sequence[str], codelist: CodelistTerms, reason: str) -> Line:
    made: dict[str, str] = {}
    own: list[str] = []
    unsure: list[str] = []
    for text in said:
        term, sure = _find_unit_term(text, codelist) if codelist.short_name == "UNIT" else find_term(text, codelist)
        if term is None:
            term_ = _find_unit_term(text, codelist)[0]
            if term_ is not None:
                made[text] = term_.value
            elif codelist.extensible:
                own.append(text)
            else:
                made[text] = ""
                unsure.append(f"'{text}' means no term")
            continue
        direct = codelist.match(text).term
        if direct is None or direct.value != term.value:
            made[text] = term.value
        if not sure:
            unsure.append(f"'{text}' is {term.value}")
    entry: dict[str, Any] = {"value": name}
    if made:
        entry["map"] = made
    if own:
        entry["extend"] = own
        unsure.append(f"terms of the study's own: {', '.join(own)}")
    why = "; ".join([reason, *unsure])
    return Line(target, {"term": entry if len(entry) > 1 else name}, 0.6 if unsure else 0.85, why)


@cache
def _index(codelist: CodelistTerms) -> Mapping[str, tuple[str, ...]]:
    return index_units(term.value for term in codelist.terms)


def _find_unit_term(text: str, codelist: CodelistTerms) -> tuple[Any, bool]:
    """The term of a unit, by its name or by how laboratories spell it."""
    term = codelist.match(text).term
    if term is None:
        found = read_unit(text, _index(codelist))
        term = codelist.term(found[0]) if len(found) == 1 else None
    spelled = {"lb": "LB", "lbs": "LB", "mm hg": "mmHg", "bpm": "beats/min", "inches": "in"}
    if term is None and text.casefold() in spelled:
        term = codelist.term(spelled[text.casefold()])
    return term, True


def _attribute_line(group: Sequence[Test], part: str, name: str, target: str, domain: str, known: Knowledge) -> Line:
    items = [test.columns[part] for test in group if part in test.columns]
    codelist = known.codelist(domain, target) if not known.is_own(domain) else None
    reason = "beside each result"
    if target.endswith("REASND"):
        return Line(target, {"when": 'RESULT == ""', "copy": name}, 0.8, reason)
    if codelist is None:
        return Line(target, {"copy": name}, 0.8, reason)
    said = sorted({item.profile.word_of(value) for item in items for value in item.profile.values})
    return _term_line(target, name, said, codelist, reason)


def _not_done(
    page: Page, gate: Guess, guesses: Sequence[Guess], dataset: DatasetDraft, known: Knowledge, draft: Draft
) -> BlockDraft | None:
    """A record of its own where the form says that nothing was done."""
    domain, prefix = dataset.name, dataset.name[:2]
    codes = no_codes(gate.item.profile)
    note_used(gate, f"{domain}.{prefix}STAT", draft)
    if not codes:
        return None
    block = BlockDraft(page.form, score=gate.score, reason=f"{gate.reason}: rows on which nothing was done")
    block.where = make_flag_condition(gate.item.column, codes)
    code = (
        {"constant": {"value": f"{prefix}ALL", "extend": True}} if domain in MEASURED else {"constant": f"{prefix}ALL"}
    )
    name = known.dataset(domain).label if not known.is_own(domain) else page.label or page.form
    test = {"constant": {"value": name, "extend": True}} if domain in MEASURED else {"constant": name}
    block.lines = [
        Line(f"{prefix}TESTCD", code, 0.8, "all tests of the form"),
        Line(f"{prefix}TEST", test, 0.7, "the form"),
        Line(f"{prefix}STAT", {"constant": "NOT DONE"}, 0.9, gate.reason),
    ]
    fill_block(block, guesses, domain, known, draft)
    return block


def add_measurements(page: Page, frame: pd.DataFrame, draft: Draft, known: Knowledge) -> list[Item]:
    """Vital signs that a form of something else asks for; the items that are left."""
    tests, left = find_tests(page.items, "VS", known, every=False)
    tests = [test for test in tests if test.result.profile.numeric and not test.result.profile.codes]
    if not tests:
        return list(page.items)
    dataset = draft.datasets.setdefault("VS", DatasetDraft("VS"))
    prefixes = (page.placed.domain[:2],) if page.placed.domain else ()
    guesses = [one for one in guess_columns(left, "VS", known, prefixes) if one.target in ("VSDTC", TIME)]
    add_tests(page, frame, tests, guesses, [], dataset, draft, known)
    used = {item.column for test in tests for item in test.columns.values()}
    return [item for item in page.items if item.column not in used]
