"""Comparing files and whole packages: datasets paired by name, define.xml by meaning, and what changed upstream."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cdisc_conv.compare.datasets.run import KEEP, compare_tables, may_be_number
from cdisc_conv.compare.packages.parts import AnyFile, join_parts, note_parts
from cdisc_conv.compare.packages.spelling import note_encodings, respell_definitions, respell_tables
from cdisc_conv.compare.result import Comparison
from cdisc_conv.compare.rules import Rules
from cdisc_conv.datafiles.faults import make_error
from cdisc_conv.datafiles.read import list_datasets
from cdisc_conv.datafiles.table import Table
from cdisc_conv.problems import Problem, ProblemsError, Severity, did_you_mean
from cdisc_conv.raw.delimited.encoding import COMMON, describe_bad_encoding
from cdisc_conv.workplace import recover

DEFINE = "define.xml"
PLACES = {"sdtm": (DEFINE, f"sdtm/{DEFINE}"), "adam": (f"adam/{DEFINE}",)}
"""Where a folder may have the definitions of a family; of SDTM's, at the top or beside the files as in an eCTD."""


@dataclass(frozen=True)
class Options:
    """What of two files or packages is compared, and how; see `compare`."""

    rules: Rules = field(default_factory=Rules)
    keys: Sequence[str] = ()
    only: Sequence[str] = ()
    ignore: Sequence[str] = ()
    where: str = ""
    encoding: str | None = None
    transliterate: bool = False
    """Compare the text of packages in different encodings as the smaller encoding holds it."""
    keep: int = KEEP


