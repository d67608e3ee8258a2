"""Columns of forms of lesions: which one identifies the lesion, and which says where it is and what was measured."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cdisc_conv.draft.matching.columns import Item
from cdisc_conv.draft.reading.names import common_letters, similarity, split_name, words

_NAMES: Mapping[str, tuple[str, ...]] = {
    "LINK": (
        *("ID", "LNKID", "LESID", "LESIONID", "LESNO", "LESNUM", "LESIONNO", "LESIONNUM", "LESIONNUMBER", "TUMORID"),
        *("NUM", "NO", "NUMBER", "TUMORNO", "TUMOURNO", "IDENT", "LESION", "LINKID", "NR"),
    ),
    "TYPE": ("TYPE", "LESTYPE", "LESIONTYPE", "CLASS", "CATEGORY", "CAT", "GRPID", "TARGET"),
    "LOC": ("LOC", "LOCATION", "SITE", "ORGAN", "LOCN", "LESLOC", "ANATLOC", "LESIONLOCATION"),
    "DETAIL": ("LOCSP", "LOCDTL", "LOCDESC", "LOCOTH", "LOCDETAIL", "LOCTXT", "LOCDET", "SITESP", "LOCSPEC"),
    "METHOD": ("METHOD", "METH", "MTHD", "MODALITY", "TECHNIQUE", "SCANTYPE", "IMAGING"),
    "LDIAM": ("LDIAM", "DIAM", "LD", "SIZE", "MEAS", "MEASUREMENT", "DIAMETER", "LONGDIAM", "LONGESTDIAMETER", "LONG"),
    "LPERP": ("SAXIS", "LPERP", "SHORT", "SHORTAXIS", "SAX", "SHORTDIAM", "SAXDIAM"),
    "STATE": ("STATE", "STATUS", "STAT", "LESSTAT", "LESIONSTATUS", "TUMSTATE", "RES", "ASSESS"),
    "SUM": ("SUM", "SUMDIAM", "SOD", "SLD", "SUMLD", "SUMOFDIAMETERS"),
    "REASON": ("REASNA", "REASND", "REASNE", "REANA", "NAREAS", "NEREAS", "REASNOT"),
    "NODAL": ("NODAL", "NODE", "LYMPHNODE", "LN", "LNYN", "ISNODE"),
    "READER": ("READER", "EVALID", "RATER", "ASSESSOR", "REVIEWER"),
    "UNIT": ("UNIT", "UNITS", "LDIAMU", "DIAMU", "SIZEU", "ORRESU", "MEASU", "DIAMUNIT", "LDU"),
}
"""What the columns are called, without the letters of the form."""
_LABELS: Mapping[str, tuple[str, ...]] = {
    "LINK": (
        "lesion id",
        "lesion number",
        "lesion identifier",
        "tumor id",
        "tumor number",
        "tumour number",
        "lesion no",
    ),
    "TYPE": ("lesion type", "type of lesion", "lesion classification", "lesion category", "target or non-target"),
    "LOC": ("location", "lesion location", "location of lesion", "organ", "site of lesion", "lesion site"),
    "DETAIL": ("location details", "location specify", "specify location", "location description"),
    "METHOD": ("method", "method of assessment", "method of measurement", "imaging method", "modality"),
    "LDIAM": ("longest diameter", "diameter", "lesion size", "size", "measurement", "long axis", "lesion measurement"),
    "LPERP": ("short axis", "short axis diameter", "shortest diameter", "longest perpendicular"),
    "STATE": ("lesion status", "status of lesion", "lesion state", "state", "status", "tumor state"),
    "SUM": ("sum of diameters", "sum diameters", "sum of longest diameters", "sum of target lesion diameters"),
    "REASON": ("reason not assessed", "reason not evaluated", "reason not measured", "reason not done"),
    "NODAL": ("lymph node", "nodal", "nodal lesion", "lesion is a lymph node"),
    "READER": ("reader", "reviewer", "radiologist"),
    "UNIT": ("unit", "unit of measurement", "size unit"),
}
_LETTERS = ("TU", "TR", "TL", "NTL", "NT", "NL", "LES", "LESION")
_KINDS = (("NEW", r"\bnew\b"), ("NON-TARGET", r"\bnon[- ]?target|\bnontarget"), ("TARGET", r"\btarget"))
_SHORT = {"TL": "TARGET", "NTL": "NON-TARGET", "NT": "NON-TARGET", "NL": "NEW", "TARGET": "TARGET", "NEW": "NEW"}


def find_lesion_parts(items: Sequence[Item]) -> dict[str, Item]:
    """The columns of a form of lesions by what they say of one; {} where none identifies lesions.

    Names count first, without the letters that most of the form begin with; labels where no name does.
    """
    letters = (*common_letters(item.name for item in items), *_LETTERS)
    found: dict[str, Item] = {}
    for item in items:
        bare = "".join(part for part in split_name(item.name) if part not in ("MM", "CM"))
        rests = (bare, *(bare.removeprefix(prefix) for prefix in letters))
        part = next((part for rest in rests for part, names in _NAMES.items() if rest in names), "")
        if part and part not in found:
            found[part] = item
    taken = {item.column for item in found.values()}
    for part, phrases in _LABELS.items():
        rest = [item for item in items if item.column not in taken and part not in found]
        weights = {
            item.column: max(similarity(words(item.label), words(phrase)) for phrase in phrases)
            for item in rest
            if item.label
        }
        best = max(rest, key=lambda item: weights.get(item.column, 0.0), default=None)
        if best is not None and weights.get(best.column, 0.0) >= 0.75:
            found[part] = best
            taken.add(best.column)
    dated = {part for part, item in found.items() if item.profile.kind in ("date", "datetime")}
    found = {part: item for part, item in found.items() if part not in dated}
    return found if "LINK" in found and found["LINK"].profile.filled else {}


def read_kind(text: str) -> str:
    """TARGET, NON-TARGET or NEW, as a text says; "" where it says none of them.

    >>> read_kind("Non-Target Lesions"), read_kind("TL"), read_kind("New lesion"), read_kind("Lesions")
    ('NON-TARGET', 'TARGET', 'NEW', '')
    """
    said = text.replace("_", " ").lower()
    found = next((kind for kind, pattern in _KINDS if re.search(pattern, said)), "")
    return found or next((_SHORT[part] for part in split_name(text) if part in _SHORT), "")


def read_state(word: str) -> str:
    """What a state of a lesion says in the words of the SDTM's examples; in capitals where it is none of them.

    >>> read_state("Present"), read_state("Disappeared"), read_state("Unequivocal progression"), read_state("Merged")
    ('PRESENT', 'ABSENT', 'UNEQUIVOCAL', 'TUMOR MERGED')
    """
    said = word.lower()
    for term, pattern in (
        ("EQUIVOCAL", r"(?<!un)equivocal"),
        ("UNEQUIVOCAL", r"unequivocal|progress"),
        ("ABSENT", r"absent|disappear|resolved|\bgone\b|no longer"),
        ("TUMOR MERGED", r"\bmerge|coalesce|confluent"),
        ("PRESENT", r"present|stable|persist"),
    ):
        if re.search(pattern, said):
            return term
    return " ".join(word.split()).upper()


def is_not_assessed(word: str) -> bool:
    """Whether a state says that a lesion was not looked at.

    >>> is_not_assessed("Not assessed"), is_not_assessed("Not evaluable"), is_not_assessed("Absent")
    (True, True, False)
    """
    pattern = r"\b(not|non|un)[ -]?(assess|evalu|done|imaged|read|perform|available|able)|^ne$|^nd$|missing"
    return re.search(pattern, word.strip().lower()) is not None


def is_too_small(word: str) -> bool:
    """Whether a state says that a lesion is there, and too small to be measured."""
    return "small" in word.lower()
