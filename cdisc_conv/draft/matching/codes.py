"""Collected codes and words matched to the terms of a codelist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from cdisc_conv.columns.texts import fold
from cdisc_conv.draft.matching import languages
from cdisc_conv.draft.reading.names import singular, without_accents, words
from cdisc_conv.draft.reading.profiles import Profile
from cdisc_conv.standards import CodelistTerm, CodelistTerms

SYNONYMS: Mapping[str, Mapping[str, str]] = {
    "RACE": {
        "black": "BLACK OR AFRICAN AMERICAN",
        "african american": "BLACK OR AFRICAN AMERICAN",
        "caucasian": "WHITE",
        "pacific islander": "NATIVE HAWAIIAN OR OTHER PACIFIC ISLANDER",
        "native american": "AMERICAN INDIAN OR ALASKA NATIVE",
        "american indian": "AMERICAN INDIAN OR ALASKA NATIVE",
        "oriental": "ASIAN",
    },
    "ETHNIC": {
        "latino": "HISPANIC OR LATINO",
        "hispanic": "HISPANIC OR LATINO",
        "non latino": "NOT HISPANIC OR LATINO",
        "non hispanic": "NOT HISPANIC OR LATINO",
        "not latino": "NOT HISPANIC OR LATINO",
        "not hispanic": "NOT HISPANIC OR LATINO",
    },
    "OUT": {
        "died": "FATAL",
        "death": "FATAL",
        "dead": "FATAL",
        "recovered": "RECOVERED/RESOLVED",
        "resolved": "RECOVERED/RESOLVED",
        "recovering": "RECOVERING/RESOLVING",
        "resolving": "RECOVERING/RESOLVING",
        "ongoing": "NOT RECOVERED/NOT RESOLVED",
        "not recovered": "NOT RECOVERED/NOT RESOLVED",
        "not resolved": "NOT RECOVERED/NOT RESOLVED",
        "still under treatment observation": "NOT RECOVERED/NOT RESOLVED",
        "alive with sequelae": "RECOVERED/RESOLVED WITH SEQUELAE",
        "with sequelae": "RECOVERED/RESOLVED WITH SEQUELAE",
    },
    "ACN": {
        "withdrawn": "DRUG WITHDRAWN",
        "discontinued": "DRUG WITHDRAWN",
        "drug discontinued": "DRUG WITHDRAWN",
        "interrupted": "DRUG INTERRUPTED",
        "drug stopped temporarily": "DRUG INTERRUPTED",
        "reduced": "DOSE REDUCED",
        "increased": "DOSE INCREASED",
        "none": "DOSE NOT CHANGED",
        "no change": "DOSE NOT CHANGED",
        "unchanged": "DOSE NOT CHANGED",
        "no action": "DOSE NOT CHANGED",
    },
    "NY": {"true": "Y", "false": "N", "checked": "Y", "ja": "Y", "nein": "N", "si": "Y", "1": "Y", "0": "N"},
    "FREQ": {
        **dict.fromkeys(("once daily", "once a day", "once per day", "1 per day", "every day"), "QD"),
        **dict.fromkeys(("twice a day", "twice per day", "two times a day"), "BID"),
        **dict.fromkeys(("three times a day", "three times per day", "thrice daily"), "TID"),
        **dict.fromkeys(("four times a day", "four times daily", "four times per day"), "QID"),
        "single dose": "ONCE",
    },
    "ROUTE": {
        "i v": "INTRAVENOUS",
        "s c": "SUBCUTANEOUS",
        "per os": "ORAL",
        "po": "ORAL",
        "iv": "INTRAVENOUS",
        "sc": "SUBCUTANEOUS",
        "sq": "SUBCUTANEOUS",
        "im": "INTRAMUSCULAR",
        "sl": "SUBLINGUAL",
        "top": "TOPICAL",
        "inh": "RESPIRATORY (INHALATION)",
        "by mouth": "ORAL",
        "into a vein": "INTRAVENOUS",
        "into vein": "INTRAVENOUS",
        "under the skin": "SUBCUTANEOUS",
        "into a muscle": "INTRAMUSCULAR",
        "into muscle": "INTRAMUSCULAR",
        "on the skin": "TOPICAL",
        "inhaled": "RESPIRATORY (INHALATION)",
        "into the eye": "OPHTHALMIC",
        "into the nose": "NASAL",
        "into the ear": "AURICULAR (OTIC)",
        "under the tongue": "SUBLINGUAL",
    },
    "SEX": {"man": "M", "woman": "F", "masculine": "M", "feminine": "F"},
    "NCOMPLT": {
        "failure to meet criteria": "FAILURE TO MEET CONTINUATION CRITERIA",
        "subject withdrew": "WITHDRAWAL BY SUBJECT",
        "withdrew consent": "WITHDRAWAL BY SUBJECT",
        "consent withdrawn": "WITHDRAWAL BY SUBJECT",
    },
}
"""What forms say for terms, where terminology itself has no such synonym."""
_MISSING = frozenset(fold(text) for text in ("missing", "not available", "n/a", "(not used)", "-", ".", "null", "nan"))
_NEGATIONS = frozenset(["not", "non", "no", "without", "never", "un"])
_QUALIFIERS = frozenset(
    ("day", "daily", "week", "weekly", "month", "monthly", "hour", "every", "per", "sequelae", "sequela", "worsening")
)
"""Words that make something else of a term beside it."""
_INNER = re.compile(r"\(([^()]+)\)")


@dataclass(frozen=True, slots=True)
class Coding:
    """Texts of a column matched to a codelist: what `map` has to say, and the texts that mean no term."""

    matched: int
    asked: int
    map: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    """Texts that only say that there is no value."""
    unmatched: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    """``text is TERM`` for each match that rests on some of its words."""

    @property
    def share(self) -> float:
        """The part of the texts that mean a term."""
        return self.matched / self.asked if self.asked else 0.0


def match_codes(profile: Profile, codelist: CodelistTerms) -> Coding:
    """The codes and values of a column against a codelist, by the words of each code."""
    texts = dict.fromkeys([*profile.codes, *(value for value in profile.values if value not in profile.codes)])
    made: dict[str, str] = {}
    missing, unmatched, unsure = [], [], []
    matched = asked = 0
    for text in texts:
        word = profile.word_of(text)
        if fold(word) in _MISSING:
            missing.append(text)
            continue
        asked += 1
        term, sure = find_term(word, codelist)
        if term is None and text != word and len(text) > 1 and text.isalpha():  # the code may be a name of the term
            term, sure = find_term(text, codelist)
            term, sure = (term, False) if sure else (None, False)
        if term is None:
            unmatched.append(text)
            continue
        matched += 1
        direct = codelist.match(text).term
        if direct is None or direct.value != term.value:
            made[text] = term.value
        if not sure or (word.isdigit() and term.value != word):
            unsure.append(f"'{word}' is {term.value}")
    numbers = [text for text in texts if profile.word_of(text).isdigit() and codelist.term(text) is None]
    if numbers and unmatched:  # a number is a term by chance, where others beside it are none
        unmatched = [text for text in texts if text in {*unmatched, *numbers}]
        made = {text: term for text, term in made.items() if text not in unmatched}
        matched, unsure = asked - len(unmatched), [said for said in unsure if said.split("'")[1] not in numbers]
    return Coding(matched, asked, made, tuple(missing), tuple(unmatched), tuple(unsure))


def find_term(text: str, codelist: CodelistTerms) -> tuple[CodelistTerm | None, bool]:
    """The term that a text means, and whether that is sure: it is a name of it, and not only some of its words.

    >>> from cdisc_conv.standards import load_terminology
    >>> terminology = load_terminology("sdtm", "2025-03-28")
    >>> find_term("3 times per day (TID)", terminology.codelist("FREQ"))[0].value
    'TID'
    >>> term, sure = find_term("White, Caucasian, or Arabic", terminology.codelist("RACE"))
    >>> term.value, sure
    ('WHITE', False)
    >>> find_term("Not related", terminology.codelist("NY"))[0] is None
    True
    """
    own = {**languages.SYNONYMS.get(codelist.short_name, {}), **SYNONYMS.get(codelist.short_name, {})}
    inner = [found.strip() for found in _INNER.findall(text)]
    bare = _INNER.sub(" ", text).strip()
    for spelling in (text, *inner, bare):
        if not spelling:
            continue
        if (term := codelist.match(spelling).term) is not None:
            return term, True
        said = own.get(" ".join(_plain(spelling)))
        if said is not None:
            return codelist.term(said), True
    spelled = _index_words(codelist).get(" ".join(_plain(text)), "")
    if spelled:
        return codelist.term(spelled), True
    return _find_by_words(text, codelist, own), False


@cache
def _index_words(codelist: CodelistTerms) -> Mapping[str, str]:
    """The terms by the words of their values, which forms write with other signs between them."""
    spelled: dict[str, set[str]] = {}
    for term in codelist.terms:
        spelled.setdefault(" ".join(_plain(term.value)), set()).add(term.value)
    return {words: next(iter(values)) for words, values in spelled.items() if words and len(values) == 1}


def find_inside(text: str, codelist: CodelistTerms) -> str:
    """The longest term that a text has among its words; "" for none.

    >>> from cdisc_conv.standards import load_terminology
    >>> find_inside("Overall response (RECIST 1.1)", load_terminology("sdtm", "2025-03-28").codelist("ONCRSCAT"))
    'RECIST 1.1'
    """
    said = f" {' '.join(_plain(text))} "
    found = [
        term.value for term in codelist.terms if len(term.value) > 2 and f" {' '.join(_plain(term.value))} " in said
    ]
    return max(found, key=len, default="")


def _plain(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", without_accents(text).casefold())


def _find_by_words(text: str, codelist: CodelistTerms, own: Mapping[str, str]) -> CodelistTerm | None:
    """The one term whose words are all in a text, or a text all of whose words are in the one term."""
    if len(codelist.terms) > 300:
        return None
    asked = [singular(word) for word in _plain(text)]
    if not asked or sum(len(word) > 2 for word in asked) == 0:
        return None
    found: dict[str, float] = {}
    spoken = [(name, term.value) for term in codelist.terms for name in (term.value, *term.synonyms)]
    for name, value in (*spoken, *own.items()):
        words_of = [singular(word) for word in _plain(name)]
        if len("".join(words_of)) < 4 or _NEGATIONS & (set(words_of) ^ set(asked)):
            continue
        if _QUALIFIERS & (set(asked) - set(words_of)):  # once a day is not once
            continue
        together = set(words_of) & set(asked)
        if together == set(words_of) or (together == set(asked) and len(asked) > 1 and name not in own):
            found[value] = max(found.get(value, 0.0), len(together) / max(len(set(words_of)), len(set(asked))))
    if not found:
        return None
    best = max(found.values())
    values = [value for value, weight in found.items() if weight == best]
    return codelist.term(values[0]) if len(values) == 1 else None


def is_yes(text: str) -> bool:
    """Whether a word says yes.

    >>> is_yes("Yes"), is_yes("1"), is_yes("Ongoing"), is_yes("No")
    (True, True, True, False)
    """
    return fold(text) in ("y", "yes", "1", "true", "checked", "ongoing", "ong", "continuing", "x", *languages.YES)


def is_no(text: str) -> bool:
    """Whether a word says no."""
    return fold(text) in ("n", "no", "0", "false", "unchecked", "not done", "none", *languages.NO)


def is_not_done(text: str) -> bool:
    """Whether a result only says that there is none.

    >>> is_not_done("Not done"), is_not_done("ND"), is_not_done("Not examined"), is_not_done("Negative")
    (True, True, True, False)
    """
    said = fold(text)
    return (
        said in ("nd", "not done")
        or re.fullmatch(r"not (done|examined|assessed|evaluated|performed)", text.strip().lower()) is not None
    )


def yes_codes(profile: Profile) -> list[str]:
    """The codes or values of a column that say yes."""
    texts = dict.fromkeys([*profile.codes, *profile.values])
    return [text for text in texts if is_yes(profile.word_of(text))]


def no_codes(profile: Profile) -> list[str]:
    """The codes or values of a column that say no."""
    texts = dict.fromkeys([*profile.codes, *profile.values])
    return [text for text in texts if is_no(profile.word_of(text))]


def shared_words(texts: Iterable[str]) -> set[str]:
    """The words that all of some texts have."""
    split = [set(words(text)) for text in texts]
    return set.intersection(*split) if split else set()
