"""Lint: informats of columns, and derivations that say once more how dates are written."""

from __future__ import annotations

from collections.abc import Iterator

from cdisc_conv.derivations.dates.collected import Datetime
from cdisc_conv.problems import Problem, did_you_mean
from cdisc_conv.raw.shaping.informats import read_informat
from cdisc_conv.spec.forms.sources import KINDS, list_exceptions, list_informats
from cdisc_conv.spec.model import DatasetSpec, Form, Study
from cdisc_conv.spec.references import TargetKind, resolve
from cdisc_conv.tables import TableId


def check_informats(study: Study) -> Iterator[Problem]:
    """LINT116: an informat that means nothing, that is of another kind than its column, or a format beside it."""
    for form in study.forms.values():
        yield from _check_form(study, form)
    for dataset in study.datasets.values():
        yield from _check_formats(study, dataset)


def _check_formats(study: Study, dataset: DatasetSpec) -> Iterator[Problem]:
    """Formats of a derivation for a column whose informat has read it by then."""
    seen: set[int] = set()
    for block in dataset.blocks:
        for name, variable in dataset.entries_of(block).items():
            derivation = variable.derivation
            if not isinstance(derivation, Datetime) or not derivation.formats or id(variable) in seen:
                continue
            seen.add(id(variable))
            target = resolve(study, dataset, block, name, derivation.date)
            if target is None or target.kind is not TargetKind.SOURCE or not TableId(target.table).is_form:
                continue
            form = study.forms.get(TableId(target.table).name)
            if form is not None and (texts := list_informats(study, form).get(target.name)):
                message = (
                    f"{dataset.name}.{name} has formats for {target.name} of form {form.name}, whose values its "
                    f"informat {' or '.join(texts)} has read by then"
                )
                yield Problem("LINT116", message, place=variable.place, hint="leave 'formats' out")


def _check_form(study: Study, form: Form) -> Iterator[Problem]:
    others = list_exceptions(study, form)
    for one in others:
        for column in (column for column in one.where if column not in form.fields):
            message = f"'except' of the informats of form {form.name} asks for {column}, which the form does not have"
            yield Problem("LINT116", message, place=form.place, hint=did_you_mean(column, form.fields))
    said = [*list_informats(study, form).items(), *(item for one in others for item in one.informats.items())]
    for name, texts in dict.fromkeys(said):
        field = form.fields[name]
        where = f"column {name} of form {form.name}"
        place = field.place if field.informat and field.place.file else form.place
        try:
            informat = read_informat(texts, study.settings.get("date_pivot"))
        except ValueError as error:
            hint = "write it like DD/MM/YYYY, HHMM or 1.234,5, or as a SAS informat such as DATE9."
            yield Problem("LINT116", f"the informat of {where} cannot be read: {error}", place=place, hint=hint)
            continue
        kind = KINDS.get(field.type, "")
        found = "number" if informat.number is not None else "time" if informat.is_time else "date"
        if kind and kind != found:
            message = f"the informat of {where} is that of a {found}, and the column is of type {field.type}"
            yield Problem("LINT116", message, place=place, hint="correct 'informat' or 'type'")