@dataclass(frozen=True)
class PackageComparison:
    """The comparisons of the datasets on both sides, datasets of one side only, and the differences of define.xml.

    ``why`` has for each changed variable what changed upstream, where both sides are packages of cdisc-conv.
    """

    base: str
    other: str
    datasets: tuple[Comparison, ...]
    only_base: tuple[str, ...] = ()
    only_other: tuple[str, ...] = ()
    define: tuple[Any, ...] = ()
    why: tuple[Any, ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether nothing differs that counts by the rules."""
        return all(one.equal for one in self.datasets) and not (self.only_base or self.only_other or self.define)


def compare_paths(
    base: Path, other: Path, options: Options | None = None, progress: Callable[[str], None] = lambda step: None
) -> PackageComparison:
    """Compare two dataset files (whatever their names), two folders or packages, or two define.xml.

    Raises ProblemsError when anything cannot be read or does not fit; see `list_datasets`, `compare`.
    """
    options = options or Options()
    for path in (base, other):
        recover(path)
    if base.suffix.lower() == ".xml" or other.suffix.lower() == ".xml":
        return _compare_definitions(base, other, options.transliterate)
    files: list[list[AnyFile]] = []
    problems = _check_encoding(options.encoding)
    for path in (base, other):
        try:
            files.append([*list_datasets(path)])
        except ProblemsError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    files, split = _join_split(files, options.encoding, single=base.is_file() and other.is_file())
    pairs, only_base, only_other = _pair(files[0], files[1], single=base.is_file() and other.is_file())
    found: list[Comparison] = []
    known: dict[str, None] = {}
    numbers: set[str] = set()
    damaged: list[Problem] = []
    for number, (first, second) in enumerate(pairs, 1):
        say = _prefix(progress, f"{first.name} ({number} of {len(pairs)}): " if len(pairs) > 1 else "")
        one, tables = _compare_files(first, second, options, say, several=len(pairs) > 1)
        found.append(one)
        damaged += [problem for table in tables for problem in table.problems]
        known.update(dict.fromkeys(name for table in tables for name in table.names))
        numbers.update(name for name in options.rules.tolerated() if may_be_number(name, tables))
    if len(pairs) > 1:
        _check_spelling(options, known, numbers)
    define, notes = _compare_folders_define(base, other, options.transliterate)
    if not options.transliterate and pairs:
        notes = (*notes, *note_encodings(pairs[0][0].path, pairs[0][1].path))
    reasons, untold = _explain(base, other, found)
    return PackageComparison(
        str(base), str(other), tuple(found), only_base, only_other, define, reasons, (*damaged, *split, *notes, *untold)
    )


def _check_encoding(encoding: str | None) -> list[Problem]:
    """CMP003: an encoding that no file can have, whether or not a file needs it."""
    why = describe_bad_encoding(encoding) if encoding else ""
    return [Problem("CMP003", f"--encoding is '{encoding}', which {why}", hint=COMMON)] if why else []


def _join_split(
    files: Sequence[list[AnyFile]], encoding: str | None, single: bool
) -> tuple[list[list[AnyFile]], list[Problem]]:
    """Both sides, with the parts of a dataset as one where the other side has it in one file; and notes about them."""
    sides: list[dict[str, AnyFile]] = [{one.name: one for one in side} for side in files]
    notes: list[Problem] = []
    if single:
        return list(files), notes
    for number, words in enumerate((("base", "compare"), ("compare", "base"))):
        joined = join_parts(sides[number], sides[1 - number], encoding)
        parts = {part.name for one in joined.values() for part in one.parts}
        rest = {name: one for name, one in sides[1 - number].items() if name not in parts}
        sides[1 - number] = {**rest, **joined}
        notes += note_parts(joined, *words)
    return [list(side.values()) for side in sides], notes


def _pair(
    base: list[AnyFile], other: list[AnyFile], single: bool
) -> tuple[list[tuple[AnyFile, AnyFile]], tuple[str, ...], tuple[str, ...]]:
    if single and len(base) == len(other) == 1:
        return [(base[0], other[0])], (), ()
    first, second = ({one.name: one for one in side} for side in (base, other))
    pairs = [(one, second[name]) for name, one in first.items() if name in second]
    if not pairs:
        told = f"base has {', '.join(first)}; compare has {', '.join(second)}"
        raise ProblemsError([Problem("CMP004", f"there are no datasets of the same name: {told}")])
    return pairs, tuple(name for name in first if name not in second), tuple(n for n in second if n not in first)


def _compare_files(
    first: AnyFile,
    second: AnyFile,
    options: Options,
    progress: Callable[[str], None],
    several: bool,
) -> tuple[Comparison, list[Table]]:
    """The comparison of two files and what they hold."""
    tables: list[Table] = []
    problems: list[Problem] = []
    for file in (first, second):
        progress(f"reading {file.path}")
        try:
            tables.append(file.read(options.encoding))
        except ProblemsError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    base, other = respell_tables(tables, (first, second)) if options.transliterate else tables
    names = (*base.names, *other.names)
    rules = options.rules.keep([one for one in names if may_be_number(one, tables)]) if several else options.rules
    wanted = [name for name in options.only if name in names or not several]
    ignored = [name for name in options.ignore if name in names or not several]
    keys = options.keys
    if several and not all(set(keys) <= set(table.names) for table in tables):
        keys = ()  # of a package each dataset has its own; those that have these are matched by them
    defined = {
        f"{DEFINE} of {side}": found
        for side, file in (("base", first), ("compare", second))
        if (found := _read_defined_keys(file))
    }
    return compare_tables(
        base, other, rules, keys, wanted, ignored, options.where, defined, options.keep, progress
    ), tables


def _check_spelling(options: Options, known: Mapping[str, None], numbers: Collection[str]) -> None:
    """ProblemsError for names that no dataset has, and for tolerances of what is a number in none."""
    given = {"--keys": options.keys, "--tolerance": options.rules.tolerated(), "--only": options.only,
             "--ignore": options.ignore}  # fmt: skip
    problems = [
        Problem("CMP011" if option == "--keys" else "CMP013", f"no dataset has a variable {name}, which {option} names",
                hint=did_you_mean(name, known))
        for option, names in given.items() for name in names if name not in known
    ]  # fmt: skip
    problems += [
        Problem("CMP010", f"{name} has a tolerance, but is text in every dataset",
                hint="give a tolerance to numeric variables only")
        for name in options.rules.tolerated() if name in known and name not in numbers
    ]  # fmt: skip
    if problems:
        raise ProblemsError(problems)


def _read_defined_keys(file: AnyFile) -> tuple[str, ...]:
    """The keys of a dataset in the define.xml beside it or in the folder above; none when it has none to read."""
    from cdisc_conv.define.reading.document import DefineDocument

    folder = file.path.resolve().parent
    path = next((one for one in (folder / DEFINE, folder.parent / DEFINE) if one.is_file()), None)
    if path is None:
        return ()
    try:
        document = DefineDocument(path)
    except ProblemsError:
        return ()  # the comparison of define.xml itself reports what is wrong with it
    items = document.index("ItemDef")
    for group in document.metadata.iter(document.tag("ItemGroupDef")):
        if document.get(group, "Name").upper() == file.name:
            keys = [
                (int(number), document.get(items.get(document.get(one, "ItemOID")), "Name"))
                for one in document.children(group, "ItemRef")
                if (number := document.get(one, "KeySequence")).isdecimal()
            ]
            return tuple(name for _, name in sorted(keys) if name)
    return ()


def _compare_definitions(base: Path, other: Path, respelled: bool) -> PackageComparison:
    from cdisc_conv.compare.packages.define_xml import compare_define

    paths = [_find_definitions(path).get("sdtm", path / DEFINE) if path.is_dir() else path for path in (base, other)]
    for path in paths:
        if not path.is_file():
            raise make_error("CMP001", "there is no such file or folder", path, "check the spelling")
        if path.suffix.lower() != ".xml":
            raise make_error("CMP001", "a define.xml can only be compared with another", path)
    found = compare_define(*(respell_definitions(paths) if respelled else paths))
    return PackageComparison(str(base), str(other), (), define=tuple(found.differences), notes=tuple(found.problems))


def _compare_folders_define(base: Path, other: Path, respelled: bool) -> tuple[tuple[Any, ...], tuple[Problem, ...]]:
    """The differences of the define.xml of both sides: that of the folder or its SDTM, and that of its ADaM."""
    if not (base.is_dir() and other.is_dir()):
        return (), ()
    sides = [(folder, _find_definitions(folder)) for folder in (base, other)]
    differences: list[Any] = []
    notes: list[Problem] = []
    for family in PLACES:
        there = [(folder, found[family]) for folder, found in sides if family in found]
        if len(there) == len(sides):
            (_, first), (_, second) = there
            both = _compare_definitions(first, second, respelled)
            differences += both.define
            notes += both.notes
        elif there:
            ((folder, path),) = there
            name = path.relative_to(folder).as_posix()
            notes.append(Problem("CMP005", f"only {folder} has a {name}; it is not compared", Severity.NOTE))
    return tuple(differences), tuple(notes)


def _find_definitions(folder: Path) -> dict[str, Path]:
    """The define.xml of each family that a folder has."""
    found = {
        family: next((folder / name for name in names if (folder / name).is_file()), None)
        for family, names in PLACES.items()
    }
    return {family: path for family, path in found.items() if path is not None}


def _explain(base: Path, other: Path, found: Sequence[Comparison]) -> tuple[tuple[Any, ...], tuple[Problem, ...]]:
    """What changed upstream of each changed variable; only packages of cdisc-conv can tell."""
    if not all((path / "manifest.json").is_file() and (path / "report").is_dir() for path in (base, other)):
        return (), ()
    from cdisc_conv.compare.packages.why import explain_changes

    try:
        return tuple(explain_changes(base, other, {one.name: _list_changed(one) for one in found})), ()
    except ProblemsError as error:
        return (), tuple(replace(problem, severity=Severity.NOTE) for problem in error.problems)


def _list_changed(found: Comparison) -> list[str]:
    """The variables of which anything differs; an empty name where the two have other records."""
    values = found.variables.loc[found.variables["differing"] > 0, "variable"]
    told = found.metadata.loc[found.metadata["attribute"].ne("variable order"), "variable"]
    records = [""] if found.only_base_count or found.only_other_count else []
    return [*records, *dict.fromkeys(name for name in (*values, *told) if name)]


def _prefix(progress: Callable[[str], None], words: str) -> Callable[[str], None]:
    return lambda step: progress(words + step)
