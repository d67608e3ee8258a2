"""The entry of a variable, made from the column that fills it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Any

from cdisc_conv.draft.matching.codes import Coding, match_codes, no_codes, yes_codes
from cdisc_conv.draft.matching.columns import Guess, Item, Knowledge
from cdisc_conv.draft.model import Line
from cdisc_conv.draft.reading.names import shared_parts, spellings, split_name
from cdisc_conv.draft.reading.profiles import describe_date
from cdisc_conv.standards.countries import find_country

UPPER = ("TERM", "TRT", "REL", "CAT", "SCAT", "INDC", "LOC")
"""Ends of variables whose text is submitted in capitals, as SDTMIG 4.2.4 recommends."""
MOST_EXTENDED = 40
MOST_TEXT = 200


def make_entry(guess: Guess, domain: str, known: Knowledge) -> tuple[Line, tuple[str, ...]]:
    """The line of a recognised column, and the texts that it leaves out because they mean no term."""
    item, target = guess.item, guess.target
    profile = item.profile
    if profile.kind in ("date", "datetime") or (target.endswith("DTC") and not profile.filled):
        return _date_line(guess), ()
    if target.endswith("DTC"):  # a year alone
        return Line(target, {"datetime": {"date": item.column, "formats": ["YYYY"]}}, guess.score, guess.reason), ()
    if target.endswith("TOXGR"):
        return _grade_line(guess), ()
    if target == "COUNTRY":
        return _country_line(guess)
    codelist = known.codelist(domain, target)
    variable = known.variable(domain, target)
    if codelist is not None:
        return _coded_line(guess, match_codes(profile, codelist), codelist.extensible)
    if variable is not None and variable.numeric:
        comma = any("," in value for value in profile.values)
        entry = {"expr": f'number(replace({raw(item.column)}, ",", "."))'} if comma else {"copy": item.column}
        return Line(target, entry, guess.score, guess.reason), ()
    return _text_line(guess, domain), ()


def _grade_line(guess: Guess) -> Line:
    """A grade as its number."""
    profile = guess.item.profile
    texts = dict.fromkeys([*profile.codes, *profile.values])
    found = {text: re.search(r"[0-5](?!\d)", profile.word_of(text)) or re.search(r"[0-5]", text) for text in texts}
    made = {text: grade[0] for text, grade in found.items() if grade is not None and text != grade[0]}
    if not made:
        return Line(guess.target, {"copy": guess.item.column}, guess.score, guess.reason)
    values = {**{text: text for text in texts}, **made}
    return Line(guess.target, {"map": {"value": guess.item.column, "values": values}}, guess.score, guess.reason)


def _country_line(guess: Guess) -> tuple[Line, tuple[str, ...]]:
    """A country as its three letters of ISO 3166, and the texts that mean none."""
    profile = guess.item.profile
    texts = sorted({*profile.codes, *profile.values})
    made = {text: find_country(profile.word_of(text)) or find_country(text) for text in texts}
    left = tuple(text for text, code in made.items() if not code)
    if all(text == code for text, code in made.items()):
        return Line(guess.target, {"copy": guess.item.column}, guess.score, guess.reason), ()
    entry = {"map": {"value": guess.item.column, "values": made}}
    if not left:
        return Line(guess.target, entry, min(guess.score, 0.85), f"{guess.reason}; as ISO 3166 codes it"), ()
    shown = ", ".join(f"'{text}'" for text in left[:8])
    reason = f"{guess.reason}; no country of ISO 3166 is called {shown}: blank here, kept as collected in SUPP--"
    return Line(guess.target, entry, 0.5, reason, True), left


def _date_line(guess: Guess) -> Line:
    profile = guess.item.profile
    said: Any = guess.item.column
    if profile.formats:
        said = describe_date(guess.item.column, profile.formats)
    if profile.doubt:
        return Line(guess.target, {"datetime": said}, min(guess.score, 0.5), f"{guess.reason}; {profile.doubt}", True)
    return Line(guess.target, {"datetime": said}, guess.score, guess.reason)


def _coded_line(guess: Guess, coding: Coding, extensible: bool) -> tuple[Line, tuple[str, ...]]:
    profile = guess.item.profile
    made = {**coding.map, **dict.fromkeys(coding.missing, "")}
    score, reason = guess.score, guess.reason
    said: dict[str, Any] = {"value": guess.item.column}
    left: tuple[str, ...] = ()
    if coding.unsure:
        score, reason = min(score, 0.7), f"{reason}; by some of the words: {', '.join(coding.unsure)}"
    if coding.unmatched and extensible and len(coding.unmatched) <= MOST_EXTENDED:
        own = {text: _term(profile.word_of(text)) for text in coding.unmatched}
        said["extend"] = list(dict.fromkeys(own.values()))
        made |= {text: term for text, term in own.items() if text != term}
        score, reason = min(score, 0.6), f"{reason}; terms of the study's own: {', '.join(said['extend'])}"
    elif coding.unmatched and not extensible:
        left = coding.unmatched
        made |= dict.fromkeys(left, "")
        shown = ", ".join(f"'{profile.word_of(text)}'" for text in left[:8])
        score, reason = min(score, 0.5), f"{reason}; no term means {shown}: blank here, kept as collected in SUPP--"
    if guess.target == "DTHFL":  # a subject who is not known to have died has a blank
        made |= dict.fromkeys(no_codes(profile), "")
    if made:
        said["map"] = made
    entry = {"term": said if len(said) > 1 else guess.item.column}
    return Line(guess.target, entry, score, reason, bool(left)), left


def _term(word: str) -> str:
    return ascii_text(" ".join(word.split())).upper()[:MOST_TEXT]


def _text_line(guess: Guess, domain: str) -> Line:
    item, target = guess.item, guess.target
    if item.profile.longest > MOST_TEXT and target.endswith("TERM"):
        return Line(target, {"split": item.column}, guess.score, f"{guess.reason}; texts are longer than 200")
    if item.profile.codes and set(item.profile.values) <= set(item.profile.codes):
        values = {code: _term(word) for code, word in item.profile.codes.items()}
        return Line(target, {"map": {"value": item.column, "values": values}}, guess.score, guess.reason)
    bare = target.removeprefix(domain[:2])
    if bare in UPPER and item.profile.values and all(value.isdigit() for value in item.profile.values):
        return Line(target, {"copy": item.column}, 0.5, f"{guess.reason}; nothing says what its codes mean", True)
    if bare in UPPER and target != domain:
        return Line(target, {"copy": {"source": item.column, "case": "upper"}}, guess.score, guess.reason)
    return Line(target, {"copy": item.column}, guess.score, guess.reason)


def make_plain_entry(item: Item, variables: Collection[str] = ()) -> dict[str, Any]:
    """The entry of a column whose values go out as they were collected: dates in ISO 8601, codes in words.

    A column of dates with a value that is none goes out as it is, so that the value is not lost.
    A column that is called like one of `variables` is named with ``raw.`` before it.
    """
    profile = item.profile
    column = f"raw.{item.column}" if item.column in variables else item.column
    if profile.kind in ("date", "datetime") and not profile.undated:
        if profile.formats:
            return {"datetime": describe_date(column, profile.formats)}
        return {"datetime": column}
    if item.beside:
        return {"copy": f"raw.{item.beside[0]}" if item.beside[0] in variables else item.beside[0]}
    if profile.codes and profile.filled and set(profile.values) <= set(profile.codes) and not profile.separator:
        return {"map": {"value": column, "values": dict(profile.codes)}}
    return {"copy": column}


def make_flag_condition(column: str, codes: Sequence[str]) -> str:
    """The condition that a column holds one of some codes."""
    listed = ", ".join(f'"{code}"' for code in codes)
    return f"{raw(column)} == {listed}" if len(codes) == 1 else f"{raw(column)} in ({listed})"


def make_ongoing(guess: Guess, domain: str, known: Knowledge) -> list[Line]:
    """Ongoing when it was asked: --ENRTPT and --ENTPT, where the domain has them, when the answer is yes."""
    target, point = f"{domain[:2]}ENRTPT", f"{domain[:2]}ENTPT"
    codes = yes_codes(guess.item.profile)
    if known.variable(domain, target) is None or not codes:
        return []
    when = make_flag_condition(guess.item.column, codes)
    said = f"{guess.reason}; name the time point of the protocol"
    bare = [code for code in codes if code.isdigit() and guess.item.profile.word_of(code) == code]
    score, reason = guess.score, guess.reason
    if bare:
        score, reason = min(score, 0.5), f"{reason}; nothing says what its codes mean: {bare[0]} is taken for yes"
    return [
        Line(target, {"when": when, "constant": "ONGOING"}, score, reason, bool(bare)),
        Line(point, {"when": when, "constant": "TIME OF COLLECTION"}, 0.5, said),
    ]


def raw(column: str) -> str:
    """A column of the source as an expression names it, whatever variables are called.

    >>> raw("AEYN"), raw("IT.AESER"), raw("Start date")
    ('raw.AEYN', 'raw.IT.AESER', '`Start date`')
    """
    if re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", column):
        return f"raw.{column}"
    return "`" + column.replace("`", "``") + "`"


def ascii_text(text: str) -> str:
    """A text in printable ASCII, accents taken away.

    >>> ascii_text("Examen físico ≥1")
    'Examen fisico >=1'
    """
    for sign, plain in (
        ("≥", ">="),
        ("≤", "<="),
        ("µ", "u"),
        ("μ", "u"),
        ("’", "'"),
        ("–", "-"),
        ("—", "-"),
        ("°", "deg"),
    ):
        text = text.replace(sign, plain)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join("".join(sign if sign.isprintable() else " " for sign in plain).split())


def make_label(item: Item) -> str:
    """A label of at most 40 bytes: that of the column, or its name."""
    text = ascii_text(item.label) or ascii_text(item.name)
    text = re.sub(r"^\d+\.\s*", "", text).rstrip(" :")
    if len(text) <= 40:
        return text
    cut = text[:40].rpartition(" ")[0]
    return cut if len(cut) > 20 else text[:40]


def make_name(item: Item, taken: Collection[str], shared: Sequence[str] = ()) -> str:
    """A name of at most 8 letters and digits that nothing else has.

    >>> from cdisc_conv.draft.reading.profiles import Profile
    >>> profile = Profile("f", "x", "", "item", 0, 0, 0, (), "text")
    >>> make_name(Item("f", "x", "REASON_INTERRUPTED", "", profile), ())
    'REASINTE'
    >>> make_name(Item("f", "x", "AEX", "", profile), ["AEX"])
    'AEX2'
    """
    spelled = spellings(item.name, shared)
    parts = list(split_name(item.name))
    if tuple(parts[: len(shared)]) == tuple(shared) and len(parts) > len(shared):
        parts = parts[len(shared) :]
    joined = "".join(parts)
    if len(joined) > 8 and len(parts) > 1:
        numbers = "".join(part for part in parts if part.isdigit())[-2:]
        texts = [part for part in parts if not part.isdigit()] or parts
        room = 8 - len(numbers)
        size = max(2, room // len(texts[-3:]))
        joined = "".join(part[:size] for part in texts[-3:])[:room] + numbers
    if len(joined) > 8 and (digits := re.search(r"\d{1,3}$", joined)):
        joined = joined[: 8 - len(digits[0])] + digits[0]
    name = (joined or (spelled[0] if spelled else "ITEM"))[:8]
    name = re.sub(r"[^A-Z0-9]", "", name.upper()) or "ITEM"
    name = name if name[0].isalpha() else f"X{name}"[:8]
    if name not in taken:
        return name
    for number in range(2, 10_000):
        one = f"{name[: 8 - len(str(number))]}{number}"
        if one not in taken:
            return one
    return name


def shared_of(items: Sequence[Item]) -> tuple[str, ...]:
    """The parts that names of all items begin with."""
    return shared_parts(item.name for item in items)
