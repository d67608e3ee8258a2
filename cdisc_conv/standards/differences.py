"""What changes from one terminology package to another: codelists, and their terms by C-code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cdisc_conv.standards.terminology import CodelistTerm, CodelistTerms, Terminology

_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class CodelistChange:
    """How a codelist changed: `before` and `after`, and its terms that were added, removed or changed.

    A renamed term has the same C-code and another submission value, a recoded one the same submission value and another
    C-code; a reworded one has other synonyms, another decode or another preferred term.
    """

    before: CodelistTerms
    after: CodelistTerms
    added: tuple[CodelistTerm, ...]
    removed: tuple[CodelistTerm, ...]
    renamed: tuple[tuple[CodelistTerm, CodelistTerm], ...]
    recoded: tuple[CodelistTerm, ...]
    reworded: tuple[tuple[CodelistTerm, CodelistTerm], ...]

    @property
    def codelist(self) -> CodelistTerms:
        """The codelist as it is now."""
        return self.after

    @property
    def matters(self) -> bool:
        """Whether values may be right in one and wrong in the other."""
        return bool(self.added or self.removed or self.renamed or self.before.extensible != self.after.extensible)

    @property
    def words(self) -> tuple[str, ...]:
        """What changed, in a few words each."""
        found = []
        if self.before.short_name != self.after.short_name:
            found.append(f"called {self.before.short_name} before")
        if self.before.name != self.after.name:
            found.append(f"named '{self.before.name}' before")
        if self.before.extensible != self.after.extensible:
            found.append("extensible now" if self.after.extensible else "no longer extensible")
        found += [f"{_count(one, 'term')} added: {_join(one)}" for one in (self.added,) if one]
        found += [f"{_count(one, 'term')} removed: {_join(one)}" for one in (self.removed,) if one]
        if self.renamed:
            pairs = [f"{old.value} is {new.value}" for old, new in self.renamed]
            found.append(f"{_count(self.renamed, 'term')} renamed: {_list(pairs)}")
        found += [f"{_count(one, 'term')} with another C-code: {_join(one)}" for one in (self.recoded,) if one]
        if self.reworded:
            found.append(f"{_count(self.reworded, 'term')} with other synonyms, decodes or preferred terms")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class PackageDifferences:
    """The codelists that only one of two packages has, and those that changed, in the order of the packages."""

    before: Terminology
    after: Terminology
    added: tuple[CodelistTerms, ...]
    removed: tuple[CodelistTerms, ...]
    changed: tuple[CodelistChange, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    @property
    def summary(self) -> str:
        """The numbers: ``2 codelists added, 1 changed``."""
        parts = ((self.added, "added"), (self.removed, "removed"), (self.changed, "changed"))
        counts = [f"{len(found):,} {word}" for found, word in parts if found]
        if not counts:
            return "no differences"
        first, *rest = counts
        number, word = first.split(" ")
        return ", ".join([f"{number} codelist{'' if number == '1' else 's'} {word}", *rest])

    def of(self, code: str) -> CodelistChange | None:
        """How the codelist of a C-code changed, or None."""
        return next((change for change in self.changed if change.after.code == code), None)


def compare_packages(before: Terminology, after: Terminology) -> PackageDifferences:
    """What changes from one package to another; codelists and terms are the same when their C-codes are.

    Synonyms are compared where both packages have any.

    >>> from cdisc_conv.standards import load_terminology
    >>> sdtm = load_terminology("sdtm", "2025-03-28")
    >>> compare_packages(sdtm, sdtm).summary
    'no differences'
    """
    old, new = set(before.codes), set(after.codes)
    # blocks that are equal as text need not be taken apart
    shared = [code for code in after.codes if code in old and not after.same_list(before, code)]
    synonyms = before.has_synonyms and after.has_synonyms
    changes = (_compare_lists(before.codelist(code), after.codelist(code), synonyms=synonyms) for code in shared)
    return PackageDifferences(
        before,
        after,
        tuple(after.codelist(code) for code in after.codes if code not in old),
        tuple(before.codelist(code) for code in before.codes if code not in new),
        tuple(change for change in changes if change.words),
    )


def _compare_lists(before: CodelistTerms, after: CodelistTerms, *, synonyms: bool) -> CodelistChange:
    old, new = ({term.code: term for term in codelist.terms} for codelist in (before, after))
    shared = [(old[code], term) for code, term in new.items() if code in old]
    return CodelistChange(
        before,
        after,
        added=tuple(term for code, term in new.items() if code not in old and term.value not in before.values),
        removed=tuple(term for code, term in old.items() if code not in new and term.value not in after.values),
        renamed=tuple((one, other) for one, other in shared if one.value != other.value),
        recoded=tuple(term for code, term in new.items() if code not in old and term.value in before.values),
        reworded=tuple(
            (one, other)
            for one, other in shared
            if one.value == other.value and _words(one, synonyms) != _words(other, synonyms)
        ),
    )


def _words(term: CodelistTerm, synonyms: bool) -> tuple[str, ...]:
    return (term.decode, term.preferred_term, *(term.synonyms if synonyms else ()))


def summarise_lists(codelists: Sequence[CodelistTerms]) -> str:
    """How many codelists, and the first of them: ``2 codelists: NY, SEX``."""
    return f"{_count(codelists, 'codelist')}: {_list([one.short_name for one in codelists])}"


def _join(terms: Iterable[CodelistTerm]) -> str:
    return _list([term.value for term in terms])


def _list(texts: Sequence[str]) -> str:
    more = len(texts) - _MOST_SHOWN
    return ", ".join(texts[:_MOST_SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _count(items: Sequence[object], noun: str) -> str:
    return f"{len(items):,} {noun}{'' if len(items) == 1 else 's'}"
