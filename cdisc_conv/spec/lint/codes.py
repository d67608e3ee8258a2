"""Lint: codes that a condition asks for and the data dictionary does not have."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from cdisc_conv.columns.texts import fold
from cdisc_conv.problems import Problem, Severity
from cdisc_conv.spec.expected import codelist_of, predecessor_of, standard_variable
from cdisc_conv.spec.lint.comparisons import Comparison, list_comparisons, list_translated
from cdisc_conv.spec.model import DatasetSpec, Family, Study, Variable
from cdisc_conv.spec.terms.codes import guess_code, list_codes
from cdisc_conv.standards import VariableStandard


def check_codes(study: Study) -> Iterator[Problem]:
    """LINT310: a column is compared with a code that is not among its values, which is never so in right data.

    The values are those that forms.yaml declares, or of a variable of a dataset those that the standard allows: the
    terms of a codelist that is not extensible.
    """
    seen: set[tuple[str, str, str]] = set()
    for found in list_comparisons(study):
        if not found.table.is_form:
            yield from _check_variable(study, found, seen)
            continue
        values = _list_declared(study, found)
        for text in found.texts if values else ():
            if text not in values:
                message = (
                    f"{found.reader}: {' or '.join(found.columns)} is compared with '{text}', which is not among the "
                    f"values in {found.table} ({list_codes(values)})"
                )
                meant = guess_code(text, values)
                hint = f"did you mean {meant}?" if meant else "correct the condition, or add the code to forms.yaml"
                cause = f"{text} of {list_codes(values)}"
                yield Problem("LINT310", message, Severity.WARNING, found.place, hint, value=cause)


def check_translations(study: Study) -> Iterator[Problem]:
    """LINT313: a translation table has a code that forms.yaml does not list among the values of its column."""
    seen: set[tuple[str, str, str]] = set()
    for found in list_translated(study):
        values = _list_declared(study, found)
        known = {fold(code) for code in values}
        for text in found.texts if values else ():
            key = (found.reader, str(found.place), text)
            if fold(text) in known or key in seen:
                continue
            seen.add(key)
            message = (
                f"{found.reader}: the table translates '{text}', which is not among the values of "
                f"{' or '.join(found.columns)} in {found.table} ({list_codes(values)})"
            )
            meant = guess_code(text, values)
            hint = f"did you mean {meant}?" if meant else "leave it out, or add the code to forms.yaml"
            yield Problem("LINT313", message, Severity.WARNING, found.place, hint)


def _list_declared(study: Study, found: Comparison) -> dict[str, str]:
    """The values that forms.yaml declares for columns of a form; none where that of any of them is open."""
    form = study.forms.get(found.table.name) if found.table.is_form else None
    fields = [form.fields[name] for name in found.columns if name in form.fields] if form else []
    if not all(field.values and not field.separator for field in fields):
        return {}
    return {code: words for field in fields for code, words in field.values.items()}


def _check_variable(study: Study, found: Comparison, seen: set[tuple[str, str, str]]) -> Iterator[Problem]:
    """The same of a variable of a dataset; each text is one finding for each reader."""
    lists = [values for name in found.columns for values in _list_values(study, found.table, name)]
    if not lists or not all(lists):
        return
    values = {value: value for texts in lists for value in sorted(texts)}
    for text in found.texts:
        key = (found.reader, str(found.place), text)
        if text in values or key in seen:
            continue
        seen.add(key)
        message = (
            f"{found.reader}: {found.table}.{' or '.join(found.columns)} is compared with '{text}', which is not among "
            f"its values ({list_codes(values)})"
        )
        meant = guess_code(text, values)
        hint = f"did you mean {meant}?" if meant else "correct the condition"
        cause = f"{text} of {list_codes(values)}"
        yield Problem("LINT310", message, Severity.WARNING, found.place, hint, value=cause)


def _list_values(study: Study, table: str, name: str) -> list[Collection[str]]:
    """The values that a variable may take, for each of its entries; none of one where that is open."""
    if table in study.given:
        return [closed_values(study.sdtm, study.sdtm.standard.variable(study.given[table].standard, name))]
    spec = study.datasets.get(table)
    if spec is None:
        return []
    return [values for entry in spec.entries_named(name) for values in _list_values_of(study, spec, entry)]


def _list_values_of(study: Study, spec: DatasetSpec, entry: Variable) -> list[Collection[str]]:
    codelist = codelist_of(study, spec, entry)
    if codelist is not None:
        return [() if codelist.extensible else codelist.values]
    standard = standard_variable(study, spec, entry.name)
    before = predecessor_of(study, spec, entry) if standard is None else None
    if before is not None and before[0] != spec.name:
        return _list_values(study, *before)
    return [standard.values if standard is not None else ()]


def closed_values(family: Family, standard: VariableStandard | None) -> Collection[str]:
    """The terms of a variable's codelist where the standard has one that is not extensible; else none."""
    keys = [key for key in standard.codelists if key in family.terminology] if standard is not None else []
    codelist = family.terminology.codelist(*keys) if keys else None
    return () if codelist is None or codelist.extensible else codelist.values
