"""Why a variable differs between two packages of cdisc-conv: what changed upstream, from what the packages record.

Needs the two output folders alone: `manifest.json` and `report/lineage.json`. The raw data are not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from pathlib import Path

from cdisc_conv.compare.packages.recorded import FORM, RECORDS, Entry, Recorded, pair_entries, read_recorded
from cdisc_conv.tables import ColumnRef

SHOWN_CAUSES = 20
SHOWN_WORDS = 4
"""Words shown before and after what differs between two method texts."""


class CauseKind(StrEnum):
    """What changed."""

    MAPPING = "mapping entry"
    RECORDS = "records entry"
    METHOD = "method"
    """The entry is the same, and yet what it does is said in other words: a setting or label behind it changed."""
    COLUMN = "column"
    """The values of a raw column, or of a column of a given dataset."""
    ROWS = "rows"
    """A form has more or fewer rows, or was read for one package only."""
    SETTING = "setting"
    VERSION = "version"


@dataclass(frozen=True, slots=True)
class Cause:
    """Something upstream that is not the same in both packages."""

    kind: CauseKind
    name: str
    """``AE.AESTDTC``, ``records of AE``, ``ae.AESTDAT``, ``form ae``, ``terminology`` ..."""
    path: tuple[str, ...]
    """From the variable to what changed, each reading the next; empty for what holds for the whole study."""
    base: str = ""
    """The mapping's words, version or number of rows in the base package; empty where there is none."""
    other: str = ""
    base_at: str = ""
    """File and line of the mapping entry, such as ``tiny/sdtm/ae.yaml:26``."""
    other_at: str = ""

    @property
    def direct(self) -> bool:
        """Whether it is the variable's own entry."""
        return len(self.path) == 1

    @property
    def inherited(self) -> bool:
        """Whether it is something that the variable reads, itself or by way of others."""
        return len(self.path) > 1


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a variable may have changed: the causes, nearest first, those of the whole study last."""

    dataset: str
    variable: str
    """Empty for the records of the dataset."""
    causes: tuple[Cause, ...]
    mapped: bool = True
    """Whether either mapping has an entry for it."""
    changed_files: tuple[str, ...] = ()
    """Where there is no cause: mapping files that changed elsewhere, in nothing that the variable goes back to."""
    incomplete: bool = False
    """Whether one of the packages was made by a cdisc-conv that recorded less."""

    @property
    def explained(self) -> bool:
        """Whether anything recorded differs that may explain the change."""
        return bool(self.causes)

    def __str__(self) -> str:
        return "\n".join(describe_reason(self))


def explain_changes(base_out: Path, other_out: Path, changed: Mapping[str, Iterable[str]]) -> list[Reason]:
    """What changed upstream of variables that differ between two packages.

    `changed` names the variables by dataset: ``{"AE": ["AESTDY"]}``; an empty name asks for the records of the dataset
    (with the variables of its natural key). From each variable the lineage of both packages is walked towards the raw
    fields, breadth first; on the way the mapping entries, the entries of the records, and the fingerprints of the raw
    columns are held against each other. What is said is "changed as well, and upstream of it": which of several causes
    changed a given value is not recorded. Differences of standards, terminology, settings and versions hold for every
    variable and come last. Plug-ins are known by their entries alone: a package does not record their versions.

    Raises ProblemsError: WHY001 a folder holds no package, WHY002 its lineage cannot be read.
    """
    walker = _Walker(read_recorded(base_out), read_recorded(other_out))
    return [walker.explain(dataset, variable) for dataset, variables in changed.items() for variable in variables]


def describe_reason(reason: Reason, shown: int = SHOWN_CAUSES) -> list[str]:
    """A reason as lines of text: the variable, then one line per cause (at most `shown`), columns alike in one.

    >>> cause = Cause(CauseKind.COLUMN, "ae.AETERM", ("AE.AEDECOD", "ae.AETERM"))
    >>> describe_reason(Reason("AE", "AEDECOD", (cause,)))
    ['AE.AEDECOD', '  from ae.AETERM: other values']
    """
    own = f"{reason.dataset}.{reason.variable}" if reason.variable else f"{RECORDS}{reason.dataset}"
    lines = [own]
    causes = [f"  {_describe_causes(alike, own)}" for alike in _group_causes(reason.causes)]
    lines += causes[:shown]
    if len(causes) > shown:
        lines.append(f"  and {len(causes) - shown} more")
    if not reason.explained:
        lines.append(f"  nothing recorded explains it: {_why_nothing(reason)}")
    elif not reason.mapped:
        lines.append("  the mapping has no entry for it")
    if reason.incomplete:
        lines.append("  one of the packages was made by an earlier cdisc-conv, which recorded less: make it again")
    return lines


class _Walker:
    """Two packages side by side."""

    def __init__(self, base: Recorded, other: Recorded) -> None:
        self._base = base
        self._other = other
        self._study_wide = tuple(self._compare_study())

    def explain(self, dataset: str, variable: str) -> Reason:
        """The causes upstream of one variable."""
        sides = (self._base, self._other)
        roots = list(dict.fromkeys(root for side in sides for root in side.find_roots(dataset, variable)))
        keys = [] if variable else [key for side in sides for key in side.list_keys(dataset)]
        causes = [cause for path in self._walk(roots, keys) for cause in self._compare_node(path)]
        causes += self._study_wide
        mapped = any(side.entries(root) or side.knows_column(root) for side in sides for root in roots)
        files = () if causes else self._list_changed_files()
        return Reason(dataset, variable, tuple(causes), mapped, files, self._is_incomplete())

    def _walk(self, roots: Sequence[str], keys: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """The way to each node that either package reads, nearest first, each node once.

        `keys` belong to what the roots read: other values of a key are other records.
        """
        paths: list[tuple[str, ...]] = [(root,) for root in roots]
        seen = set(roots)
        while paths:
            following: list[tuple[str, ...]] = []
            for path in paths:
                yield path
                more = keys if len(path) == 1 else ()
                for read in (*self._base.list_reads(path[-1]), *self._other.list_reads(path[-1]), *more):
                    if read not in seen:
                        seen.add(read)
                        following.append((*path, read))
            paths = following

    def _compare_node(self, path: tuple[str, ...]) -> Iterator[Cause]:
        name = path[-1]
        if name.startswith(FORM):
            yield from self._compare_rows(path)
            return
        for base, other in pair_entries(self._base.entries(name), self._other.entries(name)):
            yield from _compare_entries(path, base, other)
        if self._base.knows_column(name) or self._other.knows_column(name):
            yield from self._compare_column(path)

    def _compare_rows(self, path: tuple[str, ...]) -> Iterator[Cause]:
        table = path[-1].removeprefix(FORM)
        counts = (self._base.rows(table), self._other.rows(table))
        if counts[0] != counts[1] and not self._is_incomplete():
            yield Cause(CauseKind.ROWS, path[-1], path, *map(_write_rows, counts))

    def _compare_column(self, path: tuple[str, ...]) -> Iterator[Cause]:
        name = path[-1]
        prints = (self._base.fingerprint(name), self._other.fingerprint(name))
        if prints[0] == prints[1] or self._is_incomplete():
            return
        table = ColumnRef(name).table
        counts = (self._base.rows(table), self._other.rows(table))
        words = [
            "no such column" if one is None else _write_rows(count) for one, count in zip(prints, counts, strict=True)
        ]
        yield Cause(CauseKind.COLUMN, name, path, *(words if words[0] != words[1] else ("", "")))

    def _compare_study(self) -> Iterator[Cause]:
        """What holds for every variable: versions and settings."""
        for name, base, other in _list_differences(self._base.versions(), self._other.versions()):
            yield Cause(CauseKind.VERSION, name, (), base, other)
        if not self._is_incomplete():
            for name, base, other in _list_differences(self._base.settings(), self._other.settings()):
                words = ("there" if base else "not there", "there" if other else "not there")
                yield Cause(CauseKind.SETTING, name, (), *(words if words[0] != words[1] else ("", "")))

    def _list_changed_files(self) -> tuple[str, ...]:
        return tuple(name for name, _, _ in _list_differences(self._base.mapping_files(), self._other.mapping_files()))

    def _is_incomplete(self) -> bool:
        return self._base.incomplete or self._other.incomplete


def _compare_entries(path: tuple[str, ...], base: Entry | None, other: Entry | None) -> Iterator[Cause]:
    """The words of an entry in both packages; the method where the words are the same but not what they do."""
    kind = CauseKind.RECORDS if path[-1].startswith(RECORDS) else CauseKind.MAPPING
    known = all("entry" in one for one in (base, other) if one is not None)
    told = [(one or {}).get("entry", "") for one in (base, other)]
    places = [(one or {}).get("mapped_at", "") for one in (base, other)]
    if known and told[0] != told[1]:
        yield Cause(kind, path[-1], path, *told, *places)
    elif base is not None and other is not None and base.get("method") != other.get("method"):
        methods = (str(one.get("method", "")) for one in (base, other))
        yield Cause(CauseKind.METHOD, path[-1], path, *methods, *places)


def _list_differences(base: Mapping[str, str], other: Mapping[str, str]) -> list[tuple[str, str, str]]:
    names = dict.fromkeys([*base, *other])
    found = ((name, base.get(name, ""), other.get(name, "")) for name in names)
    return [one for one in found if one[1] != one[2]]


def _write_rows(count: int | None) -> str:
    return "not read" if count is None else f"{count} row{'' if count == 1 else 's'}"


def _group_causes(causes: Iterable[Cause]) -> list[list[Cause]]:
    """Columns of the same form that changed alike and are reached in the same way, together; all else alone."""
    groups: dict[tuple[object, ...], list[Cause]] = {}
    for number, cause in enumerate(causes):
        alike = (ColumnRef(cause.name).table, cause.path[:-1], cause.base, cause.other)
        groups.setdefault(alike if cause.kind is CauseKind.COLUMN and cause.inherited else (number,), []).append(cause)
    return list(groups.values())


def _describe_causes(alike: list[Cause], own: str) -> str:
    cause = alike[0]
    change = _describe_change(cause)
    if cause.direct:
        return f"itself: {change}" if cause.name == own else f"itself ({cause.name}): {change}"
    if not cause.path:
        return f"for the whole study: {change}"
    names = ", ".join(one.name for one in alike)
    return f"from {' <- '.join((*cause.path[1:-1], names))}: {change}"


def _describe_change(cause: Cause) -> str:
    told = f"{cause.base or '(none)'} -> {cause.other or '(none)'}"
    match cause.kind:
        case CauseKind.MAPPING | CauseKind.RECORDS:
            base, other = (
                f"{words} ({place})" if words else "(none)"
                for words, place in ((cause.base, cause.base_at), (cause.other, cause.other_at))
            )
            return f"{cause.kind} {base} -> {other}"
        case CauseKind.METHOD:
            base, other = _cut_common(cause.base, cause.other)
            return f"the entry at {cause.other_at} is the same, but it says now: {base} -> {other}"
        case CauseKind.COLUMN:
            return f"other values{f' ({told})' if cause.base else ''}"
        case CauseKind.ROWS:
            return told
        case CauseKind.VERSION:
            return f"{cause.name} {told}"
        case _:
            return f"{cause.kind} {cause.name} changed{f' ({told})' if cause.base else ''}"


def _cut_common(base: str, other: str) -> tuple[str, str]:
    """Two texts without most of the words that they begin and end with in common.

    >>> _cut_common("one two three four five six A", "one two three four five six B")
    ('... three four five six A', '... three four five six B')
    """
    mine, theirs = base.split(), other.split()
    start = max(0, _count_common(mine, theirs) - SHOWN_WORDS)
    end = max(0, _count_common(mine[:start:-1], theirs[:start:-1]) - SHOWN_WORDS)
    before, after = ["..."] if start else [], ["..."] if end else []
    first, second = (" ".join([*before, *words[start : len(words) - end], *after]) for words in (mine, theirs))
    return first, second


def _count_common(base: Iterable[str], other: Iterable[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(base, other, strict=False)))


def _why_nothing(reason: Reason) -> str:
    if not reason.mapped:
        return "the mapping has no entry for it"
    files = f" ({', '.join(reason.changed_files)} changed elsewhere)" if reason.changed_files else ""
    return f"mapping entries, raw columns, settings and versions that it goes back to are the same{files}"
