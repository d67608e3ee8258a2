"""Names of columns taken apart: prefixes of the EDC, endings that say what a column is of another, and words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

ENDINGS = ("RAW", "STD", "DEC", "DECODE", "TEXT", "LABEL", "CODE", "CD", "COD", "INT", "NSV")
"""Endings behind an underscore that say which form of a value a column has, and not which value."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_WORD = re.compile(r"[A-Za-z]+|\d+")
_STOP = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "at",
        "be",
        "by",
        "did",
        "do",
        "does",
        "for",
        "from",
        "has",
        "have",
        "if",
        "in",
        "is",
        "it",
        "of",
        "on",
        "or",
        "please",
        "record",
        "the",
        "this",
        "to",
        "was",
        "were",
        "with",
        "yes",
        "no",
        "specify",
        "select",
        "enter",
        "choose",
        "subject",
        "subjects",
        "patient",
        "patients",
        "participant",
        "s",
    ]
)


_ABOUT = ("reason", "related", "relation", "specification", "comment", "explain", "describe")
"""First words of labels that speak about something else that follows."""


_TURNS = frozenset(
    ("worsening", "other", "specification", "previous", "second", "change", "reason", "comment", "awareness")
)
"""Words that make something else of what a label speaks of."""


def split_name(name: str) -> tuple[str, ...]:
    """The parts of a name, in capitals.

    >>> split_name("IT.AESTDAT"), split_name("I_ADVER_1_AETERM"), split_name("DrugAdminDate")
    (('IT', 'AESTDAT'), ('I', 'ADVER', '1', 'AETERM'), ('DRUG', 'ADMIN', 'DATE'))
    """
    parts = [piece for part in re.split(r"[^A-Za-z0-9]+", name) for piece in _CAMEL.split(part)]
    return tuple(part.upper() for part in parts if part)


def shared_parts(names: Iterable[str]) -> tuple[str, ...]:
    """The parts that (nearly) all names of a form begin with, which say nothing of the column.

    >>> shared_parts(["I_PHYSI_HEIGHT", "I_PHYSI_WEIGHT", "I_PHYSI_PULSE"])
    ('I', 'PHYSI')
    """
    split = [split_name(name) for name in names]
    if len(split) < 3:
        return ()
    shared: tuple[str, ...] = ()
    while True:
        place = len(shared)
        found = Counter(parts[place] for parts in split if parts[:place] == shared and len(parts) > place + 1)
        if not found:
            return shared
        part, count = found.most_common(1)[0]
        if count < 0.9 * len(split):
            return shared
        shared = (*shared, part)


def common_letters(names: Iterable[str], least: float = 0.6) -> tuple[str, ...]:
    """The two to five letters that most names of a form begin with, the longest first.

    >>> common_letters(["SFUDAT", "SFUSTAT", "SFUALIVE", "READER"])
    ('SFU', 'SF')
    """
    said = [re.sub(r"[^A-Z0-9]", "", name.upper()) for name in names]
    if len(said) < 2:
        return ()
    found = []
    for length in range(5, 1, -1):
        counts = Counter(name[:length] for name in said if len(name) > length)
        best, count = counts.most_common(1)[0] if counts else ("", 0)
        if count >= max(2, least * len(said)) and best.isalpha():
            found.append(best)
    return tuple(found)


def spellings(name: str, shared: Sequence[str] = ()) -> tuple[str, ...]:
    """What a name may mean, the likeliest first: without shared parts and endings, joined, and its last parts alone.

    >>> spellings("I_PHYSI_PEDAT", ("I", "PHYSI"))
    ('PEDAT',)
    >>> spellings("AE_SER_STD")
    ('AESER', 'SER')
    """
    parts = list(split_name(name))
    if tuple(parts[: len(shared)]) == tuple(shared) and len(parts) > len(shared):
        parts = parts[len(shared) :]
    while len(parts) > 1 and parts[-1] in ENDINGS:
        parts = parts[:-1]
    found = ["".join(parts[start:]) for start in range(len(parts))]
    unnumbered = [part for part in parts if not part.isdigit()]
    found += ["".join(unnumbered[start:]) for start in range(len(unnumbered))]
    return tuple(dict.fromkeys(one for one in found if len(one) > 1))


def without_accents(text: str) -> str:
    """A text with plain letters for those with accents.

    >>> without_accents("Größe, Événement"), without_accents("血压")
    ('Grosse, Evenement', '血压')
    """
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text.replace("ß", "ss"))
    return unicodedata.normalize("NFC", "".join(sign for sign in parts if not unicodedata.combining(sign)))


@cache
def words(text: str) -> tuple[str, ...]:
    """The words of a label or a name that carry meaning, in small letters.

    >>> words("Start Date of Adverse Event"), words("DiscontinuationDate"), words("height (cm)")
    (('start', 'date', 'adverse', 'event'), ('discontinuation', 'date'), ('height', 'cm'))
    """
    split = _CAMEL.sub(" ", without_accents(text))
    return tuple(word for word in (one.lower() for one in _WORD.findall(split)) if word not in _STOP)


_SHORT = {
    "dt": "date",
    "dat": "date",
    "dte": "date",
    "tm": "time",
    "tim": "time",
    "desc": "description",
    "descr": "description",
    "txt": "text",
    "num": "number",
    "nr": "number",
    "amt": "amount",
    "freq": "frequency",
    "rel": "relationship",
    "ind": "indication",
    "trt": "treatment",
    "tx": "treatment",
    "hx": "history",
    "dx": "diagnosis",
    "sx": "symptom",
    "ctry": "country",
    "ethn": "ethnicity",
    "pt": "preferred term",
    "soc": "system organ class",
    "llt": "lowest level term",
    "hlt": "high level term",
    "hlgt": "high level group term",
}
"""What short words of names stand for."""
_ENDS = re.compile(r"([a-z]{3,}?)(date|time|dose)")


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name, with short ones written out, and joined ones apart where they end as dates and times do.

    >>> name_words("consent_dt"), name_words("dosedate"), name_words("meddra_pt")
    (('consent', 'date'), ('dose', 'date'), ('preferred', 'term'))
    """
    found: list[str] = []
    for word in words(name):
        joined = _ENDS.fullmatch(word)
        for part in joined.groups() if joined else (word,):
            found += _SHORT.get(part, part).split()
    return tuple(word for word in found if word != "meddra")


def singular(word: str) -> str:
    """A word without the s of a plural, as far as two words have to be compared.

    >>> singular("medications"), singular("dose"), singular("diagnosis")
    ('medication', 'dose', 'diagnosis')
    """
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "is", "us")) else word


def similarity(label: Sequence[str], phrase: Sequence[str]) -> float:
    """How much of a label a phrase explains, from 0 to 1; all words of the phrase must be there, in their order.

    >>> similarity(("start", "date", "adverse", "event"), ("start", "date"))
    0.75
    >>> similarity(("end", "date"), ("start", "date"))
    0.0
    """
    own, wanted = [singular(word) for word in label], [singular(word) for word in phrase]
    place = 0
    for word in own:
        if place < len(wanted) and word == wanted[place]:
            place += 1
    share = len(wanted) / len(own) if own else 0.0
    if not wanted or place < len(wanted) or (len(wanted) == 1 and share < 0.5) or share < 0.25:
        return 0.0
    if set(own) & _TURNS - set(wanted):
        return 0.0
    if own[0] in _ABOUT and singular(wanted[0]) != own[0]:
        return 0.0
    return 0.5 + 0.5 * share
