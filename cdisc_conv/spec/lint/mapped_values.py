"""The values that a mapping gives to a variable, as far as it writes them or the data dictionary lists them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from cdisc_conv.derivations.base import Ref
from cdisc_conv.derivations.values.copying import Constant
from cdisc_conv.derivations.values.terminology import Map, Term
from cdisc_conv.problems import Place
from cdisc_conv.spec.lint.comparisons import find_columns
from cdisc_conv.spec.model import Block, DatasetSpec, Field, Study, Variable
from cdisc_conv.spec.references import TargetKind, resolve


@dataclass(frozen=True, slots=True)
class MappedValue:
    """A text and where the mapping says it; `collected` texts are looked up in the codelist, others are terms."""

    text: str
    place: Place
    collected: bool = False


def list_mapped(study: Study, dataset: DatasetSpec, block: Block, name: str) -> Iterator[MappedValue]:
    """The values of a variable in the records of a block: constants, targets of translations, codes of the form.

    >>> from cdisc_conv.spec.load import load_study
    >>> study, _ = load_study("hope2021_thal_agc")
    >>> rs = study.datasets["RS"]
    >>> [value.text for value in list_mapped(study, rs, rs.blocks[-1], "RSCAT")]
    ['ECOG']
    """
    for entry, place in zip(block.for_each, block.entry_places, strict=True):
        if not isinstance(entry.get(name, Ref("")), Ref):
            yield MappedValue(str(entry[name]), place)
    variable = dataset.own_variable(name, block)
    if variable is not None:
        yield from _list_in(study, dataset, block, variable, variable.derivation)


def _list_in(
    study: Study, dataset: DatasetSpec, block: Block, variable: Variable, value: object
) -> Iterator[MappedValue]:
    if isinstance(value, Constant):
        yield MappedValue(str(value.value), variable.place)
    elif isinstance(value, Map):
        yield from (MappedValue(str(text), variable.place) for text in dict.fromkeys(value.values.values()))
    elif isinstance(value, Term):
        yield from (MappedValue(text, variable.place) for text in dict.fromkeys(value.map.values()))
        for text in _list_codes(study, dataset, block, variable, value.value):
            if text not in value.map:
                yield MappedValue(text, variable.place, collected=True)
    elif isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from _list_in(study, dataset, block, variable, getattr(value, field))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _list_in(study, dataset, block, variable, item)


def _list_codes(study: Study, dataset: DatasetSpec, block: Block, variable: Variable, ref: Ref) -> Iterator[str]:
    """What the columns of a form behind a reference may hold: their codes, or their words where they are decodes."""
    target = resolve(study, dataset, block, variable.name, ref)
    if target is None or target.kind not in (TargetKind.GIVEN, TargetKind.SOURCE):
        return
    form = study.forms.get(block.source.name)
    for column in find_columns(block, target) if form is not None else ():
        field = form.fields.get(column, Field(column)) if form is not None else Field(column)
        coded = form.fields.get(field.decode_of) if form is not None and field.decode_of else None
        yield from dict.fromkeys(coded.values.values() if coded is not None else field.values)
