"""Which variable each column of a form is, with a score and the reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cdisc_conv.draft.matching import languages
from cdisc_conv.draft.matching.codes import Coding, match_codes, no_codes, yes_codes
from cdisc_conv.draft.matching.targets import (
    ANY,
    CDASH,
    DEATH,
    END_TIME,
    LABELS,
    ONGOING,
    PERFORMED,
    PLAIN,
    PRIOR,
    START_TIME,
    TIME,
)
from cdisc_conv.draft.reading.names import name_words, shared_parts, similarity, spellings, words
from cdisc_conv.draft.reading.profiles import Profile
from cdisc_conv.standards import CodelistTerms, Standard, Terminology, VariableStandard
from cdisc_conv.standards.model import DatasetStandard

LEAST = 0.5
"""The score from which on a column counts as recognised."""
_DATES = ("STDTC", "ENDTC", "DTC", "DTHDTC", "BRTHDTC", "RFICDTC")
_LABELS = {target: (*phrases, *languages.LABELS.get(target, ())) for target, phrases in LABELS.items()}
_NEVER_ONGOING = ("DS", "DV")
"""Domains whose events last no time: what such a form says continues is something else."""
_FLAGS = (ONGOING, PERFORMED, ANY, PRIOR)
_TIMES = (START_TIME, END_TIME, TIME)
_NEVER = (
    "STUDYID",
    "DOMAIN",
    "USUBJID",
    "SEQ",
    "DY",
    "STDY",
    "ENDY",
    "EPOCH",
    "VISITNUM",
    "VISITDY",
    "VISIT",
    "SUBJID",
)
"""Variables, or their ends, that no column fills by itself."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question of a form: one column, or a code with the column of its words beside it."""

    form: str
    column: str
    """The column to read: that of the code where its words are known."""
    name: str
    """The name to recognise it by."""
    label: str
    profile: Profile
    beside: tuple[str, ...] = ()
    """Columns that go where this one goes: the words of its codes."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A variable that an item may be."""

    item: Item
    target: str
    score: float
    reason: str
    likely: bool = False
    """Whether it rests on the likeness of the names alone; one of several columns of a stem is no short name."""


@dataclass(frozen=True)
class Knowledge:
    """The standard and the terminology that drafts follow."""

    standard: Standard
    terminology: Terminology
    _own: dict[str, DatasetStandard] = field(default_factory=dict)
    _variables: dict[tuple[str, str], VariableStandard | None] = field(default_factory=dict)
    """What was asked before."""

    def dataset(self, domain: str) -> DatasetStandard:
        """A domain of the guide, or findings of the study's own."""
        known = self.standard.datasets.get(domain)
        if known is None:
            if domain not in self._own:
                self._own[domain] = self.standard.custom(domain, "FINDINGS", domain)
            known = self._own[domain]
        return known

    def is_own(self, domain: str) -> bool:
        """Whether a domain is one of the study's own."""
        return domain not in self.standard.datasets

    def variable(self, domain: str, name: str) -> VariableStandard | None:
        """A variable of a domain, those of the model included."""
        if (domain, name) not in self._variables:
            dataset = self.dataset(domain)
            self._variables[domain, name] = dataset.variable(name) or self.standard.variable(dataset, name)
        return self._variables[domain, name]

    def codelist(self, domain: str, name: str) -> CodelistTerms | None:
        """The codelist of a variable, where there is one codelist."""
        variable = self.variable(domain, name)
        if variable is None or not variable.codelists:
            return None
        known = [code for code in variable.codelists if code in self.terminology]
        return self.terminology.codelist(*known) if known else None

    def extended_codelist(self, domain: str, name: str) -> str:
        """The short name of the codelist that terms of the study's own for a variable go to; "" where there is none."""
        variable = self.variable(domain, name)
        known = [code for code in variable.codelists if code in self.terminology] if variable is not None else []
        lists = [self.terminology.codelist(code) for code in known]
        own = [one.short_name for one in lists if one.extensible]
        return name if name in own else next(iter(own), "")


def list_items(form: str, profiles: Mapping[str, Profile]) -> list[Item]:
    """The questions of a form, in the order of its columns."""
    words_of = {profile.words: name for name, profile in profiles.items() if profile.words}
    found = []
    for name, profile in profiles.items():
        calculated = profile.role == "derived" and profile.kind not in ("date", "datetime")
        if (profile.role != "item" and not calculated) or name in words_of:
            continue
        if profile.words and profile.words in profiles:
            label = profile.label or re.sub(r"\s*\((?:decode|code)\)$", "", profiles[profile.words].label)
            short = min(profile.words, name, key=len)
            found.append(Item(form, name, short, label, profile, (profile.words,)))
        else:
            found.append(Item(form, name, name, profile.label, profile))
    return found


