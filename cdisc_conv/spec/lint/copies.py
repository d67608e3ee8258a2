"""Lint: columns that are copied into numeric variables and can hold no number."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from cdisc_conv.derivations.values.copying import Copy
from cdisc_conv.problems import Problem
from cdisc_conv.spec.expected import is_numeric, standard_variable
from cdisc_conv.spec.lint.comparisons import find_columns
from cdisc_conv.spec.model import Block, DatasetSpec, Study, Variable
from cdisc_conv.spec.references import TargetKind, resolve
from cdisc_conv.spec.terms.codes import list_codes

_MOMENTS = {"date": "a date", "time": "a time", "datetime": "a date and time"}


def check_copies(study: Study) -> Iterator[Problem]:
    """LINT314: a numeric variable is copied from dates, times, or codes of which none is a number."""
    seen: set[tuple[str, str]] = set()
    for dataset in study.datasets.values():
        for block in dataset.blocks:
            for name in dataset.names():
                variable = dataset.own_variable(name, block)
                if variable is None or not is_numeric(study, dataset, variable):
                    continue
                for copy in _list_copies(variable.derivation):
                    for what in _describe_texts(study, dataset, block, variable, copy):
                        message = f"{dataset.name}.{name} is numeric, but is copied from {what}"
                        if (message, str(variable.place)) not in seen:
                            seen.add((message, str(variable.place)))
                            hint = _suggest(dataset, name) if "ISO 8601" in what or "a date" in what else ""
                            yield Problem("LINT314", message, place=variable.place, hint=hint)


def _suggest(dataset: DatasetSpec, name: str) -> str:
    if dataset.family.is_analysis:
        return "'numeric_date' makes a number of a date" if name.endswith("DT") else ""
    return f"write {{study_day: {name[:-2]}DTC}}" if name.endswith("DY") else ""


def _list_copies(value: object) -> Iterator[Copy]:
    """Every `copy` inside a derivation."""
    if isinstance(value, Copy):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _list_copies(getattr(value, name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _list_copies(item)


def _describe_texts(study: Study, dataset: DatasetSpec, block: Block, variable: Variable, copy: Copy) -> Iterator[str]:
    """The columns behind a copy that can hold no number, each with what it holds."""
    target = resolve(study, dataset, block, variable.name, copy.source)
    if target is None:
        return
    table = block.source.table if target.kind is TargetKind.GIVEN else target.table
    for column in find_columns(block, target):
        form = study.forms.get(table.name) if table.is_form else None
        if form is not None and (field := form.fields.get(column)) is not None:
            if field.type in _MOMENTS:
                yield f"{column} of {table}, which is {_MOMENTS[field.type]}"
            elif field.values and not any(map(_is_number, field.values)):
                yield f"{column} of {table}, whose codes are no numbers ({list_codes(field.values)})"
        elif table in study.datasets:
            standard = standard_variable(study, study.datasets[table], column)
            if standard is not None and standard.described.startswith("ISO 8601"):
                yield f"{table}.{column}, which is text in ISO 8601"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
