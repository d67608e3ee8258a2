"""Controlled terminology: codelists, their terms, and the search for the term that a collected text means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cdisc_conv.problems import did_you_mean
from cdisc_conv.standards.blocks import Block, BlockFile, parse_blocks
from cdisc_conv.standards.files import Source, find_source, require
from cdisc_conv.standards.unit_names import MOLAR, fold_unit, plain_letters

_SYNONYM_SEPARATOR = ";"
PARTIAL = "without most instruments"
"""In the title of a package that leaves codelists of instruments out."""


@dataclass(frozen=True, slots=True)
class CodelistTerm:
    """One term: its submission value, NCI C-code, decode, synonyms and the preferred term of the NCI.

    A term of the sponsor's own has no C-code (`Terminology.with_sponsor_terms`).
    ``decode`` is filled in lists of short names (--TESTCD, --PARMCD): it is the long name with the same C-code.
    """

    value: str
    code: str
    decode: str = ""
    synonyms: tuple[str, ...] = ()
    preferred_term: str = ""

    @property
    def meaning(self) -> str:
        """The term in words: the decode, or the preferred term where there is none; the sponsor's own as it is."""
        return self.decode or self.preferred_term or self.value


@dataclass(frozen=True, slots=True)
class Match:
    """What a text was found to be: ``term`` and ``how``, or no term and ``reason``.

    ``how`` names the field that matched (``submission value``, ``decode``, ``synonym``, ``preferred term``), with
    ``, ignoring case`` behind it when upper and lower case or blanks differ. ``candidates`` are the terms that an
    ambiguous text points at.
    """

    term: CodelistTerm | None = None
    how: str = ""
    reason: str = ""
    candidates: tuple[CodelistTerm, ...] = ()


_FIELDS: tuple[tuple[str, Callable[[CodelistTerm], tuple[str, ...]]], ...] = (
    ("submission value", lambda term: (term.value,)),
    ("decode", lambda term: (term.decode,)),
    ("synonym", lambda term: term.synonyms),
    ("preferred term", lambda term: (term.preferred_term,)),
)

Index = dict[str, tuple[CodelistTerm, ...]]
_OF_UNITS = ("UNIT", "VSRESU", "PKUNIT")
"""Short names of the codelists of units."""


@dataclass(frozen=True)
class CodelistTerms:
    """A codelist with its terms, in the order of the publication."""

    code: str
    name: str
    short_name: str
    extensible: bool
    terms: tuple[CodelistTerm, ...]

    @cached_property
    def values(self) -> frozenset[str]:
        """All submission values."""
        return frozenset(self._by_value)

    def term(self, value: str) -> CodelistTerm | None:
        """The term of exactly that submission value."""
        return self._by_value.get(value)

    def find(self, text: str) -> CodelistTerm | None:
        """The term that a collected text means, or None; :meth:`match` says why there is none.

        >>> load_terminology("sdtm", "2025-03-28").codelist("NY").find("Yes").value
        'Y'
        """
        return self.match(text).term

    def match(self, text: str) -> Match:
        """Search the term that a collected text means.

        First the text as it stands is compared with the submission values, then the decodes, the synonyms and the
        preferred terms; then all of them again without regard to case, to blanks around the text and to the number
        of blanks inside. The first comparison that meets any term decides: when it meets several, the text is
        ambiguous and means none. So it is when capitals alone tell terms apart and the text is nearer to another
        term: ``G/l`` may be g/L or, as G/L, 10^9/L. Units are at last compared as laboratories spell them: ``µg``
        is ug.
        """
        for form, how, index in self._indexes:
            if found := index.get(form(text)):
                if len(found) == 1 and form is _fold and len(found := self._by_capitals(text, found[0])) > 1:
                    how = "upper and lower case"
                if len(found) == 1:
                    return Match(found[0], how)
                values = ", ".join(term.value for term in found)
                reason = f"'{text}' is ambiguous in {self.short_name}: by {how} it is {values}"
                return Match(reason=reason, candidates=found)
        return Match(reason=f"'{text}' is not in {self.short_name}")

    def _by_capitals(self, text: str, first: CodelistTerm) -> tuple[CodelistTerm, ...]:
        """The term that a text is without regard to case, and those whose spelling is nearer to it with regard."""
        spelled = self._spellings.get(_fold(text), ())
        if len({term.value for _, term in spelled}) < 2:
            return (first,)
        own = min(_count_capitals(text, spelling) for spelling, term in spelled if term.value == first.value)
        nearer = {term.value: term for spelling, term in spelled if _count_capitals(text, spelling) < own}
        return (first, *nearer.values())

    def suggest(self, text: str) -> str:
        """A hint for a text that means no term, such as ``did you mean MALE?``, or an empty text."""
        found = self.match(text)
        if found.candidates:
            return found.reason
        if found.term:
            return f"did you mean {found.term.value}?"
        spellings: dict[str, str] = {}
        for _, pick in _FIELDS[:3]:
            for term in self.terms:
                for spelling in pick(term):
                    spellings.setdefault(_fold(spelling), term.value)
        hint = did_you_mean(_fold(text), spellings)
        return f"did you mean {spellings[hint.removeprefix('did you mean ')[:-1]]}?" if hint else ""

    @cached_property
    def _by_value(self) -> dict[str, CodelistTerm]:
        return {term.value: term for term in self.terms}

    @cached_property
    def _spellings(self) -> dict[str, list[tuple[str, CodelistTerm]]]:
        """Every spelling of a term, by what it is without regard to case and blanks."""
        found: dict[str, list[tuple[str, CodelistTerm]]] = {}
        for term in self.terms:
            for spelling in {text for _, pick in _FIELDS for text in pick(term) if text}:
                found.setdefault(_fold(spelling), []).append((spelling, term))
        return found

    @cached_property
    def _indexes(self) -> list[tuple[Callable[[str], str], str, Index]]:
        exact = [(str, how, _index(self.terms, pick, str)) for how, pick in _FIELDS]
        folded = [(_fold, f"{how}, ignoring case", _index(self.terms, pick, _fold)) for how, pick in _FIELDS]
        if self.short_name not in _OF_UNITS:
            return [*exact, *folded]
        molar: Index = {text: (term,) for text, unit in MOLAR.items() if (term := self.term(unit)) is not None}
        spelled = [(fold_unit, "spelling of the unit", _index(self.terms, pick, fold_unit)) for _, pick in _FIELDS]
        return [*exact, (plain_letters, "spelling of the unit", molar), *folded, *spelled]


