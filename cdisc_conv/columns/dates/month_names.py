"""Names of months in languages other than English, and their abbreviations."""

from __future__ import annotations

import unicodedata
from functools import cache

MONTHS = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
}
"""Language (ISO 639-1) -> the names from January on, in small letters."""

_MORE = {
    "de": {"jänner": 1, "jan": 1, "feber": 2, "maerz": 3, "mrz": 3},
    "es": {"setiembre": 9, "set": 9},
    "nl": {"mrt": 3},
    "pl": {"styczeń": 1, "luty": 2, "marzec": 3, "kwiecień": 4, "czerwiec": 6, "lipiec": 7, "sierpień": 8,
           "wrzesień": 9, "październik": 10, "listopad": 11, "grudzień": 12},
}  # fmt: skip
_SHORTEST = 3


def find_month(name: str, language: str) -> int:
    """The month (1 to 12) of a name or an abbreviation of it of three letters or more; -1 for none, or for several.

    Case, accents and a dot at the end do not count.

    >>> find_month("Déc.", "fr"), find_month("MAERZ", "de"), find_month("jui", "fr"), find_month("okt", "en")
    (12, 3, -1, -1)
    """
    folded = _fold(name.rstrip("."))
    names = _list_names(language)
    if folded in names:
        return names[folded]
    found = {month for known, month in names.items() if len(folded) >= _SHORTEST and known.startswith(folded)}
    return found.pop() if len(found) == 1 else -1


@cache
def _list_names(language: str) -> dict[str, int]:
    named = {_fold(name): number for number, name in enumerate(MONTHS[language].split(), 1)}
    return named | {_fold(name): number for name, number in _MORE.get(language, {}).items()}


def _fold(name: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign))
