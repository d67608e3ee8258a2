"""Drafts of findings: a record per test of each row, also in domains of the study's own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from cdisc_conv.draft.datasets.completed import (
    complete_block,
    date_findings,
    draft_not_done,
    limit_position,
    name_all,
    name_by_form,
)
from cdisc_conv.draft.datasets.entries import MOST_TEXT, make_label, shared_of
from cdisc_conv.draft.datasets.leftovers import add_qualifiers, note_beside
from cdisc_conv.draft.datasets.long_findings import draft_long, find_parts
from cdisc_conv.draft.datasets.records import Page, fill_block, number_rows
from cdisc_conv.draft.datasets.standardized import choose_units, draft_converted, draft_ranges
from cdisc_conv.draft.datasets.units import make_term_line, read_unit_term
from cdisc_conv.draft.matching.codes import find_term, is_no, is_yes, no_codes
from cdisc_conv.draft.matching.columns import Guess, Item, Knowledge, guess_columns
from cdisc_conv.draft.matching.targets import ANY, DEATH, PERFORMED, TIME
from cdisc_conv.draft.matching.tests_of import Test, find_tests, make_own_test, name_apart
from cdisc_conv.draft.matching.vocabulary import INSTRUMENTS
from cdisc_conv.draft.model import BlockDraft, DatasetDraft, Draft, Fate, Line
from cdisc_conv.draft.reading.profiles import describe_date, is_measured, is_number

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
    if parts := find_parts(page):
        draft_long(page, parts, frame, draft, known)
        return
    tests, left = find_tests(page.items, domain, known, every=True)
    guesses = [guess for guess in guess_columns(left, domain, known) if _is_of_form(guess, domain)]
    if not any(guess.target == f"{domain[:2]}DTC" for guess in guesses):
        guesses = [replace(one, target=f"{domain[:2]}DTC") if one.target == DEATH else one for one in guesses]
    guesses = date_findings(guesses, left, domain)
    used = {guess.item.column for guess in guesses}
    questions = [item for item in left if item.column not in used]
    if not tests or known.codelist(domain, f"{domain[:2]}TESTCD") is None:
        shared = shared_of(page.items)
        tests = name_apart([*tests, *(make_own_test(item, shared) for item in questions if _is_answer(item))])
        answered = {test.result.column for test in tests}
        questions = [item for item in questions if item.column not in answered]
    if len(tests) == 1 and tests[0].own:
        tests = [name_by_form(tests[0], page, known)]
    dataset = draft.datasets.setdefault(domain, DatasetDraft(domain))
    add_tests(page, frame, tests, guesses, questions, dataset, draft, known)


def draft_own(page: Page, frame: pd.DataFrame, name: str, draft: Draft, known: Knowledge) -> None:
    """A domain of the study's own from a form that belongs to none: each of its questions is a test."""
    dataset = draft.datasets.setdefault(name, DatasetDraft(name, class_name="FINDINGS"))
    dataset.label = dataset.label or (make_label(Item("", "", page.form, page.label, None)) or page.form)  # type: ignore[arg-type]
    draft.sponsor_terms.setdefault(known.terminology.codelist("DOMAIN").short_name, {})[name] = ""
    shared = shared_of(page.items)
    kept = (f"{name}DTC", f"{name}REASND", TIME, PERFORMED)
    guesses = [one for one in guess_columns(page.items, name, known) if one.target in kept]
    used = {one.item.column for one in guesses}
    questions = [item for item in page.items if item.column not in used]
    if not questions:
        guesses, questions = [], list(page.items)
    tests = name_apart([make_own_test(item, shared) for item in questions])
    add_tests(page, frame, tests, guesses, [], dataset, draft, known)
    if page.repeats:
        for block in dataset.blocks:
            block.lines.append(number_rows(page, name))


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
    aside = [] if gate is not None else [one for one in guesses if one.target.endswith("REASND")]
    if gate is not None and not no_codes(gate.item.profile):
        aside, gate = [gate], None
    aside += [one for one in guesses if one.target.startswith("@") and one.target != TIME and one not in (gate, *aside)]
    guesses = [one for one in guesses if one not in aside]
    questions = [*questions, *(one.item for one in aside)]
    plain = [guess for guess in guesses if guess is not gate]
    for number, group in enumerate(groups.values()):
        block = BlockDraft(page.form, score=page.placed.score, reason=page.placed.reason)
        block.where = " or ".join(f'{name} != ""' for name in ("RESULT", "REASON") if _has(group, name))
        chosen = choose_units(domain, {test.code: _list_units(test, domain, known) for test in group})
        block.for_each = [_make_entry(test, group, known, frame, domain, draft, chosen) for test in group]
        for line in _result_lines(block, group, domain, known, draft):
            if line.name.startswith("+"):
                block.supplemental.append(replace(line, name=line.name[1:]))
            else:
                block.lines.append(line)
        of_row = plain if gate is None else [one for one in plain if not one.target.endswith("REASND")]
        done = fill_block(block, of_row, domain, known, draft)
        if domain == "VS":
            limit_position(block, [test.code for test in group], [test.code for test in tests])
        complete_block(block, page, domain, known)
        if number == 0:
            left = [one.item for one in of_row if one.item.column not in done]
            add_qualifiers(block, [*questions, *left], dataset, known, draft)
        dataset.blocks.append(block)
    named = name_all(page, tests, domain, known)
    undone = draft_not_done(page, gate, plain, named, dataset, known, draft) if gate is not None else None
    if undone is not None:
        dataset.blocks.append(undone)