@dataclass(frozen=True)
class Terminology:
    """One terminology package, such as SDTM CT 2025-03-28. Codelists are read when they are asked for.

    `beside` is a further package that is asked for what this one does not have: ADaM uses the codelists of the SDTM.
    """

    name: str
    version: str
    _blocks: dict[str, Block]
    beside: Terminology | None = None
    _sponsor: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Terms of the sponsor's own, by the C-code of the codelist."""
    _decodes: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    """What terms of the sponsor's own mean, by the C-code of the codelist."""
    _own: tuple[CodelistTerms, ...] = ()
    """Codelists of the sponsor's own, whose code is their short name."""
    partial: bool = False
    """Whether codelists of instruments are left out, as in the one that comes with cdisc-conv."""

    @property
    def package_label(self) -> str:
        """Name and version, such as ``SDTM CT 2025-03-28``."""
        return f"{self.name} {self.version}"

    @property
    def identity(self) -> tuple[Any, ...]:
        """What it is: its name and version, and all that the sponsor added."""
        beside = None if self.beside is None else self.beside.identity
        return (self.name, self.version, self._sponsor, self._decodes, self._own, self.partial, beside)

    @property
    def publishing_set(self) -> str:
        """The package's name in Define-XML 2.1 (attribute PublishingSet): ``SDTM``, ``ADaM`` or ``DEFINE-XML``."""
        return self.name.removesuffix(" CT")

    @property
    def codes(self) -> tuple[str, ...]:
        """The C-codes of all codelists, in the order of the publication."""
        return tuple(self._blocks)

    @property
    def heads(self) -> tuple[tuple[str, ...], ...]:
        """The head of each codelist: its C-code, short name, name, ``Yes`` if extensible, and what binds it."""
        return tuple(block.head for block in self._blocks.values())

    @property
    def has_synonyms(self) -> bool:
        """Whether any term has synonyms; some forms of a publication leave them out."""
        return any(line[-1] for block in self._blocks.values() for line in block.lines())

    def same_list(self, other: Terminology, code: str) -> bool:
        """Whether a codelist of this package is in every word that of another."""
        mine, theirs = self._blocks[code], other._blocks[code]
        return (mine.head[:4], mine.body.rstrip("\n")) == (theirs.head[:4], theirs.body.rstrip("\n"))

    def with_own_codelists(self, codelists: Iterable[CodelistTerms]) -> Terminology:
        """This package with codelists of the sponsor's own, found by short name or name.

        >>> pain = CodelistTerms("PAIN", "Pain", "PAIN", False, (CodelistTerm("L", "", "Left arm"),))
        >>> mine = load_terminology("sdtm", "2025-03-28").with_own_codelists([pain])
        >>> mine.codelist("PAIN").find("left arm").value, mine.is_own("PAIN")
        ('L', True)
        """
        return replace(self, _own=(*self._own, *codelists))

    def is_own(self, code: str) -> bool:
        """Whether a codelist is one of the sponsor's own."""
        return any(codelist.code == code for codelist in self._own)

    def __contains__(self, key: str) -> bool:
        if any(key in (own.short_name, own.name) for own in self._own):
            return True
        return key in self._codes_by_key or (self.beside is not None and key in self.beside)

    def with_beside(self, other: Terminology) -> Terminology:
        """This package, and `other` for the codelists that it does not have.

        >>> both = load_terminology("adam", "2025-03-28").with_beside(load_terminology("sdtm", "2025-03-28"))
        >>> both.package_label, both.codelist("SEX").short_name, both.package_of("C66731").package_label
        ('ADaM CT 2025-03-28', 'SEX', 'SDTM CT 2025-03-28')
        """
        return replace(self, beside=other)

    def with_sponsor_terms(
        self, terms: Mapping[str, tuple[str, ...]], decodes: Mapping[str, Mapping[str, str]] = MappingProxyType({})
    ) -> Terminology:
        """This package with terms of the sponsor's own behind those of codelists (by C-code, short name or name).

        `decodes` says what they mean: codelist -> term -> meaning. Codelists that are not there, or may not be
        extended, and terms that are there stay as they are.

        >>> mine = load_terminology("sdtm", "2025-03-28").with_sponsor_terms({"ONCRTSCD": ("MYRESP",)})
        >>> mine.codelist("ONCRTSCD").find("myresp")
        CodelistTerm(value='MYRESP', code='', decode='', synonyms=(), preferred_term='')
        """
        own, meanings = dict(self._sponsor), dict(self._decodes)
        for key, said in decodes.items():
            code = self._codes_by_key.get(key)
            if code is not None:
                meanings[code] = (*meanings.get(code, ()), *said.items())
        for key, values in terms.items():
            code = self._codes_by_key.get(key)
            if code is not None:
                own[code] = tuple(dict.fromkeys((*own.get(code, ()), *values)))
        beside = self.beside.with_sponsor_terms(terms, decodes) if self.beside is not None else None
        return replace(self, beside=beside, _sponsor=tuple(own.items()), _decodes=tuple(meanings.items()))

    @property
    def short_names(self) -> tuple[str, ...]:
        """The short names of all codelists, also of those beside it."""
        own = tuple(block.head[1] for block in self._blocks.values())
        own += tuple(codelist.short_name for codelist in self._own)
        return (*own, *self.beside.short_names) if self.beside is not None else own

    def instrument_codelist(self, variable: str, of: str) -> str:
        """The C-code of the codelist that an instrument has for a variable, or "".

        Args:
            variable: ``--TESTCD`` or ``--TEST``, whose codelist goes with a category (QSCAT, FTCAT, RSCAT); ``--ORRES``
                or ``--STRESC``, whose codelist goes with a test.
            of: the category, or the test code.

        >>> terminology = load_terminology("sdtm", "2025-03-28")
        >>> terminology.instrument_codelist("--TESTCD", "ECOG"), terminology.instrument_codelist("--STRESC", "ECOG101")
        ('C101815', 'C179944')
        """
        found = self._bindings.get((variable, of), "")
        return found or (self.beside.instrument_codelist(variable, of) if self.beside is not None else "")

    def package_of(self, key: str) -> Terminology:
        """The package that a codelist is from; this one when none has it."""
        first = key.partition(";")[0]
        if first not in self._codes_by_key and self.beside is not None and first in self.beside:
            return self.beside.package_of(first)
        return self

    def codelist(self, *keys: str) -> CodelistTerms:
        """A codelist by C-code, short name or name.

        Several keys give one list of all their terms, for variables that may take from any of them; a value that
        stands in several of them is there once, as the first list has it.

        Raises:
            UnknownStandardError: no such codelist in the package.

        >>> load_terminology("sdtm", "2025-03-28").codelist("C66731").short_name
        'SEX'
        """
        lists = [self._read(key) for key in keys]
        if len(lists) == 1:
            return lists[0]
        terms: dict[str, CodelistTerm] = {}
        for part in lists:
            for term in part.terms:
                terms.setdefault(term.value, term)
        return CodelistTerms(
            "; ".join(part.code for part in lists),
            "; ".join(part.name for part in lists),
            "; ".join(part.short_name for part in lists),
            any(part.extensible for part in lists),
            tuple(terms.values()),
        )

    def _read(self, key: str) -> CodelistTerms:
        mine = next((own for own in self._own if key in (own.short_name, own.name)), None)
        if mine is not None:
            return mine
        code = self._codes_by_key.get(key)
        if code is None and self.beside is not None and key in self.beside:
            return self.beside.codelist(key)
        if code is None:
            names = [known for known in self._codes_by_key if known not in self._blocks]
            raise require("codelist", key, names, self.package_label)
        if code not in self._lists:
            said, meanings = dict(self._sponsor).get(code, ()), dict(dict(self._decodes).get(code, ()))
            self._lists[code] = _add_terms(_read_codelist(self._blocks[code]), said, meanings)
        return self._lists[code]

    @cached_property
    def _lists(self) -> dict[str, CodelistTerms]:
        return {}

    @cached_property
    def _bindings(self) -> dict[tuple[str, str], str]:
        """C-codes of the codelists of instruments, by variable and category or test (`publications.instruments`)."""
        found: dict[tuple[str, str], str] = {}
        for code, _, _, _, *bound in (block.head for block in self._blocks.values()):
            variable, _, of = bound[0].partition(" ") if bound else ("", "", "")
            for name in (of,) if variable.startswith("--TEST") else of.split():
                found[variable, name] = code
        return found

    @cached_property
    def _codes_by_key(self) -> dict[str, str]:
        heads = [block.head for block in self._blocks.values()]
        by_name = {name: code for code, _, name, *_ in heads}
        by_short_name = {short_name: code for code, short_name, *_ in heads}
        return by_name | by_short_name | {code: code for code, *_ in heads}


