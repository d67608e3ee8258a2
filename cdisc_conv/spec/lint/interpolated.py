"""Lint: dates that the EDC interpolated, used as if somebody had entered them."""

from __future__ import annotations

from collections.abc import Iterator

from cdisc_conv.problems import Problem, Severity
from cdisc_conv.spec.lint.comparisons import find_columns
from cdisc_conv.spec.model import Block, DatasetSpec, Form, Study, Variable
from cdisc_conv.spec.references import TargetKind, resolve

_DATES = ("date", "datetime")


def check_interpolated(study: Study) -> Iterator[Problem]:
    """LINT330 (warning): a variable reads a date that the EDC's dictionary says is interpolated (Rave's X_INT).

    Partial dates are complete there, with parts that nobody collected.
    """
    seen: set[tuple[str, str, str]] = set()
    for dataset in study.datasets.values():
        for block in dataset.blocks:
            for name in dataset.names():
                variable = dataset.own_variable(name, block)
                for form, column in _list_columns(study, dataset, block, variable):
                    field = form.fields.get(column)
                    if field is None or field.role != "derived" or field.type not in _DATES:
                        continue
                    if variable is not None and (key := (dataset.name, name, column)) not in seen:
                        seen.add(key)
                        what = f"{column} of form {form.name}, which the EDC interpolated"
                        message = f"{dataset.name}.{name} reads {what}: parts of it were not collected"
                        yield Problem("LINT330", message, Severity.WARNING, variable.place, _suggest(form, column))


def _list_columns(
    study: Study, dataset: DatasetSpec, block: Block, variable: Variable | None
) -> Iterator[tuple[Form, str]]:
    for ref in variable.derivation.reads() if variable is not None else ():
        target = resolve(study, dataset, block, variable.name if variable else "", ref)
        if target is None:
            continue
        table = block.source.table if target.kind is TargetKind.GIVEN else target.table
        form = study.forms.get(table.name) if table.is_form else None
        if form is not None:
            yield from ((form, column) for column in find_columns(block, target))


def _suggest(form: Form, column: str) -> str:
    entered = f"{column.rpartition('_')[0]}_RAW"
    return f"read {entered}, which has it as entered" if entered in form.fields else "read what was entered"