def _kind(test: Test) -> tuple[Any, ...]:
    """What results of one block have in common: numbers, or the same codes."""
    item = test.result
    if test.code in INSTRUMENTS:
        return ("instrument", test.code)
    if item.profile.longest > MOST_TEXT:
        return ("long",)
    if item.profile.kind in ("date", "datetime"):
        return ("dates", *item.profile.formats)
    if item.beside or not item.profile.codes:
        united = bool(test.unit) or "--ORRESU" in test.columns
        numbers = item.profile.numeric or (united and is_measured(item.profile))
        if numbers and not item.beside:
            return ("numbers", united)
        return ("texts",) if item.profile.kind == "text" and not item.beside and not item.profile.coded else ("words",)
    return ("codes", *sorted(item.profile.codes.items()))


def _has(tests: Sequence[Test], name: str) -> bool:
    return any(_NAMES.get(part, part) == name for test in tests for part in test.columns)


def _column(item: Item) -> str:
    """The column to read for words: that of the words of a code where there is one."""
    return item.beside[0] if item.beside else item.column


def _make_entry(
    test: Test,
    group: Sequence[Test],
    known: Knowledge,
    frame: pd.DataFrame,
    domain: str,
    draft: Draft,
    chosen: Mapping[str, str],
) -> Mapping[str, Any]:
    """One line of ``for_each``."""
    prefix = domain[:2]
    if test.code in INSTRUMENTS and test.result.beside:
        draft.note(test.result.profile, Fate.STANDARD, f"{domain}.{prefix}STRESC", test.score, test.reason)
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
        if _kind(test)[0] == "numbers":
            entry["OWNUNIT"] = chosen.get(test.code, "")
    if any(one.code in INSTRUMENTS and one.result.beside for one in group):
        entry["CODE"] = f"raw.{test.result.column}"
    entry["#"] = f"# draft {test.score:.2f}: {test.reason}"
    return entry


