"""How method texts and lineage name things: variables by name, raw fields by the words on the CRF."""

from __future__ import annotations

from typing import Any

from cdisc_conv.derivations.base import Ref
from cdisc_conv.engine.plan import Part, variable_of
from cdisc_conv.expr import Expression
from cdisc_conv.spec.model import Study
from cdisc_conv.spec.references import Target, TargetKind, resolve


class PartWords:
    """The `Words` protocol for one part of a study's plan."""

    def __init__(self, study: Study, part: Part) -> None:
        self._study = study
        self._part = part
        self.dataset = part.dataset
        self.variable = part.name

    def __call__(self, ref: str) -> str:
        names = [self._name(number, ref) for number in self._part.blocks]
        return " or ".join(dict.fromkeys(names))

    def condition(self, expression: Expression, table: str = "") -> str:
        if table:
            return expression.describe(lambda name: describe_column(self._study, table, name))
        return expression.describe(self)

    def table(self, source: str) -> str:
        return describe_table(self._study, source)

    def setting(self, name: str) -> Any:
        return self._study.settings.get(name)

    def _name(self, number: int, ref: str) -> str:
        dataset = self._study.datasets[self.dataset]
        block = dataset.blocks[number]
        target = resolve(self._study, dataset, block, self.variable, ref)
        if target is None:
            return ref
        if target.kind is TargetKind.GIVEN:
            return self._given(number, target)
        return describe_column(self._study, target.table, target.name)

    def _given(self, number: int, target: Target) -> str:
        """A name that ``for_each`` defines: the fields it stands for."""
        block = self._study.datasets[self.dataset].blocks[number]
        values = [entry.get(target.name) for entry in block.for_each]
        fields = [
            describe_column(self._study, str(block.source), value[4:]) for value in values if isinstance(value, Ref)
        ]
        return " or ".join(dict.fromkeys(fields)) or f"the {target.name} of the test"


def method_of(study: Study, part: Part) -> str:
    """The method text of a part: the mapping's own, else what its derivation says; with its condition."""
    variable = variable_of(study, part)
    words = PartWords(study, part)
    text = variable.method or variable.derivation.method(words)
    if variable.when is None or variable.method:
        return text
    condition = words.condition(variable.when)
    return f"Only where {condition}; blank otherwise. {text}".strip()


def describe_column(study: Study, table: str, name: str) -> str:
    """A column in words: ``AE.AESTDTC``, or the field of a form with its label."""
    table = table.removeprefix("dataset ")
    if not table.startswith("form "):
        return f"{table}.{name}" if table else name
    form = study.forms.get(table[5:])
    field = form.fields.get(name) if form else None
    if form is None or field is None:
        return name
    return f'the field "{field.label}" ({name}) of form {form.label}' if field.label else f"{name} of form {form.label}"


def describe_table(study: Study, table: str) -> str:
    """A dataset or form in words."""
    if table.startswith("form "):
        form = study.forms.get(table[5:])
        return f"form {form.label}" if form else table
    return table.removeprefix("dataset ")
