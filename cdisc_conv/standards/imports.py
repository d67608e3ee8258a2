"""Import published terminology and guides into the store of a study or of the user."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cdisc_conv.problems import Place, Problem, ProblemsError, Severity
from cdisc_conv.standards.differences import compare_packages, summarise_lists
from cdisc_conv.standards.files import UnknownStandardError, find_source, list_sources
from cdisc_conv.standards.publications.dictionaries import read_dictionary
from cdisc_conv.standards.publications.guide import read_guide
from cdisc_conv.standards.publications.package import format_package
from cdisc_conv.standards.publications.terminology import read_package
from cdisc_conv.standards.store import (
    Kept,
    Key,
    OtherContentError,
    StoreError,
    find_item,
    keep_item,
    study_store,
    user_store,
)
from cdisc_conv.standards.terminology import Terminology, parse_terminology, read_terminology

_SHARE = 0.5
"""A package with fewer than this share of the codelists of another version is suspicious."""


@dataclass(frozen=True, slots=True)
class Import:
    """What was imported: its label (``SDTM CT 2024-09-27``), what it holds, what became of it and where it is."""

    label: str
    holds: str
    kept: Kept
    path: Path
    problems: tuple[Problem, ...]


def import_terminology(
    path: Path, *, study: Path | None = None, name: str = "", version: str = "", sheet: str = "", replace: bool = False
) -> Import:
    """Import a published terminology package into the store of a study, or into that of the user without one.

    Args:
        path: the publication (`publications.terminology.read_package`).
        study: the folder of the study.
        name, version, sheet: as for `read_package`.
        replace: whether a version that is there with other content is replaced.

    Raises:
        ProblemsError: STD001 to STD003 the file cannot be used; STD004 the store has this version with other content,
            and the message says how they differ; STD005 the store cannot be used.
        OSError: a file cannot be read or written.
    """
    package, problems = read_package(path, name=name, version=version, sheet=sheet)
    content = format_package(package)
    label = f"{package.name} {package.version}"
    found = parse_terminology(content)
    problems = [*problems, *_warn_of_size(path, package.key, found), *_warn_of_built_in(path, package.key, found)]
    key = Key("ct", package.key, package.version)
    holds = f"{len(package.lists):,} codelists, {package.term_count:,} terms"
    return keep_import(path, key, content, label, holds, problems, study, replace=replace)


def import_guide(
    path: Path,
    *,
    study: Path | None = None,
    name: str = "",
    version: str = "",
    sheet: str = "",
    model: str = "",
    replace: bool = False,
) -> Import:
    """Import a published implementation guide or model; see `import_terminology`.

    ``model`` is the version of the SDTM behind a guide that does not say it.
    """
    guide = read_guide(path, name=name, version=version, sheet=sheet, model=model)
    label = f"{guide.name} {guide.key.version}"
    holds = f"{guide.variable_count:,} variables"
    if guide.key.kind == "ig":
        holds = f"{guide.dataset_count:,} dataset{'' if guide.dataset_count == 1 else 's'}, {holds}"
    return keep_import(path, guide.key, guide.content, label, holds, list(guide.warnings), study, replace=replace)


def import_dictionary(
    path: Path, *, study: Path | None = None, name: str = "", version: str = "", replace: bool = False
) -> Import:
    """Import MedDRA or WHODrug (`publications.dictionaries.read_dictionary`); see `import_terminology`."""
    found = read_dictionary(path, name=name, version=version)
    label = f"{found.name} {found.key.version}"
    return keep_import(path, found.key, found.content, label, found.holds, [], study, replace=replace)


def keep_import(
    path: Path,
    key: Key,
    content: bytes,
    label: str,
    holds: str,
    problems: list[Problem],
    study: Path | None,
    *,
    replace: bool,
) -> Import:
    folder = study_store(study) if study is not None else user_store()
    try:
        kept = keep_item(folder, key, content, source=path.name, replace=replace)
    except OtherContentError:
        told = f"{label} was imported before with other content{_describe_other(key, folder, content)}"
        hint = "give --replace to put this one in its place"
        raise _refuse(path, "STD004", told, hint) from None
    except StoreError as error:
        raise _refuse(path, "STD005", str(error)) from None
    return Import(label, holds, kept, folder / key.file, tuple(problems))


def _refuse(path: Path, code: str, message: str, hint: str = "") -> ProblemsError:
    return ProblemsError([Problem(code, message, place=Place(file=str(path)), hint=hint)])


def _describe_other(key: Key, folder: Path, content: bytes) -> str:
    """Which file it was imported from and, of terminology, how much differs."""
    there = find_item(key, [folder])
    if there is None:
        return ""
    found = key.kind == "ct" and compare_packages(parse_terminology(there.read()), parse_terminology(content))
    return f", from {there.source}" + (f" ({found.summary})" if found else "")


def _warn_of_size(path: Path, key: str, package: Terminology) -> Iterator[Problem]:
    """STD006: far fewer codelists than the newest other version of the package has."""
    others = [source for source in list_sources("ct") if source.key.name == key]
    for source in sorted(others, key=lambda one: one.key.version)[-1:]:
        there = read_terminology(source)
        instruments = any(len(block) > 4 for block in package.heads)
        count = len(there.codes) if instruments else len([head for head in there.heads if len(head) == 4])
        if len(package.codes) < count * _SHARE:
            message = f"it has {len(package.codes):,} codelists, where {there.package_label} has {count:,}"
            hint = "the file may be cut short or filtered"
            yield Problem("STD006", message, Severity.WARNING, Place(file=str(path)), hint)


def _warn_of_built_in(path: Path, key: str, package: Terminology) -> Iterator[Problem]:
    """STD008: the same version comes with cdisc-conv, and codelists differ that both have."""
    built_in = [s for s in list_sources("ct") if s.item is None and s.key == Key("ct", key, package.version)]
    for source in built_in:
        found = compare_packages(read_terminology(source), package)
        if changed := [*found.removed, *(change.codelist for change in found.changed if change.matters)]:
            message = (
                f"it differs from the {package.package_label} that comes with cdisc-conv, which it takes the place of, "
                f"in {summarise_lists(changed)}"
            )
            yield Problem("STD008", message, Severity.WARNING, Place(file=str(path)), "compare them with 'ct diff'")


def load_package(words: str, study: Path | None = None) -> Terminology:
    """A terminology package as people name it: a version of the SDTM's, a name and a version, or a published file.

    ``2024-09-27``, ``adam 2024-09-27``, ``"SDTM CT 2024-09-27"``, ``adam-2024-09-27`` and ``path/to/file`` all do.

    Raises:
        ProblemsError: the file cannot be used.
        UnknownStandardError: no such package.
    """
    path = Path(words)
    if path.is_file():
        return parse_terminology(format_package(read_package(path)[0]))
    name, version = split_name(words)
    if not version:
        newest = [source for source in list_sources("ct", study) if source.key.name == Key.of("ct", name, "").name]
        if not newest:
            raise UnknownStandardError(f"there is no terminology package or file '{words}'")
        return read_terminology(max(newest, key=lambda source: source.key.version))
    return read_terminology(find_source("ct", name or "sdtm", version, study))


def split_name(words: str) -> tuple[str, str]:
    """The name and the version in the words for a package; either may be missing.

    >>> split_name("SDTM CT 2024-09-27"), split_name("adam-2024-09-27")
    (('sdtm', '2024-09-27'), ('adam', '2024-09-27'))
    >>> split_name("2024-09-27"), split_name("define-xml")
    (('', '2024-09-27'), ('define-xml', ''))
    """
    text = words.strip()
    version = text[-10:] if text[-10:].replace("-", "").isdigit() and len(text) >= 10 else ""
    name = text.removesuffix(version).rstrip(" -_").casefold().removesuffix(" ct").strip()
    return name, version
