"""Drafts of findings from a form with a row per test: a column names the test, another one holds the result."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cdisc_conv.draft.datasets.completed import complete_block, date_findings, draft_not_done, name_all
from cdisc_conv.draft.datasets.entries import make_flag_condition, raw
from cdisc_conv.draft.datasets.leftovers import add_qualifiers, declare, note_beside
from cdisc_conv.draft.datasets.records import Page, fill_block
from cdisc_conv.draft.datasets.standardized import choose_units, draft_converted, draft_ranges
from cdisc_conv.draft.datasets.units import make_term_line, read_unit_term
from cdisc_conv.draft.matching.codes import find_term, is_not_done, no_codes
from cdisc_conv.draft.matching.columns import Guess, Item, Knowledge, guess_columns
from cdisc_conv.draft.matching.targets import ANY, PERFORMED
from cdisc_conv.draft.matching.tests_of import find_code
from cdisc_conv.draft.model import BlockDraft, DatasetDraft, Draft, Fate, Line
from cdisc_conv.draft.reading.names import shared_parts, spellings
from cdisc_conv.draft.reading.profiles import is_measured

_PARTS: Mapping[str, str] = {
    **dict.fromkeys(("TESTCD", "CODE", "TESTCODE", "PARAMCD", "ANALYTECODE", "TSTCD"), "--TESTCD"),
    **dict.fromkeys(
        (
            "TEST",
            "TESTNAME",
            "TESTNM",
            "TESTLABEL",
            "LABTEST",
            "LABTESTNAME",
            "TESTDESC",
            "PARAM",
            "PARAMETER",
            "ANALYTE",
            "COMPONENT",
            "QUESTION",
        ),
        "--TEST",
    ),
    **dict.fromkeys(
        ("ORRES", "RES", "RESULT", "VALUE", "RESULTVALUE", "LABVALUE", "LABRESULT", "TESTRESULT", "REPORTEDRESULT"),
        "--ORRES",
    ),
    **dict.fromkeys(("ORRESU", "UNIT", "UNITS", "RESU", "RESULTUNIT", "RESULTUNITS", "REPORTEDUNIT"), "--ORRESU"),
    **dict.fromkeys(
        ("ORNRLO", "LOW", "LO", "LLN", "NRLO", "RANGELOW", "LOWERLIMIT", "REFLOW", "NORMALLOW"), "--ORNRLO"
    ),
    **dict.fromkeys(
        ("ORNRHI", "HIGH", "HI", "ULN", "NRHI", "RANGEHIGH", "UPPERLIMIT", "REFHIGH", "NORMALHIGH"), "--ORNRHI"
    ),
    **dict.fromkeys(("CAT", "PANEL", "CATEGORY", "TESTCATEGORY", "PANELNAME"), "--CAT"),
    **dict.fromkeys(("REFID", "ACC", "ACCESSION", "ACCESSIONNUMBER", "SAMPLEID", "SPECIMENID", "BARCODE"), "--REFID"),
    **dict.fromkeys(("SPEC", "SPECIMEN", "SPECIMENTYPE"), "--SPEC"),
    **dict.fromkeys(("STAT", "STATUS", "TESTSTATUS"), "--STAT"),
}
"""What columns of such a form are called, without the letters of the domain."""
_OF_DOMAIN: Mapping[str, Mapping[str, str]] = {
    "PE": dict.fromkeys(("SYS", "BODSYS", "BODYSYS", "BODYSYSTEM", "SYSTEM", "BODYAREA", "AREA", "ORGAN"), "--TEST"),
    "SC": dict.fromkeys(("CHAR", "CHARACTERISTIC"), "--TEST"),
}
"""The same in one domain."""
_DESCRIPTIONS = ("DESC", "ABN", "ABNORM", "ABNDESC", "ABNORMAL", "ABNSP", "FINDING", "DETAIL", "SPEC")
"""What the description of an abnormality is called on a form of physical examination."""
_USUAL = {
    "HAEMATOLOGY": "HEMATOLOGY",
    "CLINICAL CHEMISTRY": "CHEMISTRY",
    "BIOCHEMISTRY": "CHEMISTRY",
    "CLINICAL BIOCHEMISTRY": "CHEMISTRY",
    "SERUM CHEMISTRY": "CHEMISTRY",
    "BLOOD CHEMISTRY": "CHEMISTRY",
    "URINE ANALYSIS": "URINALYSIS",
}
"""Names of laboratory panels, and what SDTMIG calls them in its examples."""


def find_parts(page: Page) -> dict[str, Item]:
    """The columns of a form with a row per test, by what they are; {} for any other form."""
    shared = shared_parts(item.name for item in page.items)
    letters = page.placed.domain[:2]
    found: dict[str, Item] = {}
    for item in page.items:
        for spelling in spellings(item.name, shared)[:1]:
            offered = {**_OF_DOMAIN.get(page.placed.domain, {}), **_PARTS}
            part = offered.get(spelling) or offered.get(spelling.removeprefix(letters))
            if part and (part not in found or found[part].profile.filled < item.profile.filled):
                found[part] = item
    test = found.get("--TESTCD") or found.get("--TEST")
    if test is None or "--ORRES" not in found or test.profile.distinct < 2:
        return {}
    return found


def draft_long(page: Page, parts: Mapping[str, Item], frame: pd.DataFrame, draft: Draft, known: Knowledge) -> None:
    """The block of a form with a row per test, with qualifiers for what is left."""
    domain, prefix = page.placed.domain, page.placed.domain[:2]
    used = {item.column for item in parts.values()}
    left = [item for item in page.items if item.column not in used]
    guesses = [one for one in guess_columns(left, domain, known) if _is_further(one, prefix, parts)]
    guesses = date_findings(guesses, left, domain)
    gate = next((one for one in guesses if one.target in (PERFORMED, ANY) and no_codes(one.item.profile)), None)
    reasons = [one for one in guesses if one.target.endswith("REASND")]
    block = BlockDraft(page.form, score=page.placed.score, reason=f"{page.placed.reason}; a row is a test")
    tests = _draft_tests(block, parts, frame, domain, draft, known)
    _draft_results(block, parts, frame, tests, domain, known)
    undone_rows = any(line.name == f"{prefix}STAT" for line in block.lines)
    of_row = [one for one in guesses if one is not gate and (gate is None or undone_rows or one not in reasons)]
    done = fill_block(block, of_row, domain, known, draft)
    done |= _describe_abnormal(block, parts["--ORRES"], left, frame, draft) if domain == "PE" else set()
    if "--TESTCD" in parts and "--TEST" in parts:
        same = f"the same answer as {parts['--TESTCD'].column}, in words"
        declare(draft, parts["--TEST"].profile, Fate.SYSTEM, same, 0.85)
    for part, item in parts.items():
        target = f"{domain}.{part.replace('--', prefix)}"
        fate = Fate.OWN if known.is_own(domain) else Fate.STANDARD
        draft.note(item.profile, fate, target, 0.85, f"the form has a row per test; {item.name} is called so")
        note_beside(item, draft, target, fate)
    complete_block(block, page, domain, known)
    dataset = draft.datasets.setdefault(domain, DatasetDraft(domain))
    undone = None
    if gate is not None:
        named = name_all(page, (), domain, known)
        undone = draft_not_done(page, gate, [one for one in guesses if one is not gate], named, dataset, known, draft)
        done |= {one.item.column for one in (gate, *reasons)}
        block.where = " and ".join(filter(None, (block.where, f"not ({undone.where})"))) if undone else block.where
    add_qualifiers(block, [item for item in left if item.column not in done], dataset, known, draft)
    dataset.blocks += [block, undone] if undone is not None else [block]


def _describe_abnormal(
    block: BlockDraft, result: Item, left: Sequence[Item], frame: pd.DataFrame, draft: Draft
) -> set[str]:
    """What was described as abnormal is the result of an examination, in place of the word for it."""
    found = [
        item
        for item in left
        if item.profile.kind == "text"
        and not item.profile.codes
        and item.profile.filled
        and any(spelling.removeprefix("PE") in _DESCRIPTIONS for spelling in spellings(item.name)[:1])
    ]
    lines = {line.name: place for place, line in enumerate(block.lines)}
    if len(found) != 1 or "PEORRES" not in lines:
        return set()
    item, line = found[0], block.lines[lines["PEORRES"]]
    told = frame[frame[item.column].str.strip() != ""][result.column].str.strip().unique()
    described = f'{make_flag_condition(result.column, sorted(told))} and {raw(item.column)} != ""'
    entry = {"cases": [{"when": described, "copy": raw_name(item)}, dict(line.entry)]}
    reason = f"what {item.name} describes, else {result.name}"
    block.lines[lines["PEORRES"]] = Line("PEORRES", entry, 0.6, reason)
    draft.note(item.profile, Fate.STANDARD, "PE.PEORRES", 0.6, "it describes what is abnormal")
    return {item.column}


def _is_further(guess: Guess, prefix: str, parts: Mapping[str, Item]) -> bool:
    bare = guess.target.removeprefix(prefix)
    taken = {part.removeprefix("--") for part in parts} | {"TESTCD", "TEST", "STRESC", "STRESN", "STRESU", "DECOD"}
    return bare not in taken


def _draft_tests(
    block: BlockDraft, parts: Mapping[str, Item], frame: pd.DataFrame, domain: str, draft: Draft, known: Knowledge
) -> dict[str, str]:
    """--TESTCD and --TEST; the code of each collected text."""
    prefix = domain[:2]
    item = parts.get("--TESTCD") or parts["--TEST"]
    words = _find_words(parts, frame)
    codelist = known.codelist(domain, f"{prefix}TESTCD") if not known.is_own(domain) else None
    made: dict[str, str] = {}
    own: dict[str, str] = {}
    unsure = []
    for text, word in words.items():
        term, sure = (None, True)
        if codelist is not None:
            code = find_code(word, domain, codelist) or find_code(text, domain, codelist)
            term, sure = (codelist.term(code), True) if code else find_term(word, codelist)
        code = term.value if term is not None else _make_code(text, {*made.values()})
        if term is None:
            own[code] = word[:40]
        elif not sure:
            unsure.append(f"'{word}' is {code}")
        made[text] = code
    reason = f"{item.name} names the test"
    reason += f"; by some of the words: {', '.join(unsure)}" if unsure else ""
    reason += f"; tests of the study's own: {', '.join(own)}" if own and codelist is not None else ""
    score = 0.6 if unsure or own else 0.85
    values = {text: code for text, code in made.items() if text != code}
    if codelist is None:
        entry: dict[str, Any] = (
            {"map": {"value": raw_name(item), "values": made}} if values else {"copy": raw_name(item)}
        )
        test: dict[str, Any] = {
            "map": {"value": f"{prefix}TESTCD", "values": {made[text]: words[text][:40] for text in made}}
        }
    else:
        entry = {"term": {"value": raw_name(item), "map": values} if values else raw_name(item)}
        test = {"decode": f"{prefix}TESTCD"}
        for name, terms in ((f"{prefix}TESTCD", own), (f"{prefix}TEST", dict.fromkeys(own.values(), ""))):
            if terms:
                draft.sponsor_terms.setdefault(known.extended_codelist(domain, name), {}).update(terms)
    block.lines += [
        Line(f"{prefix}TESTCD", entry, score, reason),
        Line(f"{prefix}TEST", test, score, f"the name of the test that {item.name} says"),
    ]
    if item.profile.filled < item.profile.rows:
        block.where = f'{raw(item.column)} != ""'
    return made


def raw_name(item: Item) -> str:
    """A column as an entry names it, which no variable of the same name stands for."""
    return f"raw.{item.column}"


def _find_words(parts: Mapping[str, Item], frame: pd.DataFrame) -> dict[str, str]:
    """What each text of the column of the test means in words."""
    code, name = parts.get("--TESTCD"), parts.get("--TEST")
    item = code or parts["--TEST"]
    texts = [text for text in frame[item.column].str.strip().drop_duplicates() if text]
    words = {text: item.profile.word_of(text) for text in texts}
    if code is not None and name is not None:
        pairs = frame[[code.column, name.column]].drop_duplicates()
        for text, word in zip(pairs[code.column].str.strip(), pairs[name.column].str.strip(), strict=True):
            if text and word and words.get(text) == text:
                words[text] = word
    return words


def _make_code(text: str, taken: set[str]) -> str:
    code = re.sub(r"[^A-Z0-9]", "", text.upper())[:8] or "TEST"
    code = code if code[0].isalpha() else f"X{code}"[:8]
    return next(one for one in (code, *(f"{code[: 8 - len(str(n))]}{n}" for n in range(2, 10_000))) if one not in taken)


def _draft_results(
    block: BlockDraft,
    parts: Mapping[str, Item],
    frame: pd.DataFrame,
    tests: Mapping[str, str],
    domain: str,
    known: Knowledge,
) -> None:
    prefix = domain[:2]
    result, unit = parts["--ORRES"], parts.get("--ORRESU")
    plain = {"copy": result.beside[0] if result.beside else raw_name(result)}
    if result.profile.codes and not result.beside:
        plain = {"map": {"value": raw_name(result), "values": dict(result.profile.codes)}}  # type: ignore[dict-item]
    undone = [text for text in result.profile.values if is_not_done(result.profile.word_of(text))]
    if undone:
        condition = make_flag_condition(result.column, undone)
        plain = {"when": f"not ({condition})", **plain}
        entry: dict[str, Any] = {"when": condition, "constant": "NOT DONE"}
        block.lines.append(Line(f"{prefix}STAT", entry, 0.8, f"{result.name} says that it was not done"))
    block.lines.append(Line(f"{prefix}ORRES", plain, 0.9, "the results as they were collected"))
    measured = is_measured(result.profile) and not result.profile.codes
    comma = any("," in value for value in result.profile.values)
    if unit is not None:
        said = sorted({unit.profile.word_of(value) for value in (*unit.profile.values, *unit.profile.codes)})
        codelist = known.codelist(domain, f"{prefix}ORRESU")
        line = make_term_line(f"{prefix}ORRESU", raw_name(unit), said, codelist, "the units of the form")
        block.lines.append(line)
    if measured and unit is not None:
        lines, working = draft_converted(prefix, comma)
        chosen = choose_units(domain, _list_units(parts, frame, tests, domain, known))
        own: dict[str, Any] = {"map": {"value": f"{prefix}TESTCD", "values": chosen, "else": ""}}
        own = own if chosen else {"constant": ""}
        block.working += [Line("OWNUNIT", own, 0.7, "the standard unit of each test, as the library has it"), *working]
        block.lines += lines
    elif measured and not comma:
        block.lines += [
            Line(f"{prefix}STRESC", {"copy": f"{prefix}ORRES"}, 0.7, "no unit was collected"),
            Line(f"{prefix}STRESN", {"expr": f"number({prefix}ORRES)"}, 0.7, "the result as a number"),
        ]
    else:
        entry = {"copy": {"source": f"{prefix}ORRES", "case": "upper"}}
        block.lines.append(Line(f"{prefix}STRESC", entry, 0.7, "the result in capitals"))
    _draft_attributes(block, parts, domain, known, converted=measured and unit is not None)


def _list_units(
    parts: Mapping[str, Item], frame: pd.DataFrame, tests: Mapping[str, str], domain: str, known: Knowledge
) -> dict[str, list[str]]:
    """The units that were collected of each test, as terms."""
    test, unit = parts.get("--TESTCD") or parts["--TEST"], parts["--ORRESU"]
    codelist = known.codelist(domain, f"{domain[:2]}ORRESU")
    found: dict[str, list[str]] = {}
    pairs = frame[[test.column, unit.column]].drop_duplicates()
    for text, said in zip(pairs[test.column].str.strip(), pairs[unit.column].str.strip(), strict=True):
        word = unit.profile.word_of(said)
        term = read_unit_term(word, codelist) if codelist is not None and word else None
        if text in tests and word:
            found.setdefault(tests[text], []).append(term.value if term is not None else word)
    return found


def _draft_attributes(
    block: BlockDraft, parts: Mapping[str, Item], domain: str, known: Knowledge, converted: bool
) -> None:
    prefix = domain[:2]
    limits = []
    for limit in ("LO", "HI"):
        item = parts.get(f"--ORNR{limit}")
        if item is not None:
            block.lines.append(Line(f"{prefix}ORNR{limit}", {"copy": raw_name(item)}, 0.85, "beside each result"))
            limits += [limit] if item.profile.numeric and not _has_comma(item) else []
    block.lines += draft_ranges(domain, limits, converted, False, known)
    for part in ("--CAT", "--REFID", "--SPEC"):
        item = parts.get(part)
        target = part.replace("--", prefix)
        if item is None or known.variable(domain, target) is None:
            continue
        codelist = known.codelist(domain, target)
        said = sorted({item.profile.word_of(value) for value in item.profile.values})
        if codelist is not None:
            block.lines.append(make_term_line(target, raw_name(item), said, codelist, f"{item.name} says it"))
        elif item.profile.codes or (part == "--CAT" and any(text.upper() in _USUAL for text in said)):
            texts = dict.fromkeys([*item.profile.codes, *item.profile.values])
            values = {text: item.profile.word_of(text).upper() for text in texts}
            usual = {text: _USUAL.get(word, word) for text, word in values.items()}
            named = ", ".join(f"{word} is {_USUAL[word]}" for word in dict.fromkeys(values.values()) if word in _USUAL)
            entry: dict[str, Any] = {"map": {"value": raw_name(item), "values": usual}}
            reason = f"{item.name} says it; {named}" if named else f"{item.name} says it"
            block.lines.append(Line(target, entry, 0.7 if named else 0.8, reason))
        else:
            plain: Any = {"source": raw_name(item), "case": "upper"} if part == "--CAT" else raw_name(item)
            block.lines.append(Line(target, {"copy": plain}, 0.8, f"{item.name} says it"))
    result = parts["--ORRES"]
    if result.profile.filled < result.profile.rows and f"{prefix}STAT" not in block.names():
        entry = {"when": f'{prefix}ORRES == ""', "constant": "NOT DONE"}
        block.lines.append(Line(f"{prefix}STAT", entry, 0.6, "the form names the test, and no result"))


def _has_comma(item: Item) -> bool:
    return any("," in value for value in item.profile.values)