def guess_columns(items: Sequence[Item], domain: str, known: Knowledge, prefixes: Sequence[str] = ()) -> list[Guess]:
    """The best variable of each item, each variable once; items without one are left out.

    `prefixes` are other letters that names of the form begin with, such as EC on a form that becomes EX.
    """
    shared = shared_parts(item.name for item in items)
    letters = dict.fromkeys([domain[:2], *prefixes, *shared_letters(items)])
    guesses = [guess for item in items for guess in _guess(item, domain, known, shared, tuple(letters))]
    stems = Counter(item.name.upper()[:-2] for item in items)
    guesses = [one for one in guesses if not one.likely or stems[one.item.name.upper()[:-2]] == 1]
    taken: dict[str, Guess] = {}
    done: set[str] = set()
    for guess in sorted(guesses, key=lambda one: -one.score):
        if guess.score >= LEAST and guess.target not in taken and guess.item.column not in done:
            taken[guess.target] = guess
            done.add(guess.item.column)
    order = {item.column: place for place, item in enumerate(items)}
    return sorted(taken.values(), key=lambda one: order[one.item.column])


def shared_letters(items: Sequence[Item]) -> list[str]:
    """The two to five letters that the names of all items of a form begin with, such as EOS of EOSDAT and EOSREAS."""
    names = [item.name.upper() for item in items]
    first, last = min(names, default=""), max(names, default="")
    same = next((place for place, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first))
    shared = first[:same].rstrip("_0123456789") if len(names) > 1 else ""
    return [shared[:length] for length in range(len(shared), 1, -1)] if 2 <= len(shared) <= 5 else []


def _guess(
    item: Item, domain: str, known: Knowledge, shared: Sequence[str], prefixes: Sequence[str]
) -> Iterator[Guess]:
    """Every variable that an item may be, each with its best score."""
    best: dict[str, Guess] = {}
    for target, score, reason in (
        *_by_name(item, domain, known, shared, prefixes),
        *_by_label(item, domain, known, shared),
        *_by_likeness(item, domain, known, shared, prefixes),
    ):
        weight, doubt = _weigh_values(item.profile, domain, target, known)
        said = f"{reason}; {doubt}" if doubt else reason
        likely = " is short for " in reason
        if (guess := Guess(item, target, round(min(score * weight, 0.99), 2), said, likely)).score > (
            best[target].score if target in best else 0.0
        ):
            best[target] = guess
    yield from best.values()


def _by_name(
    item: Item, domain: str, known: Knowledge, shared: Sequence[str], prefixes: Sequence[str]
) -> Iterator[tuple[str, float, str]]:
    for place, spelling in enumerate(spellings(item.name, shared)):
        less = 0.04 * place
        plain = PLAIN.get(domain, {}).get(spelling)
        if plain:
            yield plain, 0.93 - less, f"the name {spelling} is common for {plain}"
        if _is_target(domain, spelling, known):
            yield spelling, 0.98 - less, f"the name is {spelling}"
        for prefix in prefixes:
            rest = spelling.removeprefix(prefix)
            own = rest != spelling
            if own and (often := PLAIN.get(domain, {}).get(rest)):
                yield often, 0.86 - less, f"{rest} behind {prefix} is common for {often}"
            if own and (found := _resolve(domain, CDASH.get(rest, ""), known)):
                yield found, 0.96 - less, f"CDASH calls it {spelling}"
            if own and len(rest) > 2 and _is_target(domain, f"{domain[:2]}{rest}", known):
                yield f"{domain[:2]}{rest}", 0.94 - less, f"the name ends in {rest}"
        if len(spelling) > 2 and _is_target(domain, f"{domain[:2]}{spelling}", known):
            yield f"{domain[:2]}{spelling}", 0.88 - less, f"the name is {spelling} without the letters of the domain"
        findings = known.dataset(domain).class_name == "FINDINGS"
        if findings and spelling.endswith(("DAT", "DT", "DATE")) and (found := _resolve(domain, "--DTC", known)):
            yield found, 0.62 - less, f"the name {spelling} ends as those of dates do"
        if findings and len(spelling) > 3 and spelling.endswith(("YN", "PERF", "DONE")) and place == 0:
            yield PERFORMED, 0.62, f"the name {spelling} ends as the question does whether it was done"
        reason = _resolve(domain, "--REASND", known)
        if findings and len(spelling) > 3 and spelling.endswith(("ND", "REASND", "REASNA")) and reason and place == 0:
            yield reason, 0.6, f"the name {spelling} ends as the reason does why it was not done"
        if len(spelling) > 1 and (found := _resolve(domain, CDASH.get(spelling, ""), known)):
            yield found, 0.82 - less, f"CDASH calls it {domain[:2]}{spelling}"


