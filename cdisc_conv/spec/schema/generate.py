"""Pydantic models to JSON Schema (draft 7), as YAML may be written rather than as it is read.

A parameter that reads a bare text as a list of one, or a number as text, says so; an expression is a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema
from pydantic_core import core_schema

Schema = dict[str, Any]
PLACE = "#/definitions/"
_NOISE = ("title", "default", "discriminator")
_SCALAR = ["string", "number"]


def refer(name: str) -> Schema:
    """A reference to a definition."""
    return {"$ref": f"{PLACE}{name}"}


def define_models(models: Iterable[type[BaseModel]]) -> tuple[dict[str, Schema], dict[type[BaseModel], str]]:
    """The definitions of models and of all that they hold, and the name of the definition of each model.

    That is its class name, unless two classes have the same.

    >>> from cdisc_conv.spec.yaml.shapes.datasets import MergeDocument
    >>> made, names = define_models([MergeDocument])
    >>> made[names[MergeDocument]]["required"]
    ['by', 'start', 'end']
    """
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "validation") for model in models]
    refs, made = models_json_schema(modes, ref_template=f"{PLACE}{{model}}", schema_generator=_Generator)
    names: dict[type[BaseModel], str] = {
        model: str(ref["$ref"]).removeprefix(PLACE)  # type: ignore[misc]
        for (model, _), ref in refs.items()
    }
    return {name: _without_noise(schema) for name, schema in made["$defs"].items()}, names


class _Generator(GenerateJsonSchema):
    """What a validator takes beyond the type of its field."""

    def function_plain_schema(self, schema: core_schema.PlainValidatorFunctionSchema) -> Schema:
        return {"type": ["string", "number", "boolean"]}

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> Schema:
        return _widen(self.generate_inner(schema["schema"]))


def _widen(schema: Schema) -> Schema:
    """What is read as `schema` once a validator has looked at it: one thing for a list, a number for a text."""
    kind = schema.get("type")
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "string"}]}
    if kind == "array":
        return {"anyOf": [schema, schema.get("items", {})]}
    if kind == "string":
        return {**schema, "type": _SCALAR}
    if kind == "object":
        return {"anyOf": [schema, {"type": "string"}, {"type": "array", "items": {"type": _SCALAR}}]}
    return schema


def _without_noise(schema: Any) -> Any:
    """The schema without what a person who writes YAML does not need to see: names of classes, empty defaults."""
    if isinstance(schema, list):
        return [_without_noise(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    kept = {key: item for key, item in schema.items() if key not in _NOISE or _is_name(key, item)}
    return {key: _without_noise(item) for key, item in kept.items()}


def _is_name(key: str, item: Any) -> bool:
    """Whether a word of JSON Schema is the name of a key here: ``title`` of study.yaml; or a default worth showing."""
    return isinstance(item, Mapping) or (key == "default" and item not in (None, "", [], {}))