def _result_lines(block: BlockDraft, group: Sequence[Test], domain: str, known: Knowledge, draft: Draft) -> list[Line]:
    prefix = domain[:2]
    lines = [_result_line(group, prefix)]
    _name_own_terms(group, domain, known, draft)
    units = any(test.unit or "--ORRESU" in test.columns for test in group)
    if units:
        lines.append(_unit_line(group, domain, known))
    numbers = _kind(group[0])[0] == "numbers"
    if numbers and units:
        comma = any("," in value for test in group for value in test.result.profile.values)
        converted, block.working = draft_converted(prefix, comma)
        lines += converted
    else:
        lines += _standard_lines(group, domain, numbers, known)
    if numbers:
        limits = [limit for limit, name in (("LO", "LOW"), ("HI", "HIGH")) if _are_limits(group, name)]
        lines += draft_ranges(domain, limits, units, _has(group, "INDICATOR"), known)
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
            name = known.extended_codelist(domain, f"{domain[:2]}{variable}")
            draft.sponsor_terms.setdefault(name, {}).update(dict.fromkeys(own, ""))


def _result_line(group: Sequence[Test], prefix: str) -> Line:
    item = group[0].result
    reason = "the results as they were collected"
    if not item.beside and item.profile.codes:
        return Line(f"{prefix}ORRES", {"map": {"value": "RESULT", "values": dict(item.profile.codes)}}, 0.9, reason)
    kind = _kind(group[0])
    if kind[0] == "dates":
        said = describe_date("RESULT", kind[1:])
        return Line(f"{prefix}ORRES", {"datetime": said}, 0.8, f"{reason}, which are dates")
    if kind[0] == "long":
        return Line(f"{prefix}ORRES", {"split": "RESULT"}, 0.8, f"{reason}; some are longer than {MOST_TEXT} bytes")
    return Line(f"{prefix}ORRES", {"copy": "RESULT"}, 0.9, reason)


def make_number(name: str, tests: Sequence[Test]) -> str:
    """The expression of a result as a number; decimal commas become points."""
    comma = any("," in value for test in tests for value in test.result.profile.values)
    return f'number(replace({name}, ",", "."))' if comma else f"number({name})"


def _are_limits(group: Sequence[Test], name: str) -> bool:
    """Whether some tests have a limit of their normal range, all of them in numbers with decimal points."""
    found = [test.columns[part].profile for test in group for part in test.columns if _NAMES.get(part) == name]
    return bool(found) and all(one.numeric and not any("," in value for value in one.values) for one in found)


def _word_line(group: Sequence[Test], domain: str, known: Knowledge) -> Line:
    """--STRESC of results in words: the terms that they mean, where the variable has a codelist, else capitals."""
    name = f"{domain[:2]}STRESC"
    coded = _kind(group[0])[0] not in ("dates", "texts", "long")
    codelist = known.codelist(domain, name) if coded and not known.is_own(domain) else None
    said = {test.result.profile.word_of(value) for test in group for value in test.result.profile.values}
    said |= {word for test in group for word in test.result.profile.codes.values()}
    answers = [word for word in said if not is_yes(word) and not is_no(word)]
    terms = [word for word in answers if codelist is not None and find_term(word, codelist)[0] is not None]
    if codelist is not None and terms and 2 * len(terms) >= len(answers):
        return make_term_line(name, f"{domain[:2]}ORRES", sorted(said), codelist, "the terms of the results")
    entry = {"copy": {"source": f"{domain[:2]}ORRES", "case": "upper"}}
    return Line(name, entry, 0.7, "the result in capitals")


def _standard_lines(group: Sequence[Test], domain: str, numbers: bool, known: Knowledge) -> list[Line]:
    """Standard results without units."""
    prefix = domain[:2]
    if not numbers and all(test.code in INSTRUMENTS for test in group):
        code = "CODE" if any(test.result.beside for test in group) else "RESULT"
        return [
            Line(f"{prefix}STRESC", {"copy": code}, 0.8, "the code of the answer"),
            Line(f"{prefix}STRESN", {"expr": f"number({code})"}, 0.8, "the code of the answer"),
        ]
    if not numbers:
        lines = [_word_line(group, domain, known)]
        dates = _kind(group[0])[0] == "dates"  # a year alone is a number, too
        said = [value for test in group for value in test.result.profile.values]
        if any(is_number(value) or (dates and len(re.findall(r"\d+", value)) == 1) for value in said):
            number = {"expr": make_number(f"{prefix}ORRES", group)}
            lines.append(Line(f"{prefix}STRESN", number, 0.7, "the result where it is a number"))
        return lines
    return [
        Line(f"{prefix}STRESC", _plain_result(prefix, group), 0.7, "no unit was collected"),
        Line(f"{prefix}STRESN", {"expr": make_number(f"{prefix}ORRES", group)}, 0.7, "the result as a number"),
    ]


