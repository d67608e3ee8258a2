"""Coding dictionaries: MedDRA and WHODrug, as they were imported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from cdisc_conv.problems import did_you_mean
from cdisc_conv.standards.blocks import BlockFile
from cdisc_conv.standards.files import find_source

LEVELS = {
    "MedDRA": ("llt", "llt_code", "pt", "pt_code", "hlt", "hlt_code", "hlgt", "hlgt_code", "soc", "soc_code"),
    "WHODrug": ("name", "code", "atc", "atc_code"),
}
"""What can be asked of a coded term, the dictionary's own words; the third or first is what --DECOD holds."""


@dataclass(frozen=True)
class Dictionary:
    """A dictionary: collected terms in small letters, and what each is at every level.

    ``entries`` has a tuple in the order of `LEVELS` for each term. A drug in several ATC classes has no class, since
    its indication decides; ``unclear`` are the names of those.
    """

    name: str
    version: str
    entries: dict[str, tuple[str, ...]]
    codes: dict[str, tuple[str, ...]]
    unclear: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """Name and version, such as ``MedDRA 27.1``."""
        return f"{self.name} {self.version}"

    def find(self, text: str) -> tuple[str, ...] | None:
        """The entry of a term, without regard to case and blanks, or of a code; None when it is not there."""
        return self.entries.get(fold(text)) or self.codes.get(text.strip())

    def suggest(self, text: str) -> str:
        """A hint for a term that is not there: the nearest one that begins alike."""
        folded = fold(text)
        near = (name for name in self._by_start.get(folded[:2], ()))
        hint = did_you_mean(folded, near)
        return hint or "map it to a term with 'map', or have it coded"

    @cached_property
    def _by_start(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self.entries:
            found.setdefault(name[:2], []).append(name)
        return found


def fold(text: str) -> str:
    """A term without regard to case and blanks."""
    return " ".join(text.split()).casefold()


def load_dictionary(name: str, version: str, study: Path | None = None) -> Dictionary:
    """An imported dictionary by name (``MedDRA``, ``WHODrug``) and version, as `load_terminology` finds packages.

    Raises:
        UnknownStandardError: no such dictionary was imported, or its file is damaged.
    """
    return _make(find_source("dict", name, version, study).read())


@lru_cache(maxsize=4)
def _make(file: BlockFile) -> Dictionary:
    blocks = {block.head[0]: [tuple(fields) for fields in block.lines()] for block in file.blocks}
    if file.name == "MedDRA":
        return _make_meddra(file, blocks["LLT"], blocks["PT"])
    return _make_whodrug(file, blocks["DRUG"], blocks["ATC"], blocks["TEXT"])


Lines = Iterable[tuple[str, ...]]


def _make_meddra(file: BlockFile, llts: Lines, pts: Lines) -> Dictionary:
    paths = {pt[0]: pt for pt in pts}
    entries: dict[str, tuple[str, ...]] = {}
    codes: dict[str, tuple[str, ...]] = {}
    # terms that are no longer current give way to current ones of the same name
    for name, code, pt_code, _ in sorted(llts, key=lambda llt: llt[3] != "Y"):
        _, pt, hlt_code, hlt, hlgt_code, hlgt, soc_code, soc = paths[pt_code]
        entry = (name, code, pt, pt_code, hlt, hlt_code, hlgt, hlgt_code, soc, soc_code)
        entries.setdefault(fold(name), entry)
        codes.setdefault(code, entry)
    return Dictionary(file.name, file.version, entries, codes)


def _make_whodrug(file: BlockFile, drugs: Lines, classes: Lines, texts: Lines) -> Dictionary:
    drugs, words = list(drugs), {text[0]: text[1] for text in texts}
    preferred = {number: name for name, number, first, second in drugs if (first, second) == ("01", "001")}
    atc: dict[tuple[str, str], list[str]] = {}
    for number, first, code in classes:
        atc.setdefault((number, first), []).append(code)
    entries: dict[str, tuple[str, ...]] = {}
    codes: dict[str, tuple[str, ...]] = {}
    unclear = set()
    for name, number, first, second in drugs:
        found = atc.get((number, first)) or atc.get((number, "01")) or []
        code = found[0] if len(found) == 1 else ""
        entry = (preferred.get(number, name), number + first + second, words.get(code, ""), code)
        entries.setdefault(fold(name), entry)
        codes.setdefault(entry[1], entry)
        if len(found) > 1:
            unclear.add(fold(name))
    return Dictionary(file.name, file.version, entries, codes, frozenset(unclear))
