"""What a study adds to the schema: its datasets with their variables, its raw columns, the terms of their codelists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cdisc_conv.derivations.base import Ref
from cdisc_conv.derivations.registry import load_derivations
from cdisc_conv.spec.model import DatasetSpec, Family, SourceKind, Study
from cdisc_conv.spec.schema.generate import Schema, refer
from cdisc_conv.standards import CodelistTerms, DatasetStandard, Terminology, VariableStandard

MOST_TERMS = 3000
"""A codelist with more terms is not completed."""


def complete_study(study: Study, definitions: Mapping[str, Schema]) -> dict[str, Schema]:
    """The definitions with what the study knows: see the module.

    Of a dataset of SDTM any other variable than those of the standard is refused, as lint does; columns and terms are
    offered, and others are taken: whether they are right lint says.
    """
    made = dict(definitions)
    every = _offer(_list_columns(study, study.forms))
    made["columns"] = every
    choices: list[Schema] = []
    for family in study.families.values():
        for template, spec in _list_datasets(study, family):
            where = f"{template.name}.columns" if spec is not None else "columns"
            if spec is not None:
                made[where] = _offer(_list_read(study, spec))
            made[f"{template.name}.entry"] = _complete_entry(where)
            made[template.name] = _complete_dataset(family, template, made)
            known = {"required": ["dataset"], "properties": {"dataset": {"const": template.name}}}
            choices.append({"if": known, "then": refer(template.name)})
    whole = made["DatasetDocument"]
    names = [template.name for family in study.families.values() for template, _ in _list_datasets(study, family)]
    whole = {**whole, "properties": {**whole["properties"], "dataset": _offer(names, whole["properties"]["dataset"])}}
    made["DatasetDocument"] = {"allOf": [whole, *choices]}
    block = made["BlockDocument"]
    sources = {"form": _offer(study.forms), "from": _offer(["self", *study.datasets, *study.given])}
    offered = {key: {"allOf": [block["properties"][key], offer]} for key, offer in sources.items()}
    made["BlockDocument"] = {**block, "properties": {**block["properties"], **offered}}
    return made


def _offer(names: Iterable[str], beside: Schema | None = None) -> Schema:
    """Values that an editor completes; others pass."""
    offer: Schema = {"anyOf": [{"enum": list(dict.fromkeys(names)) or [""]}, {}]}
    return {"allOf": [beside, offer]} if beside is not None else offer


def _list_datasets(study: Study, family: Family) -> Iterator[tuple[DatasetStandard, DatasetSpec | None]]:
    """The datasets of the guide, and those of the study's own, with the mapping where there is one."""
    mapped = {spec.name: spec for spec in study.datasets.values() if spec.family is family}
    if not family.is_analysis:
        for name, template in family.standard.datasets.items():
            if name not in mapped and not name.startswith(("SUPP", "--")):
                yield template, None
    yield from ((spec.standard, spec) for spec in mapped.values())


def _list_columns(study: Study, forms: Iterable[str]) -> list[str]:
    fields = [name for form in forms if form in study.forms for name in study.forms[form].fields]
    return [name if name.replace("_", "").isalnum() else f"`{name}`" for name in dict.fromkeys(fields)]


def _list_read(study: Study, spec: DatasetSpec) -> list[str]:
    """What entries of a dataset may read: columns of its forms, names of for_each, its variables, those of DM."""
    forms = [block.source.name for block in spec.blocks if block.source.kind is SourceKind.FORM]
    given = [name for block in spec.blocks for name in sorted(block.given_names)]
    demographics = study.datasets.get("DM")
    others = [f"DM.{name}" for name in demographics.names()] if demographics and spec.name != "DM" else []
    sources = [block.source.name for block in spec.blocks if block.source.kind is SourceKind.DATASET]
    taken = [name for source in sources if source in study.datasets for name in study.datasets[source].names()]
    return [*_list_columns(study, forms), *given, *spec.names(), *taken, *others]


def _complete_entry(columns: str) -> Schema:
    """An entry in which whatever takes a column offers those that there are."""
    named: dict[str, Schema] = {}
    for name, kind in load_derivations().items():
        fields = {field.alias or key: field for key, field in kind.model_fields.items()}
        refs = {key: refer(columns) for key, field in fields.items() if field.annotation in (Ref, Ref | None)}
        main = kind.shorthand and (kind.model_fields[kind.shorthand].alias or kind.shorthand)
        if refs:
            named[name] = {"properties": refs, **({"anyOf": [refer(columns)]} if main in refs else {})}
    return {"properties": named}


def _complete_dataset(family: Family, template: DatasetStandard, made: dict[str, Schema]) -> Schema:
    """The sections of a dataset with its variables; `made` gets the codelists that they need."""
    entry = refer(f"{template.name}.entry")
    variables = {
        name: _describe_variable(family, variable, entry, made)
        for name in family.standard.names(template)
        if (variable := family.standard.variable(template, name)) is not None
    }
    section: Schema = {"properties": variables, "additionalProperties": entry if family.is_analysis else False}
    others: Schema = {"additionalProperties": entry}
    block = {"properties": {"set": section, "supplemental": others, "working": others}}
    return {
        "properties": {
            "variables": section,
            "supplemental": others,
            "working": others,
            "records": {"items": block},
        }
    }


def _describe_variable(family: Family, variable: VariableStandard, entry: Schema, made: dict[str, Schema]) -> Schema:
    kind = "number" if variable.numeric else "text"
    found = [name for code in variable.codelists if (name := _define_codelist(family.terminology, code, made))]
    about = f"{variable.label} ({', '.join(filter(None, (variable.core, kind, variable.described)))})"
    return {"description": about, "allOf": [entry, *(refer(name) for name in found)]}


def _define_codelist(terminology: Terminology, code: str, made: dict[str, Schema]) -> str:
    """The name of the definition that offers the terms of a codelist; empty where they are too many or not there."""
    codelist = _find(terminology, code)
    if codelist is None or not 0 < len(codelist.terms) <= MOST_TERMS:
        return ""
    name = f"terms.{code}"
    if name not in made:
        offer = _offer(term.value for term in codelist.terms)
        values = {"properties": {"map": {"additionalProperties": offer}}}
        made[name] = {
            "properties": {
                "constant": {"anyOf": [offer, {}]},
                "term": values,
                "map": {"properties": {"values": {"additionalProperties": offer}}},
            }
        }
    return name


def _find(terminology: Terminology, code: str) -> CodelistTerms | None:
    try:
        return terminology.codelist(code)
    except LookupError:
        return None