def _plain_result(prefix: str, group: Sequence[Test]) -> dict[str, Any]:
    """The result as it is, with a decimal point."""
    comma = any("," in value for test in group for value in test.result.profile.values)
    return {"expr": f'replace({prefix}ORRES, ",", ".")'} if comma else {"copy": f"{prefix}ORRES"}


def _list_units(test: Test, domain: str, known: Knowledge) -> list[str]:
    """The units that were collected of a test, as terms."""
    item = test.columns.get("--ORRESU")
    said = [_UNITS.get((test.code, test.unit.casefold()), test.unit)] if test.unit else []
    if item is not None:
        said = [item.profile.word_of(value) for value in (*item.profile.values, *item.profile.codes)]
    codelist = known.codelist(domain, f"{domain[:2]}ORRESU")
    terms = [(text, read_unit_term(text, codelist) if codelist is not None else None) for text in said if text]
    return [term.value if term is not None else text for text, term in terms]


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
    line = make_term_line(f"{prefix}ORRESU", "UNIT", sorted(said), codelist, "the units of the form")
    if any("--ORRESU" in test.columns for test in group):
        return line
    origin = {"type": "Assigned", "source": "Sponsor"}  # nobody entered what labels say
    return replace(line, entry={**line.entry, "origin": origin})


def _attribute_line(group: Sequence[Test], part: str, name: str, target: str, domain: str, known: Knowledge) -> Line:
    items = [test.columns[part] for test in group if part in test.columns]
    codelist = known.codelist(domain, target) if not known.is_own(domain) else None
    reason = "beside each result"
    if target.endswith("REASND"):
        return Line(target, {"when": 'RESULT == ""', "copy": name}, 0.8, reason)
    if codelist is None:
        return Line(target, {"copy": name}, 0.8, reason)
    said = sorted({item.profile.word_of(value) for item in items for value in item.profile.values})
    return make_term_line(target, name, said, codelist, reason)


def add_measurements(page: Page, frame: pd.DataFrame, draft: Draft, known: Knowledge) -> list[Item]:
    """Vital signs that a form of something else asks for, and on a form of no domain ECG and laboratory results, too.

    The items that are left come back.
    """
    left = list(page.items)
    for domain in ("VS",) if page.placed.domain else ("EG", "VS", "LB"):
        tests, rest = find_tests(left, domain, known, every=False)
        numbers = [test for test in tests if test.result.profile.numeric and not test.result.profile.codes]
        tests = [test for test in numbers if _is_of_ecg(test.result) == (domain == "EG")]
        if not tests or (domain == "LB" and len(tests) < 2):
            continue
        dataset = draft.datasets.setdefault(domain, DatasetDraft(domain))
        prefixes = (page.placed.domain[:2],) if page.placed.domain else ()
        guesses = [one for one in guess_columns(rest, domain, known, prefixes) if one.target in (f"{domain}DTC", TIME)]
        add_tests(page, frame, tests, guesses, [], dataset, draft, known)
        used = {item.column for test in tests for item in test.columns.values()}
        left = [item for item in left if item.column not in used]
    return left


def _is_of_ecg(item: Item) -> bool:
    return re.search(r"(?<![a-z])(ecg|ekg)", f"{item.name} {item.label}".lower()) is not None
