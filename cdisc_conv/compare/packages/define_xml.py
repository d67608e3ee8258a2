"""define.xml against define.xml by meaning: what the two say differently of datasets, variables, values and terms."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cdisc_conv.define.reading.content import CodelistContent, DatasetContent, DefineContent, Facts, ItemContent
from cdisc_conv.define.reading.reader import read_define
from cdisc_conv.problems import Problem, ProblemsError

PRESENT, ABSENT = "present", "absent"


@dataclass(frozen=True, slots=True)
class DefineDifference:
    """One thing that two define.xml say differently.

    `attribute` is what differs, in plain words (``length``, ``origin pages``, ``term MILD``, ``decode of MILD``); it is
    ``presence`` where only one of the two has the dataset, variable, value-level item, standard or document.
    """

    kind: str
    """``study``, ``standard``, ``document``, ``dataset``, ``variable``, ``value level`` or ``codelist``."""
    dataset: str
    variable: str
    where: str
    """The where-clause of a value-level item, in words."""
    attribute: str
    base: str
    other: str
    name: str = ""
    """The codelist, standard or document that it is about."""
    shared_by: tuple[str, ...] = ()
    """Further variables with the same two codelists, such as ``AE.AEREL``; the difference is reported once."""

    @property
    def subject(self) -> str:
        """What it is about, in one phrase: ``VS.VSORRES where VS.VSTESTCD EQ "SYSBP"``."""
        place = ".".join(part for part in (self.dataset, self.variable) if part)
        where = f" where {self.where}" if self.where else ""
        named = f"{self.kind} {self.name}" if self.name else ""
        return f"{place}{where}, {named}" if place and named else f"{place}{where}" or named or self.kind


@dataclass(frozen=True, slots=True)
class DefineComparison:
    """What two define.xml say differently: study, standards, documents, datasets one by one, codelists."""

    differences: tuple[DefineDifference, ...]
    problems: tuple[Problem, ...] = ()
    """What could not be compared: references of either file that lead nowhere, names given twice."""

    @property
    def equal(self) -> bool:
        """Whether the two say the same."""
        return not self.differences

    @property
    def summary(self) -> Mapping[str, int]:
        """Kind of difference -> how many there are; kinds without any are left out."""
        return Counter(difference.kind for difference in self.differences)


def compare_define(base: Path | bytes, other: Path | bytes) -> DefineComparison:
    """Compare two define.xml (2.0 or 2.1, of any tool) by meaning, not by text or identifier.

    Datasets and variables are matched by name, value-level items by the meaning of their where-clauses (the order of
    conditions and values does not matter; items are resolved to dataset and variable), codelists by the variables that
    use them, standards by name, documents by address or else by title. Methods, comments, origins and codelists count
    for what refers to them: it does not matter whether a text is written once or many times, and what nothing refers
    to is not compared. Blanks and line breaks in texts do not count. Variables that moved are the fewest that explain
    the new order. Not compared: creation time and source of the file, the names of methods, the names of codelists that
    have NCI codes, languages, the order of datasets, terms and value-level items, annotations of other vendors, and
    results metadata of analyses.

    Raises ProblemsError (DEF001, DEF002; see `read_define`) with the problems of both files at once.

    Source: Define-XML Specification 2.0 and 2.1 (CDISC).
    """
    first, second = _read_both(base, other)
    comparer = _Comparer()
    found = [
        *_compare_facts(_about("study"), first.study, second.study),
        *_compare_named("standard", first.standards, second.standards),
        *_compare_documents(first.documents, second.documents),
        *comparer.compare_datasets(first.datasets, second.datasets),
        *comparer.compare_codelists(),
    ]
    return DefineComparison(tuple(found), (*first.problems, *second.problems))


def describe_difference(difference: DefineDifference) -> str:
    """A difference as one line.

    >>> describe_difference(DefineDifference("variable", "AE", "AESEV", "", "length", "10", "20"))
    'AE.AESEV: length: 10 -> 20'
    >>> describe_difference(DefineDifference("dataset", "AE", "", "", "presence", "present", "absent"))
    'AE: only in base'
    """
    users = f" (also {', '.join(difference.shared_by)})" if difference.shared_by else ""
    what = "" if difference.attribute == "presence" else f"{difference.attribute}: "
    if (difference.base, difference.other) == (PRESENT, ABSENT):
        change = "only in base"
    elif (difference.base, difference.other) == (ABSENT, PRESENT):
        change = "only in compare"
    else:
        change = f"{difference.base or '(none)'} -> {difference.other or '(none)'}"
    return f"{difference.subject}: {what}{change}{users}"


class _Comparer:
    """Compares datasets, and keeps which variables use which two codelists, so that each two are compared once."""

    def __init__(self) -> None:
        self._codelists: dict[tuple[CodelistContent, CodelistContent], list[DefineDifference]] = {}

    def compare_datasets(
        self, base: Mapping[str, DatasetContent], other: Mapping[str, DatasetContent]
    ) -> Iterator[DefineDifference]:
        for name in _merge_names(base, other):
            about = _about("dataset", name)
            if name in base and name in other:
                yield from _compare_facts(about, base[name].facts, other[name].facts)
                yield from self._compare_items(about, base[name].items, other[name].items)
            else:
                yield _tell_presence(about, name in base)

    def compare_codelists(self) -> Iterator[DefineDifference]:
        """The codelists that the variables seen so far use."""
        for (base, other), users in self._codelists.items():
            paths = tuple(dict.fromkeys(f"{one.dataset}.{one.variable}" for one in users))
            about = replace(users[0], kind="codelist", name=base.name, shared_by=paths[1:])
            yield from _compare_facts(about, *_comparable_facts(base, other))
            yield from _compare_terms(about, dict(base.terms), dict(other.terms))

    def _compare_items(
        self, about: DefineDifference, base: Mapping[str, ItemContent], other: Mapping[str, ItemContent]
    ) -> Iterator[DefineDifference]:
        moved = set(find_moved(list(base), list(other)))
        places = [{name: number for number, name in enumerate(items, start=1)} for items in (base, other)]
        for name in _merge_names(base, other):
            item = replace(about, kind="variable", variable=name)
            yield from self._compare_item(item, base.get(name), other.get(name))
            if name in moved:
                yield replace(item, attribute="order", base=str(places[0][name]), other=str(places[1][name]))

    def _compare_item(
        self, about: DefineDifference, base: ItemContent | None, other: ItemContent | None
    ) -> Iterator[DefineDifference]:
        if base is None or other is None:
            yield _tell_presence(about, base is not None)
            return
        yield from _compare_facts(about, base.facts, other.facts)
        if base.codelist and other.codelist:
            if base.codelist != other.codelist:
                self._codelists.setdefault((base.codelist, other.codelist), []).append(about)
        elif base.codelist or other.codelist:
            names = [codelist.name if codelist else "" for codelist in (base.codelist, other.codelist)]
            yield replace(about, attribute="codelist", base=names[0], other=names[1])
        for where in _merge_names(base.values, other.values):
            value = replace(about, kind="value level", where=where)
            yield from self._compare_item(value, base.values.get(where), other.values.get(where))


def find_moved(base: Sequence[str], other: Sequence[str]) -> list[str]:
    """The fewest names whose moving turns one order into the other; names of only one side do not count.

    A longest run of names that keep their order (longest increasing subsequence) stays, the others have moved.

    >>> find_moved(["A", "B", "C", "D"], ["D", "A", "B", "X", "C"])
    ['D']
    """
    place = {name: number for number, name in enumerate(base)}
    common = [name for name in other if name in place]
    ends: list[int] = []
    lengths: list[int] = []
    for name in common:
        length = bisect_left(ends, place[name])
        ends[length : length + 1] = [place[name]]
        lengths.append(length)
    kept: set[str] = set()
    wanted = len(ends) - 1
    for name, length in zip(reversed(common), reversed(lengths), strict=True):
        if length == wanted:
            kept.add(name)
            wanted -= 1
    return [name for name in common if name not in kept]


def _read_both(base: Path | bytes, other: Path | bytes) -> tuple[DefineContent, DefineContent]:
    """The contents of both files; the problems of both come at once."""
    contents: list[DefineContent] = []
    problems: list[Problem] = []
    for source, side in ((base, "base"), (other, "compare")):
        try:
            name = source.as_posix() if isinstance(source, Path) else f"define.xml ({side})"
            contents.append(read_define(source, name))
        except ProblemsError as error:
            problems.extend(error.problems)
    if problems:
        raise ProblemsError(problems)
    return contents[0], contents[1]


def _about(kind: str, dataset: str = "", name: str = "") -> DefineDifference:
    """A difference of which only the subject is known."""
    return DefineDifference(kind, dataset, "", "", "", "", "", name)


def _compare_facts(about: DefineDifference, base: Facts, other: Facts) -> Iterator[DefineDifference]:
    for attribute in _merge_names(base, other):
        mine, theirs = base.get(attribute, ""), other.get(attribute, "")
        if mine != theirs:
            yield replace(about, attribute=attribute, base=mine, other=theirs)


def _compare_named(kind: str, base: Mapping[str, Facts], other: Mapping[str, Facts]) -> Iterator[DefineDifference]:
    for name in _merge_names(base, other):
        about = _about(kind, name=name)
        if name in base and name in other:
            yield from _compare_facts(about, base[name], other[name])
        else:
            yield _tell_presence(about, name in base)


def _compare_documents(base: Mapping[str, Facts], other: Mapping[str, Facts]) -> Iterator[DefineDifference]:
    """Documents by address; one that has only changed its address is known by its title."""
    new = {facts.get("title", ""): href for href, facts in other.items() if href not in base}
    moved = {
        href: new.pop(facts["title"])
        for href, facts in base.items()
        if href not in other and facts.get("title") and facts["title"] in new
    }
    for mine, theirs in moved.items():
        about = _about("document", name=mine)
        yield replace(about, attribute="address", base=mine, other=theirs)
        yield from _compare_facts(about, base[mine], other[theirs])
    yield from _compare_named(
        "document",
        {href: facts for href, facts in base.items() if href not in moved},
        {href: facts for href, facts in other.items() if href not in moved.values()},
    )


def _comparable_facts(base: CodelistContent, other: CodelistContent) -> tuple[Facts, Facts]:
    """What two codelists say of themselves; their names are free where NCI codes tell what they are."""
    mine, theirs = dict(base.facts), dict(other.facts)
    if mine.get("NCI code") and theirs.get("NCI code"):
        mine.pop("name", None)
        theirs.pop("name", None)
    return mine, theirs


_Terms = Mapping[str, tuple[tuple[str, str], ...]]


def _compare_terms(about: DefineDifference, base: _Terms, other: _Terms) -> Iterator[DefineDifference]:
    for value in _merge_names(base, other):
        if value not in base or value not in other:
            yield replace(_tell_presence(about, value in base), attribute=f"term {value}")
            continue
        for difference in _compare_facts(about, dict(base[value]), dict(other[value])):
            yield replace(difference, attribute=f"{difference.attribute} of {value}")


def _tell_presence(about: DefineDifference, in_base: bool) -> DefineDifference:
    base, other = (PRESENT, ABSENT) if in_base else (ABSENT, PRESENT)
    return replace(about, attribute="presence", base=base, other=other)


def _merge_names(base: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    """The names of both: those of `base` in its order, then the others."""
    return list(dict.fromkeys([*base, *other]))
