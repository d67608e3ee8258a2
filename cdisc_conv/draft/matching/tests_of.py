"""Columns of a form sorted by the test that they are of, and by what they say of it: result, unit, range, position."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cdisc_conv.draft.datasets.entries import ascii_text, make_label
from cdisc_conv.draft.matching import languages
from cdisc_conv.draft.matching.columns import Item, Knowledge
from cdisc_conv.draft.matching.vocabulary import INSTRUMENTS, PARTS, TESTS
from cdisc_conv.draft.reading.names import common_letters, shared_parts, split_name, words
from cdisc_conv.standards import CodelistTerm, CodelistTerms

MEASURED = ("VS", "LB", "EG")
"""Domains whose tests are known by terminology."""
_UNIT = re.compile(r"(?:^|\s)[(\[]\s*([^()\[\]]{1,15})\s*[)\]]")
_UNITS = frozenset(["kg", "g", "lb", "lbs", "cm", "m", "in", "mm", "mmhg", "hg", "bpm", "c", "f", "pct", "percent"])
"""Ends of names that are units."""
_TESTS = {
    domain: {code: (*phrases, *languages.TESTS.get(domain, {}).get(code, ())) for code, phrases in tests.items()}
    for domain, tests in TESTS.items()
}
_NO_TEST = frozenset(["result", "results", "value", "finding", "original", "units", "unit", "test"])


@dataclass(slots=True)
class Test:
    """One test of a form: its term or a name of the study's own, its columns by part, and how sure that is."""

    code: str
    name: str
    own: bool
    score: float
    reason: str
    columns: dict[str, Item] = field(default_factory=dict)
    """By part (``--ORRES``), or by the rest of the name where that is no known part."""

    @property
    def result(self) -> Item:
        """The column of the result."""
        return self.columns["--ORRES"]

    @property
    def unit(self) -> str:
        """The unit that the label of the result names, as it stands there."""
        end = split_name(self.result.name)[-1:]
        named = end[0].lower() if end and end[0].lower() in _UNITS and len(end[0]) > 1 else ""
        return self.result.profile.unit or find_unit(self.result.label) or named


def find_unit(label: str) -> str:
    """What a label has in brackets, if it may be a unit.

    >>> find_unit("Height (cm)"), find_unit("Temperature"), find_unit("Dose (see protocol)")
    ('cm', '', '')
    """
    found = [one.strip() for one in _UNIT.findall(label)]
    return next((one for one in found if (" " not in one and not one[:1].isupper()) or one in ("C", "F")), "")


def find_tests(items: Sequence[Item], domain: str, known: Knowledge, every: bool) -> tuple[list[Test], list[Item]]:
    """The tests of a form and the items that are of none.

    `every`: an item that names a result is a test also where terminology does not know it.
    """
    shared = shared_parts(item.name for item in items)
    letters = common_letters(item.name for item in items)
    parsed = {item.column: _parse_known(item, letters, domain) or _parse(item, shared, domain) for item in items}
    tests: dict[tuple[str, ...], Test] = {}
    taken: set[str] = set()

    def add(item: Item, explicit: bool) -> None:
        key = parsed[item.column][0]
        found = resolve_test(key, item, domain, known)
        codes = {test.code for test in tests.values()}
        if key in tests or (found is None and not (explicit and every)) or (found is not None and found.code in codes):
            return
        if _is_date(item) and (found is None or not found.code.endswith("DTC")):
            return
        tests[key] = found or _own_test(key, item)
        tests[key].columns["--ORRES"] = item
        taken.add(item.column)

    def attach() -> None:
        for item in items:
            if item.column not in taken and _attach(item, parsed[item.column], tests, shared):
                taken.add(item.column)

    for item in items:
        if parsed[item.column][1] == "--ORRES":
            add(item, explicit=True)
    attach()
    for item in items:
        may_be = _may_be_result(item) or _is_date(item)
        if item.column not in taken and not parsed[item.column][1] and may_be:
            add(item, explicit=False)
    attach()
    left = [item for item in items if item.column not in taken]
    return name_apart(list(tests.values())), left


def _parse_known(item: Item, letters: Sequence[str], domain: str) -> tuple[tuple[str, ...], str] | None:
    """The name without the letters of its form, where forms of the domain call a test so; None otherwise."""
    bare = "".join(split_name(item.name))
    phrases = {" ".join(words(phrase)) for said in _TESTS.get(domain, {}).values() for phrase in said}
    for prefix in (*letters, domain[:2]):
        rest = bare.removeprefix(prefix)
        if rest != bare and rest.lower() in phrases:
            return (rest,), ""
    return None


def _is_date(item: Item) -> bool:
    return item.profile.kind in ("date", "datetime")


def _may_be_result(item: Item) -> bool:
    profile = item.profile
    return profile.kind in ("integer", "decimal") or bool(profile.codes) or (profile.kind == "text" and profile.coded)


def _parse(item: Item, shared: Sequence[str], domain: str) -> tuple[tuple[str, ...], str]:
    """The parts of a name that say which test, and the part that says what of it; "" for none."""
    parts = list(split_name(item.name))
    if tuple(parts[: len(shared)]) == tuple(shared) and len(parts) > len(shared):
        parts = parts[len(shared) :]
    bare = [part.removeprefix(domain[:2]) if len(part) > 3 else part for part in parts]
    found = [place for place, part in enumerate(bare) if part in PARTS and (len(part) > 1 or len(bare) > 1)]
    if not found:
        return tuple(parts), ""
    place = found[-1] if bare[found[-1]] not in ("TEST",) else found[0]
    key = tuple(part for number, part in enumerate(parts) if number != place and bare[number] not in ("ORNR",))
    if "ORNR" in bare and PARTS[bare[place]] not in ("--ORNRLO", "--ORNRHI"):
        return key, "ORNR"
    return key, PARTS[bare[place]]


