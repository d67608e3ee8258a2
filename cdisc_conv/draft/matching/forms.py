"""Which domain a form belongs to: by its name, its label and the names of its columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdisc_conv.draft.matching import languages
from cdisc_conv.draft.matching.columns import Item, Knowledge
from cdisc_conv.draft.matching.targets import CDASH
from cdisc_conv.draft.matching.vocabulary import FORMS
from cdisc_conv.draft.reading.names import shared_parts, similarity, spellings, split_name, words

LEAST = 0.5
_FORMS = {domain: (*phrases, *languages.FORMS.get(domain, ())) for domain, phrases in FORMS.items()}
DOMAINS = (
    "DM",
    "AE",
    "CM",
    "MH",
    "PR",
    "EX",
    "EC",
    "SU",
    "DS",
    "DV",
    "CE",
    "HO",
    "VS",
    "LB",
    "EG",
    "PE",
    "QS",
    "IE",
    "DA",
    "SC",
    "RP",
    "DD",
    "FA",
    "RS",
    "TU",
    "TR",
    "SS",
    "ML",
    "AG",
    "BE",
    "BS",
    "CV",
    "MB",
    "MI",
    "MO",
    "NV",
    "OE",
    "PC",
    "RE",
    "UR",
    "MK",
    "FT",
    "CO",
    "SV",
)
"""Domains whose letters a form's name may be."""
DM_NAMES = frozenset(["SEX", "GENDER", "RACE", "ETHNIC", "ETHNICITY", "BRTHDAT", "DOB", "AGE", "AGEU", "COUNTRY"])


_BESIDE = frozenset(
    ("independent", "review", "central", "local", "investigator", "blinded", "recist", "form", "page", "log", "crf")
)
"""Words of labels that say who fills a form in, and not what it is about."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The domain of a form; "" for none that is recognised."""

    domain: str
    score: float
    reason: str
    prefixes: tuple[str, ...] = ()


def place_form(name: str, label: str, items: Sequence[Item], known: Knowledge) -> Placed:
    """The likeliest domain of a form, with a score and the reasons."""
    found: dict[str, list[tuple[float, str]]] = {}

    def note(domain: str, score: float, reason: str) -> None:
        if domain in known.standard.datasets:
            found.setdefault(domain, []).append((score, reason))

    parts = split_name(name)
    for place, part in enumerate(parts):
        if part in DOMAINS:
            note(part, 0.85 if len(parts) == 1 or place == 0 else 0.7, f"the form is called {name}")
        elif part.rstrip("0123456789") in DOMAINS and place == 0:
            note(part.rstrip("0123456789"), 0.75, f"the form is called {name}")
        elif len(part) in (4, 5) and part[:2] in ("LB", "QS", "EG", "DS", "EX") and place == 0:
            note(part[:2], 0.6, f"the name of the form begins with {part[:2]}")
    for what, text, top in (("label", label, 0.85), ("name", name, 0.75)):
        said = words(text)
        bare = tuple(word for word in said if word not in _BESIDE and not word.isdigit())
        for domain, phrases in _FORMS.items():
            weight = max((similarity(said, words(phrase)) for phrase in phrases), default=0.0) if said else 0.0
            if bare and bare != said:
                weight = max(weight, 0.95 * max(similarity(bare, words(phrase)) for phrase in phrases))
            if weight:
                note(domain, top * weight, f"its {what} is '{text}'")
    for domain, share in _shares(items, known).items():
        note(domain, 0.8 * share, f"its columns are called as those of {domain}")
    plain = {spelling for item in items for spelling in spellings(item.name)}
    if len(plain & DM_NAMES) >= 2:
        note("DM", 0.35 + 0.1 * min(len(plain & DM_NAMES), 5), "it has " + ", ".join(sorted(plain & DM_NAMES)))
    scores = {domain: _combine([score for score, _ in said]) for domain, said in found.items()}
    best = max(scores, key=lambda domain: scores[domain], default="")
    if not best or scores[best] < LEAST:
        return Placed("", scores.get(best, 0.0), "nothing says which domain it is of")
    reasons = "; ".join(dict.fromkeys(reason for _, reason in sorted(found[best], reverse=True)))
    return Placed(best, round(min(scores[best], 0.99), 2), reasons, (best[:2],))


def _combine(scores: Sequence[float]) -> float:
    """Independent hints together.

    >>> _combine([0.5, 0.5])
    0.75
    """
    left = 1.0
    for score in scores:
        left *= 1.0 - score
    return 1.0 - left


def _shares(items: Sequence[Item], known: Knowledge) -> Mapping[str, float]:
    """The part of the items whose names begin with the letters of a domain and go on as its variables do."""
    shared = shared_parts(item.name for item in items)
    counts: Counter[str] = Counter()
    for item in items:
        spelled = spellings(item.name, shared)[:2]
        for domain in {one[:2] for one in spelled if one[:2] in DOMAINS}:
            rests = [one[2:] for one in spelled if one.startswith(domain)]
            sure = any(rest in CDASH or f"{domain}{rest}" in known.dataset(domain).names for rest in rests)
            counts[domain] += 10 if sure else 3
    return {domain: count / 10 / len(items) for domain, count in counts.items() if count >= 10 or len(items) < 3}
