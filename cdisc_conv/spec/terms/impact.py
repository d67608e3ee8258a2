"""What another version of a terminology package means for a study: the variables and mapped values that it touches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cdisc_conv.problems import Place, Problem, Severity
from cdisc_conv.spec.expected import codelist_of
from cdisc_conv.spec.lint.mapped_values import MappedValue, list_mapped
from cdisc_conv.spec.load import load_study
from cdisc_conv.spec.model import DatasetSpec, Study
from cdisc_conv.standards import CodelistTerm, CodelistTerms
from cdisc_conv.standards.differences import CodelistChange, PackageDifferences


@dataclass(frozen=True, slots=True)
class TouchedVariable:
    """A variable whose codelist changed, and how many mapped values become something else."""

    dataset: str
    variable: str
    codelist: str
    changes: tuple[str, ...]
    values: int
    place: Place


def find_impact(
    words: str | Path, differences: PackageDifferences, family: str
) -> tuple[list[TouchedVariable], list[Problem]]:
    """The variables of a study whose codelists differ between two packages, and its mapped values that mean others.

    Args:
        words: the study, as for `load_study`.
        differences: what changes from the one package to the other.
        family: ``sdtm`` or ``adam``, which package it is for the study.

    Returns:
        The variables, in the order of the mapping, and a finding per mapped value: STD009, a term that is gone or has
        another submission value, or a collected text that means another term or none; a note for one that is new.

    Raises:
        ProblemsError: study.yaml is unusable.
    """
    before, _ = load_study(words, {family: differences.before})
    after, _ = load_study(words, {family: differences.after})
    changed = {code: change for change in differences.changed for code in (change.after.code, change.before.code)}
    touched: dict[tuple[str, str], TouchedVariable] = {}
    problems: dict[tuple[str, str, str], Problem] = {}
    for dataset in after.datasets.values():
        for old, new, name, number in _list_codelists(before, after, dataset):
            found = {
                (dataset.name, name, value.text): problem
                for value in list_mapped(after, dataset, dataset.blocks[number], name)
                if (problem := _compare(f"{dataset.name}.{name}", old, new, value)) is not None
            }
            changes = _list_changes(old, new, changed)
            if changes or found:
                fresh = found.keys() - problems.keys()
                before_now = touched.get((dataset.name, name))
                values = len(fresh) + (before_now.values if before_now is not None else 0)
                short_name = (new or old or _NONE).short_name
                place = dataset.place if (entry := dataset.variables.get(name)) is None else entry.place
                touched[dataset.name, name] = TouchedVariable(dataset.name, name, short_name, changes, values, place)
            problems |= found
    return list(touched.values()), list(problems.values())


_NONE = CodelistTerms("", "", "", False, ())


def _list_codelists(
    before: Study, after: Study, dataset: DatasetSpec
) -> Iterator[tuple[CodelistTerms | None, CodelistTerms | None, str, int]]:
    """The codelist of each variable of each block under the one package and the other."""
    same = before.datasets[dataset.name]
    for number, block in enumerate(dataset.blocks):
        for name in dataset.names():
            new_entry, old_entry = dataset.own_variable(name, block), same.own_variable(name, same.blocks[number])
            if new_entry is None or old_entry is None:
                continue
            old, new = codelist_of(before, same, old_entry), codelist_of(after, dataset, new_entry)
            if old != new:
                yield old, new, name, number


def _list_changes(
    old: CodelistTerms | None, new: CodelistTerms | None, changed: dict[str, CodelistChange]
) -> tuple[str, ...]:
    if old is None or new is None:
        return ("the package has this codelist now",) if old is None else ("the package no longer has this codelist",)
    found = [changed[code] for code in new.code.split("; ") if code in changed]
    return tuple(words for change in found if change.matters for words in change.words)


def _compare(where: str, old: CodelistTerms | None, new: CodelistTerms | None, value: MappedValue) -> Problem | None:
    """A finding when a value means another term than before, or none; a note when it did not mean one before."""
    if not value.text or old is None or new is None:
        return None
    was, now = _find(old, value), _find(new, value)
    if (was.value if was else "") == (now.value if now else "") or (was is None and now is None):
        return None
    if was is None and now is not None:
        message = f"{where}: '{value.text}' means {now.value} of {new.short_name} ({new.code}) now, and meant no term"
        return Problem("STD009", message, Severity.NOTE, value.place)
    renamed = next((term.value for term in new.terms if was and term.code == was.code), "")
    meant = was.value if was else ""
    what = f"'{value.text}'" if value.text == meant else f"'{value.text}', which means {meant},"
    if now is not None:
        message = f"{where}: '{value.text}' means {now.value} of {new.short_name} ({new.code}) now, and meant {meant}"
        return Problem("STD009", message, Severity.WARNING, value.place)
    message = f"{where}: {what} is no longer in {new.short_name} ({new.code})"
    hint = f"it is {renamed} now" if renamed else new.suggest(value.text)
    return Problem("STD009", message, Severity.WARNING, value.place, hint)


def _find(codelist: CodelistTerms, value: MappedValue) -> CodelistTerm | None:
    return codelist.find(value.text) if value.collected else codelist.term(value.text)