def resolve_test(key: Sequence[str], item: Item, domain: str, known: Knowledge) -> Test | None:
    """The test of terminology that a name or a label means."""
    codelist = known.codelist(domain, f"{domain}TESTCD")
    if codelist is None:
        return None
    last = key[-1] if key else ""
    spoken = [("name", " ".join(key)), ("name", last), ("name", last.removeprefix(domain[:2]))]
    if len(key) > 1 and key[-1].lower() in _UNITS:
        spoken.append(("name", " ".join(key[:-1])))
    spoken += [("label", _bare(item.label))]
    for what, text in spoken:
        code = find_code(text, domain, codelist)
        if code:
            term = codelist.term(code) or find_instrument_term(code, known)
            name = term.decode if term is not None else code
            shown = text if what == "name" else item.label
            return Test(code, name, False, 0.9 if what == "name" else 0.85, f"the {what} is '{shown}'")
    return None


def _bare(label: str) -> str:
    """A label without its unit and without words that all results have."""
    text = _UNIT.sub(" ", label)
    return " ".join(word for word in words(text) if word not in _NO_TEST)


def find_instrument_term(code: str, known: Knowledge) -> CodelistTerm | None:
    """The term of a test that only the codelist of its instrument has."""
    codelist = known.terminology.instrument_codelist("--TESTCD", INSTRUMENTS.get(code, ""))
    return known.terminology.codelist(codelist).term(code) if codelist else None


def find_code(text: str, domain: str, codelist: CodelistTerms) -> str:
    """The code of the test that a text means; "" for none."""
    said = " ".join(words(text))
    if not said:
        return ""
    for code, phrases in _TESTS.get(domain, {}).items():
        if said in {" ".join(words(phrase)) for phrase in phrases} or said == code.lower():
            return code if codelist.term(code) is not None or code in INSTRUMENTS else ""
    term = codelist.match(text).term or codelist.match(text.upper()).term
    shortest = 1 if domain in MEASURED else 3
    return term.value if term is not None and len(text) > shortest else ""


def _own_test(key: Sequence[str], item: Item) -> Test:
    code = re.sub(r"[^A-Z0-9]", "", "".join(key))[:8] or re.sub(r"[^A-Z0-9]", "", item.name.upper())[-8:] or "ITEM"
    code = code if code[0].isalpha() else f"X{code}"[:8]
    return Test(code, make_label(item), True, 0.5, "no test of terminology is recognised")


def make_own_test(item: Item, shared: Sequence[str]) -> Test:
    """A test of the study's own for an item that is a question by itself."""
    parts = list(split_name(item.name))
    if tuple(parts[: len(shared)]) == tuple(shared) and len(parts) > len(shared):
        parts = parts[len(shared) :]
    test = _own_test(_shorten(parts), item)
    test.columns["--ORRES"] = item
    return test


def _shorten(parts: Sequence[str]) -> list[str]:
    if len("".join(parts)) <= 8:
        return list(parts)
    kept = list(parts[-3:])
    size = max(2, 8 // len(kept))
    return [part[:size] for part in kept]


def _attach(
    item: Item,
    parsed: tuple[tuple[str, ...], str],
    tests: Mapping[tuple[str, ...], Test],
    shared: Sequence[str],
) -> bool:
    """Put a column beside the results that it belongs to; whether it belongs to any."""
    key, part = parsed
    if not part and (test := _find_by_unit(key, tests)) is not None:
        test.columns["--ORRESU"] = item
        return True
    mine = [test for known, test in tests.items() if key == known]
    if not mine and part and key:
        joined = "".join(key)
        mine = [test for known, test in tests.items() if len(joined) > 1 and joined in "".join(known)]
    if not mine and not part:
        mine, part = _find_inside(item, tests, shared)
    if not mine or not part:
        return False
    free = [test for test in mine if part not in test.columns]
    for test in free:
        test.columns[part] = item
    return bool(free)


def _find_by_unit(key: Sequence[str], tests: Mapping[tuple[str, ...], Test]) -> Test | None:
    """The test whose name a name is with the letters of a unit behind it: HEIGHTU of HEIGHT."""
    joined = "".join(key)
    for known, test in tests.items():
        if "--ORRESU" not in test.columns and joined in {"".join(known) + end for end in ("U", "UN", "UNIT", "UNITS")}:
            return test
    return None


def _find_inside(item: Item, tests: Mapping[tuple[str, ...], Test], shared: Sequence[str]) -> tuple[list[Test], str]:
    """The test whose parts are in a name, and what is left of the name."""
    parts = list(split_name(item.name))
    if tuple(parts[: len(shared)]) == tuple(shared) and len(parts) > len(shared):
        parts = parts[len(shared) :]
    for key, test in tests.items():
        for place in range(len(parts) - len(key) + 1):
            rest = parts[:place] + parts[place + len(key) :]
            if key and tuple(parts[place : place + len(key)]) == tuple(key) and rest:
                return [test], "".join(rest)[:8]
    return [], ""


def name_apart(tests: list[Test]) -> list[Test]:
    """The tests with codes and names that no other one has."""
    codes: set[str] = set()
    names: set[str] = set()
    for test in tests:
        number = 2
        code, name = test.code, ascii_text(test.name) or test.code
        while test.own and (test.code in codes or (name in names)):
            test.code = f"{code[: 8 - len(str(number))]}{number}" if test.code in codes else test.code
            name = f"{ascii_text(test.name)[: 39 - len(str(number))]} {number}" if name in names else name
            number += 1
        test.name = name[:40].strip()
        codes.add(test.code)
        names.add(test.name)
    return tests
