"""Pydantic models checked against YAML nodes, so that every finding has the file and line of the offending key."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from cdisc_conv.problems import Problem, did_you_mean
from cdisc_conv.spec.yaml_nodes import Node

Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], node: Node, what: str, data: Any = None) -> tuple[Model | None, list[Problem]]:
    """An instance of `model` from the node (or from `data`, when it differs from what is written), and the problems.

    `what` names the thing in messages ("derivation 'term'", "study.yaml"). Codes: SPEC001 unknown key, SPEC002
    missing key, SPEC003 wrong kind of value.
    """
    try:
        return model.model_validate(node.plain() if data is None else data), []
    except ValidationError as error:
        return None, [_describe(details, node, what, model) for details in error.errors(include_url=False)]


def _describe(details: Any, node: Node, what: str, model: type[BaseModel]) -> Problem:
    path = tuple(details["loc"])
    place = node.at(path)
    key = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    if details["type"] == "extra_forbidden":
        known = _fields_at(model, path[:-1])
        hint = did_you_mean(key, known) or f"known are: {', '.join(sorted(known))}"
        return place.problem("SPEC001", f"{what} has no '{key}'", hint)
    if details["type"] == "missing":
        return place.problem("SPEC002", f"{what} needs '{key}'")
    message = details["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    where = f"'{'.'.join(str(step) for step in path)}' of {what}" if path else what
    return place.problem("SPEC003", f"{where}: {message}")


def _fields_at(model: type[BaseModel], path: tuple[Any, ...]) -> list[str]:
    """The field names of the (possibly nested) model that a path of keys leads to."""
    current: Any = model
    for step in path:
        if isinstance(step, str) and isinstance(current, type) and issubclass(current, BaseModel):
            info = current.model_fields.get(step)
            current = _inner_model(info.annotation) if info else None
    if not (isinstance(current, type) and issubclass(current, BaseModel)):
        return []
    return [info.alias or name for name, info in current.model_fields.items()]


def _inner_model(annotation: Any) -> Any:
    """The model inside ``Model | None``, ``tuple[Model, ...]`` or ``dict[str, Model]``; else the annotation itself."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _inner_model(argument)
        if isinstance(found, type) and issubclass(found, BaseModel):
            return found
    return annotation