def _by_label(item: Item, domain: str, known: Knowledge, shared: Sequence[str]) -> Iterator[tuple[str, float, str]]:
    said = [("label", item.label, 0.92)]
    parts = spellings(item.name, shared)
    stripped = item.name
    if parts and len(shared):
        stripped = "_".join(part for part in item.name.split("_") if part.upper() not in shared)
    said.append(("name", stripped, 0.8))
    for what, text, top in said:
        label = name_words(text) if what == "name" else words(text)
        if not label:
            continue
        for target, phrases in _LABELS.items():
            found = _resolve(domain, target, known)
            if not found:
                continue
            weight = max(similarity(label, words(phrase)) for phrase in phrases)
            if weight:
                shown = text if len(text) <= 60 else f"{text[:57]}..."
                yield found, top * weight, f"the {what} is '{shown}'"


def _by_likeness(
    item: Item, domain: str, known: Knowledge, shared: Sequence[str], prefixes: Sequence[str]
) -> Iterator[tuple[str, float, str]]:
    """Names that are a variable's with letters left out: the last resort."""
    names = [name for name in known.dataset(domain).names if _is_target(domain, name, known) and name[:2] == domain[:2]]
    for spelling in spellings(item.name, shared)[:1]:
        asked = [spelling, *(f"{domain[:2]}{spelling.removeprefix(prefix)}" for prefix in prefixes)]
        for name in names:
            ratio = max((_weigh_short(one, name) for one in asked), default=0.0)
            if ratio >= 0.75 and len(spelling) > 3:
                yield name, 0.72 * ratio, f"the name {spelling} is short for {name}"


def _weigh_short(short: str, name: str) -> float:
    """How much of a name a short form of it has, its letters in their order; 0 for anything else.

    >>> round(_weigh_short("EXDOSFM", "EXDOSFRM"), 2), _weigh_short("EXSTAT", "EXSCAT")
    (0.88, 0.0)
    """
    letters = iter(name)
    return len(short) / len(name) if short[:2] == name[:2] and all(sign in letters for sign in short) else 0.0


def _resolve(domain: str, target: str, known: Knowledge) -> str:
    """A target with the letters of the domain, "" where the domain has no such variable."""
    if target.startswith("@") or not target:
        never = (target == ONGOING and domain in _NEVER_ONGOING) or (target == ANY and domain == "DS")
        return "" if never else target
    name = target.replace("--", domain[:2])
    return name if _is_target(domain, name, known) else ""


def _is_target(domain: str, name: str, known: Knowledge) -> bool:
    bare = name.removeprefix(domain[:2])
    if name in _NEVER or (bare in _NEVER and name.startswith(domain[:2])):
        return False
    return known.variable(domain, name) is not None


def _weigh_values(profile: Profile, domain: str, target: str, known: Knowledge) -> tuple[float, str]:
    """How well the values of a column suit a variable, as a factor, and why they do not."""
    if not profile.filled and not profile.codes:
        return 1.0, ""
    dated = profile.kind in ("date", "datetime")
    if target == DEATH or any(target.endswith(end) for end in _DATES):
        year = profile.kind == "integer" and all(len(value) == 4 for value in profile.values)
        return (1.0, "") if dated or year else (0.1, "its values are no dates")
    if target in _TIMES:
        return (1.0, "") if profile.kind == "time" else (0.1, "its values are no times")
    if dated:
        return 0.3, "its values are dates"
    if target in _FLAGS:
        flag = bool(yes_codes(profile) or no_codes(profile)) and len({*profile.codes, *profile.values}) <= 4
        return (1.0, "") if flag else (0.2, "its values are not yes and no")
    variable = known.variable(domain, target)
    if variable is None:
        return 1.0, ""
    words_only = bool(profile.codes) and not any(code.replace(".", "", 1).isdigit() for code in profile.codes)
    if variable.numeric and not profile.numeric and (words_only or not target.endswith(("DOSE", "CD"))):
        return 0.2 if words_only else 0.3, "its values are no numbers"
    return _weigh_codes(profile, known.codelist(domain, target))


def _are_codes(profile: Profile) -> bool:
    """Whether the values of a column are a few codes of a letter or a number each, whose words are not known."""
    short = all(len(value) == 1 or (value.isdigit() and len(value) == 2) for value in profile.values)
    return short and not profile.codes and 0 < profile.distinct <= 12


def _weigh_codes(profile: Profile, codelist: CodelistTerms | None) -> tuple[float, str]:
    if codelist is None:
        flag = {*map(str.upper, profile.values)} <= {"Y", "N", "YES", "NO"} and profile.filled
        return (0.9, "its values are yes and no") if flag else (1.0, "")
    coding: Coding = match_codes(profile, codelist)
    if coding.asked == 0:
        return 0.8, ""
    if coding.share >= 0.6:
        return 1.03, ""
    if codelist.extensible and (coding.share > 0 or not profile.coded or codelist.short_name == "UNIT"):
        return 1.0, ""
    if coding.share > 0:
        return (
            0.85,
            f"{coding.asked - coding.matched} of its {coding.asked} values mean no term of {codelist.short_name}",
        )
    if _are_codes(profile):
        return 0.75, "nothing says what its codes mean"
    return (0.75 if codelist.extensible else 0.5), f"none of its values is a term of {codelist.short_name}"
