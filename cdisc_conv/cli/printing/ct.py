"""What `ct show` and `ct diff` print."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from cdisc_conv.cli.commands.imports import find_folder
from cdisc_conv.cli.printing.console import plural, print_line, print_table
from cdisc_conv.cli.printing.findings import print_problems
from cdisc_conv.problems import Problem, ProblemsError, did_you_mean, exit_code
from cdisc_conv.standards import CodelistTerms, Terminology, UnknownStandardError
from cdisc_conv.standards.differences import PackageDifferences, compare_packages
from cdisc_conv.standards.files import list_sources
from cdisc_conv.standards.imports import load_package, split_name
from cdisc_conv.standards.store import Key
from cdisc_conv.standards.terminology import read_terminology

_INSTRUMENT_VARIABLES = ("--TESTCD", "--TEST")
_FAMILIES = {"SDTM CT": "sdtm", "ADaM CT": "adam"}


def show_name(name: str, package: str, study: str) -> int:
    """Print what a name stands for. Raises ProblemsError (STD010) when it stands for nothing."""
    folder = find_folder(study)
    if _is_package(name, folder):
        _show_package(_load(name, folder))
        return 0
    packages = [_load(package, folder)] if package else list(_choose(folder))
    for found in packages:
        if codelists := list(_find(found, name)):
            for number, codelist in enumerate(codelists):
                if number:
                    print_line("")
                _show_codelist(found, codelist)
            return 0
    names = [known for found in packages for known in found.short_names]
    labels = ", ".join(found.package_label for found in packages)
    hint = did_you_mean(name, names) or "name it by its short name or C-code, such as NY or C66742"
    raise ProblemsError([Problem("STD010", f"no codelist, term or category '{name}' in {labels}", hint=hint)])


def _is_package(name: str, folder: Path | None) -> bool:
    key, version = split_name(name)
    known = {source.key.name for source in list_sources("ct", folder)}
    return bool(version) or Key.of("ct", key, "").name in known


def _load(words: str, folder: Path | None) -> Terminology:
    try:
        return load_package(words, folder)
    except UnknownStandardError as error:
        hint = "see 'cdisc-conv ct list'; import others with 'cdisc-conv ct import FILE'"
        raise ProblemsError([Problem("STD010", str(error), hint=hint)]) from None


def _choose(folder: Path | None) -> Iterator[Terminology]:
    """The package of each name that a study follows, or else the newest one, SDTM first."""
    sources = list_sources("ct", folder)
    newest: dict[str, str] = {}
    for source in sources:
        newest[source.key.name] = max(newest.get(source.key.name, ""), source.key.version)
    newest |= _list_followed(folder) if folder is not None else {}
    for name in sorted(newest, key=lambda name: (name != "sdtm", name)):
        key = Key("ct", name, newest[name])
        yield read_terminology(next(source for source in sources if source.key == key))


def _list_followed(folder: Path) -> dict[str, str]:
    """Name of a package -> the version that a study follows; nothing for a study that cannot be read."""
    from cdisc_conv.spec.load import load_study

    with suppress(ProblemsError):
        packages = (family.terminology for family in load_study(folder)[0].families.values())
        return {_FAMILIES[one.name]: one.version for one in packages if one.name in _FAMILIES}
    return {}


def _find(package: Terminology, name: str) -> Iterator[CodelistTerms]:
    """The codelist of that name; else those of an instrument; else those that have the term."""
    for key in dict.fromkeys((name, name.upper())):
        if key in package:
            yield package.codelist(key)
            return
        codes = [package.instrument_codelist(variable, key) for variable in _INSTRUMENT_VARIABLES]
        if any(codes):
            tests = package.codelist(codes[0]).terms if codes[0] else ()
            pairs = [(variable, test.value) for test in tests for variable in ("--ORRES", "--STRESC")]
            codes += [package.instrument_codelist(*pair) for pair in pairs]
            yield from (package.codelist(code) for code in dict.fromkeys(filter(None, codes)))
            return
    for code in package.codes:
        codelist = package.codelist(code)
        if any(name in (term.code, term.value) for term in codelist.terms):
            yield codelist


def _show_codelist(package: Terminology, codelist: CodelistTerms) -> None:
    extensible = "extensible" if codelist.extensible else "not extensible"
    print_line(f"{codelist.short_name} ({codelist.code}), {codelist.name}: {extensible}, {package.package_label}")
    rows = [
        (term.value, term.code, term.decode or term.preferred_term, "; ".join(term.synonyms)) for term in codelist.terms
    ]
    print_table(["term", "code", "meaning", "synonyms"], rows)


def _show_package(package: Terminology) -> None:
    print_line(f"{package.package_label}: {plural(len(package.codes), 'codelist')}")
    lists = [package.codelist(code) for code in package.codes]
    rows = [(one.short_name, one.code, len(one.terms), "yes" if one.extensible else "no", one.name) for one in lists]
    print_table(["codelist", "code", "terms", "extensible", "name"], rows)


def show_differences(old: str, new: str, study: str) -> int:
    """Print what changes from one package to another; 1 when anything does, with a study when it matters there."""
    folder = find_folder(study)
    before, after = _load(old, folder), _load(new, folder)
    if before.name != after.name:
        message = f"{before.package_label} and {after.package_label} are different packages"
        raise ProblemsError([Problem("STD011", message, hint="compare two versions of one package")])
    found = compare_packages(before, after)
    print_line(f"{before.package_label} to {after.version}: {found.summary}")
    if before.partial != after.partial:
        partial = before if before.partial else after
        print_line(
            f"note: {partial.package_label} comes with cdisc-conv without the codelists of most instruments, which "
            f"are among those {'added' if before.partial else 'removed'}; import its publication to compare them"
        )
    if folder is not None:
        return _show_impact(folder, found)
    for sign, codelists in (("+", found.added), ("-", found.removed)):
        for one in codelists:
            print_line(f"{sign} {one.short_name} ({one.code}), {one.name}: {plural(len(one.terms), 'term')}")
    for change in found.changed:
        print_line(f"~ {change.after.short_name} ({change.after.code}): {'; '.join(change.words)}")
    return 1 if found else 0


def _show_impact(folder: Path, found: PackageDifferences) -> int:
    from cdisc_conv.spec.terms.impact import find_impact

    family = _FAMILIES.get(found.after.name)
    if family is None:
        message = f"a study takes its codelists from SDTM CT and ADaM CT, not from {found.after.name}"
        raise ProblemsError([Problem("STD011", message, hint="leave out --study")])
    touched, problems = find_impact(folder, found, family)
    if touched:
        print_table(
            ["variable", "codelist", "values", "what changed"],
            [(f"{one.dataset}.{one.variable}", one.codelist, one.values, "; ".join(one.changes)) for one in touched],
        )
    print_problems(problems)
    print_line(f"{plural(len(touched), 'variable')} and {plural(len(problems), 'mapped value')} of the study touched")
    return exit_code(problems)
