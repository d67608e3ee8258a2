"""What a study knowingly leaves out: the keys of ``not_submitted``, with their reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase


def find_reason(reasons: Mapping[str, str], form: str, field: str = "") -> str:
    """The reason why a column of a form, or the form itself, is not submitted; "" where none is given.

    A key is a column (``FORMEID``, of every form), a column of a form (``ae.AEYN``) or a form (``ae``); ``*`` stands
    for any characters and ``?`` for one. The narrowest key counts: plain ones before patterns, columns of a form before
    columns, those before forms, and of patterns the first.

    >>> reasons = {"*_DEC": "the words of codes", "lab*": "not in SDTM"}
    >>> [find_reason(reasons, *column) for column in (("ae", "AEOUT_DEC"), ("lab2", "LBDAT"), ("ae", "AEYN"))]
    ['the words of codes', 'not in SDTM', '']
    """
    names = [f"{form}.{field}", field, form] if field else [form]
    plain = next((reasons[name] for name in names if name in reasons), "")
    if plain:
        return plain
    patterns = [key for key in reasons if is_pattern(key)]
    return next((reasons[key] for name in names for key in patterns if fnmatchcase(name, key)), "")


def is_pattern(key: str) -> bool:
    """Whether a key stands for several names."""
    return "*" in key or "?" in key


def matches_any(key: str, names: Iterable[str]) -> bool:
    """Whether a key is one of the names, or a pattern of one.

    >>> matches_any("ae.*_DEC", ["ae.AEOUT_DEC"]), matches_any("AEOUT", ["AEOUT_DEC"])
    (True, False)
    """
    return any(fnmatchcase(name, key) if is_pattern(key) else name == key for name in names)
