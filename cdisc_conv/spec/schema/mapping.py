"""The schema of all files of a study: which kind a file is follows from its keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from cdisc_conv.derivations.base import Derivation
from cdisc_conv.derivations.document import find_example
from cdisc_conv.derivations.registry import load_derivations
from cdisc_conv.docstrings import read_docstring
from cdisc_conv.spec.schema.generate import Schema, define_models, refer
from cdisc_conv.spec.schema.words import KEYS
from cdisc_conv.spec.yaml.nodes import Node, read_yaml_text
from cdisc_conv.spec.yaml.shapes.every import DOCUMENTS

DRAFT = "http://json-schema.org/draft-07/schema#"
KINDS: dict[str, tuple[str, ...]] = {
    "DatasetDocument": ("dataset", "extends", "records"),
    "StudyDocument": ("study",),
    "FormsDocument": ("forms", "key_columns"),
    "ProtocolDocument": ("elements", "arms", "inclusion", "exclusion", "assessments", "summary"),
}
"""Kind of file -> the keys that tell it."""

_ENTRIES = {
    "DatasetDocument": ("variables", "supplemental", "working"),
    "BlockDocument": ("set", "supplemental", "working"),
    "StudyDocument": ("variables",),
}
_ENTRY = "entry"
_BRANCH = "Branch"


def make_definitions(others: Mapping[str, type[BaseModel]]) -> dict[str, Schema]:
    """The definitions of every document and derivation, `entry` (what a variable may be) among them.

    `others` are models of further sections, by the name of their definition.
    """
    known = load_derivations()
    made, names = define_models([*DOCUMENTS.values(), *known.values(), *others.values()])
    for name, schema in made.items():
        _describe(name, schema)
    for name, keys in _ENTRIES.items():
        for key in keys:
            made[name]["properties"][key] |= {"additionalProperties": {"anyOf": [refer(_ENTRY), {"type": "null"}]}}
    made["FormDocument"]["properties"]["columns"] |= {"additionalProperties": _columns()}
    made["FormsDocument"]["properties"]["key_columns"] |= {"additionalProperties": _columns()}
    made["ProtocolDocument"]["properties"]["summary"] |= {"additionalProperties": _summary()}
    made["DatasetDocument"]["required"] = []  # what a layer says need not be said again
    properties = {name: _describe_derivation(kind, names[kind]) for name, kind in known.items()}
    attributes = made["AttributesDocument"]["properties"]
    made[_ENTRY] = _closed({**properties, **attributes})
    made[_BRANCH] = _closed({**properties, "when": attributes["when"]})
    return made | {name: refer(names[model]) for name, model in others.items() if name != names[model]}


def make_schema(definitions: Mapping[str, Schema], kinds: Mapping[str, Iterable[str]]) -> Schema:
    """One schema for every kind of file; `kinds` says by which keys each is known, the first that fits counts."""
    words = {key: KEYS.get(name, {}).get(key, "") for name, keys in kinds.items() for key in keys}
    chain: Schema = _closed({key: {"description": text} for key, text in words.items()})
    for name, keys in reversed(list(kinds.items())):
        known_by = {"anyOf": [{"required": [key]} for key in keys]}
        chain = {"if": known_by, "then": refer(name), "else": chain}
    return {
        "$schema": DRAFT,
        "title": "A file of a cdisc-conv mapping",
        "type": "object",
        **chain,
        "definitions": dict(sorted(definitions.items())),
    }


def _closed(properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def _columns() -> Schema:
    """A column of a form: its label, or what is known of it."""
    return {"anyOf": [{"type": ["string", "number", "null"]}, refer("FieldDocument")]}


def _summary() -> Schema:
    """A parameter of the trial summary: a value, several, or with its code."""
    value = {"anyOf": [{"type": ["string", "number", "boolean"]}, refer("ParameterDocument")]}
    return {"anyOf": [value, {"type": "array", "items": value}]}


def _describe(name: str, schema: Schema) -> None:
    """Add what each key says; those of a base class hold as well."""
    model = DOCUMENTS.get(name)
    if model is None:
        return
    words = {key: text for base in reversed(model.__mro__) for key, text in KEYS.get(base.__name__, {}).items()}
    for key, said in schema.get("properties", {}).items():
        if key in words:
            schema["properties"][key] = {**_beside(said), "description": words[key]}


def _beside(schema: Schema) -> Schema:
    """A schema that other words may stand beside: draft 7 passes over what is beside a reference."""
    return {"allOf": [schema]} if "$ref" in schema else schema


def _describe_derivation(kind: type[Derivation], definition: str) -> Schema:
    """What may stand behind the name of a derivation: its parameters, or its main one alone."""
    fields = kind.model_fields
    choices: list[Schema] = [refer(definition)]
    if kind.shorthand:
        alias = fields[kind.shorthand].alias or kind.shorthand
        main = {"$ref": f"{refer(definition)['$ref']}/properties/{alias}"}
        choices.insert(0, {"allOf": [{"not": {"type": "object"}}, main]})
    if not any(field.is_required() for field in fields.values()):
        choices.append({"type": "null"})
    about = " ".join(read_docstring(kind).partition("\n\n")[0].split())
    examples = _find_examples(read_yaml_text(find_example(kind)), kind.name)
    return {"description": about, "anyOf": choices, **({"examples": examples} if examples else {})}


def _find_examples(node: Node, name: str) -> list[Any]:
    """What an example says of a derivation, at whatever depth it shows it."""
    own = node.get(name)
    if own is not None:
        return [own.plain()]
    children = node.value if node.is_list else [child for _, child in node.items()]
    return [found for child in children for found in _find_examples(child, name)]