def load_terminology(name: str, version: str, study: Path | None = None) -> Terminology:
    """A terminology package by name (``sdtm``, ``adam``, ``define-xml``; `` ct`` may follow) and version.

    Args:
        name, version: the package; one of the user's imports, or one that comes with cdisc-conv.
        study: the folder of a study, whose imports come first.

    Raises:
        UnknownStandardError: no such package; the message lists what there is. Or its file is damaged.

    >>> load_terminology("SDTM CT", "2025-03-28").package_label
    'SDTM CT 2025-03-28'
    """
    key = name.casefold().removesuffix("ct").rstrip(" -_")
    return read_terminology(find_source("ct", key, version, study))


def read_terminology(source: Source) -> Terminology:
    """The terminology package of a source; the same object as long as its file does not change."""
    return _make_terminology(source.read())


def parse_terminology(data: bytes) -> Terminology:
    """The terminology package of a file of blocks (`publications.package.format_package`)."""
    return _make_terminology(parse_blocks(data.decode("utf-8")))


@lru_cache(maxsize=32)
def _make_terminology(file: BlockFile) -> Terminology:
    blocks = {block.head[0]: block for block in file.blocks}
    return Terminology(file.name, file.version, blocks, partial=PARTIAL in file.more)


def _read_codelist(block: Block) -> CodelistTerms:
    code, short_name, name, extensible, *_ = block.head
    return CodelistTerms(code, name, short_name, extensible == "Yes", tuple(map(_read_term, block.lines())))


