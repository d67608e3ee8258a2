"""Eligibility criteria as a registry has them, one text with headings and lists, as single criteria."""

from __future__ import annotations

import re

_HEADING = re.compile(
    r"^\W*(?:(?:key|main|major|general|principal|primary|selected|patient|subject|participant|eligibility)\s+)*"
    r"(?:(inclusion|exclusion)\s+criteria(\s*[:(,\u2013-].{0,80}|\s+(?:for|of|in)\s.{0,80})?|(inclusion|exclusion)s?)\W*$",
    re.IGNORECASE,
)
"""A line that says which criteria follow, alone or with the group of subjects that they are for."""
_ITEM = re.compile(r"^(?:\d+[.)]|[-*•])\s+(.*)$")
_ESCAPED = re.compile(r"\\([<>*#_~\[\]().+-])")


def split_criteria(text: str) -> dict[str, list[str]]:
    """The criteria by ``inclusion`` and ``exclusion``; what stands before any heading comes under "".

    So do headings that say more than that, such as ``Inclusion criteria for part A``.

    A line that begins with a number or a dash and is not indented begins a criterion; what follows belongs to it, and
    so does a list inside it. Escapes of Markdown are taken away.

    >>> text = "Inclusion Criteria:\\n1. Adults\\n2. ECOG below 2:\\n   * by a physician\\nExclusion Criteria:\\n* None"
    >>> split_criteria(text)
    {'inclusion': ['Adults', 'ECOG below 2: by a physician'], 'exclusion': ['None']}
    """
    found: dict[str, list[str]] = {}
    section = ""
    for line in text.splitlines():
        heading = _HEADING.match(line)
        if heading:
            section = (heading[1] or heading[3]).lower()
            found.setdefault(section, [])
            if re.search(r"\w", heading[2] or ""):  # whom the criteria are for, which is none of them
                found.setdefault("", []).append(_clean(line))
            continue
        if not line.strip():
            continue
        criteria = found.setdefault(section, [])
        item = _ITEM.match(line)
        if item or not criteria:
            criteria.append(_clean(item[1] if item else line))
        else:
            inner = _ITEM.match(line.strip())
            criteria[-1] += f" {_clean(inner[1] if inner else line)}"
    return {name: criteria for name, criteria in found.items() if criteria}


def _clean(text: str) -> str:
    return " ".join(_ESCAPED.sub(r"\1", text).split())
