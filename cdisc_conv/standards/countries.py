"""Countries: the codes and names of ISO 3166, and the code that a collected text means."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from cdisc_conv.standards.files import DATA


def find_country(text: str) -> str:
    """The code of three letters of a country, by this code, that of two letters, or a name in English; "" for none.

    >>> find_country("DE"), find_country("chn"), find_country("United States of America"), find_country("Atlantis")
    ('DEU', 'CHN', 'USA', '')
    """
    return _load_spellings().get(_fold(text), "")


@cache
def list_countries() -> frozenset[str]:
    """All codes of three letters, those that were withdrawn included: data may be older than the change."""
    return frozenset(_load_spellings().values())


@cache
def _load_spellings() -> Mapping[str, str]:
    found: dict[str, str] = {}
    with (DATA / "countries.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for spelling in (row["alpha_3"], row["alpha_2"], *row["names"].split(";")):
                if folded := _fold(spelling):
                    found.setdefault(folded, row["alpha_3"])
    return found


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z]+", plain.casefold().replace(".", "").replace("'", "")))