def _add_terms(codelist: CodelistTerms, values: Iterable[str], decodes: Mapping[str, str]) -> CodelistTerms:
    more = tuple(CodelistTerm(value, "", decodes.get(value, "")) for value in values if value not in codelist.values)
    return replace(codelist, terms=(*codelist.terms, *more)) if more and codelist.extensible else codelist


def _read_term(fields: list[str]) -> CodelistTerm:
    code, value, decode, preferred_term, synonyms = fields
    parts = tuple(part.strip() for part in synonyms.split(_SYNONYM_SEPARATOR)) if synonyms else ()
    return CodelistTerm(value, code, decode, parts, preferred_term)


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


def _count_capitals(text: str, spelling: str) -> int:
    """How many letters differ in case between two texts that are the same without regard to it."""
    one, other = "".join(text.split()), "".join(spelling.split())
    return sum(mine != its for mine, its in zip(one, other, strict=False))


def _index(
    terms: Iterable[CodelistTerm], pick: Callable[[CodelistTerm], tuple[str, ...]], form: Callable[[str], str]
) -> Index:
    found: dict[str, dict[str, CodelistTerm]] = {}
    for term in terms:
        for text in pick(term):
            if text:
                found.setdefault(form(text), {})[term.value] = term
    return {text: tuple(by_value.values()) for text, by_value in found.items()}
