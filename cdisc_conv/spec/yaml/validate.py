"""Pydantic models checked against YAML nodes, so that every finding has the file and line of the offending key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from cdisc_conv.problems import Problem, closest, did_you_mean
from cdisc_conv.spec.yaml.nodes import Node

Model = TypeVar("Model", bound=BaseModel)
MOST_FINDINGS = 200
"""So many faults of one mapping get a finding of their own; the rest share one."""

_PLAIN_WORDS = {
    "tuple_type": "a list is expected",
    "list_type": "a list is expected",
    "too_short": "the list is empty",
    "dict_type": "'key: value' lines are expected",
    "model_type": "'key: value' lines are expected",
    "string_type": "a text is expected",
    "int_type": "a whole number is expected",
    "int_parsing": "a whole number is expected",
    "int_from_float": "a whole number is expected",
    "float_type": "a number is expected",
    "float_parsing": "a number is expected",
    "bool_type": "true or false is expected",
    "bool_parsing": "true or false is expected",
}


def validate(model: type[Model], node: Node, what: str, data: Any = None) -> tuple[Model | None, list[Problem]]:
    """An instance of `model` from the node (or from `data`, when it differs from what is written), and the problems.

    `what` names the thing in messages ("derivation 'term'", "study.yaml"). Codes: SPEC001 unknown key, SPEC002
    missing key, SPEC003 wrong kind of value.

    >>> from cdisc_conv.spec.yaml.shapes.study import RawDocument
    >>> from cdisc_conv.spec.yaml.nodes import read_yaml_text
    >>> validate(RawDocument, read_yaml_text("{subject: SUBJID, home: dm}"), "'raw'")[0].delimiter
    ','
    >>> print(validate(RawDocument, read_yaml_text("subject: SUBJID", "a.yaml"), "'raw'")[1][0])
    a.yaml:1: SPEC002 'raw' needs 'home'
    """
    try:
        return model.model_validate(node.plain() if data is None else data), []
    except ValidationError as error:
        found = error.errors(include_url=False)
        # "Too few branches" says nothing new beside what is wrong inside the branch.
        outer = {one["loc"][:size] for one in found for size in range(len(one["loc"]))}
        deepest = [one for one in found if one["loc"] not in outer and not _is_misspelt(one, found)]
        problems = [_describe(details, node, what, model) for details in deepest[:MOST_FINDINGS]]
        if len(deepest) > MOST_FINDINGS:
            problems.append(node.problem("SPEC003", f"{what} has {len(deepest) - MOST_FINDINGS:,} more such faults"))
        return None, problems


def _is_misspelt(missing: Any, found: Sequence[Any]) -> bool:
    """Whether a key that is missing is there in other letters: a finding by itself."""
    if missing["type"] != "missing":
        return False
    *path, key = missing["loc"]
    unknown = [str(one["loc"][-1]) for one in found if one["type"] == "extra_forbidden" and [*one["loc"][:-1]] == path]
    return bool(closest(str(key), unknown))


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
    # The entries of lists are counted from 1, as in all messages.
    steps = (str(step + 1 if isinstance(step, int) else step) for step in path)
    where = f"'{'.'.join(steps)}' of {what}" if path else what
    if details["type"] in ("literal_error", "enum"):
        return _describe_choice(details, place, where)
    message = _PLAIN_WORDS.get(details["type"]) or details["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    return place.problem("SPEC003", f"{where}: {message}")


def _describe_choice(details: Any, place: Node, where: str) -> Problem:
    """A word that is none of those that a key takes."""
    choices = re.findall(r"'([^']*)'", details["ctx"]["expected"])
    said = str(details["input"])
    hint = did_you_mean(said, choices) or f"choose one of: {', '.join(choices)}"
    return place.problem("SPEC003", f"{where} cannot be '{said}'", hint)


def _fields_at(model: type[BaseModel], path: tuple[Any, ...]) -> list[str]:
    """The field names of the (possibly nested) model that a path of keys leads to."""
    current: Any = model
    for step in path:
        current = _step_into(current, step)
    return list(_fields_of(current)) if _is_model(current) else []


def _step_into(annotation: Any, step: Any) -> Any:
    """The annotation under a key or index: a field's, or that of the values of a mapping or list."""
    if _is_model(annotation):
        return _bare(_fields_of(annotation).get(step))
    arguments = get_args(annotation)
    return _bare(arguments[-1] if get_origin(annotation) is dict else arguments[0]) if arguments else None


def _fields_of(model: type[BaseModel]) -> dict[str, Any]:
    return {info.alias or name: info.annotation for name, info in model.model_fields.items()}


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _bare(annotation: Any) -> Any:
    """``Model | None`` without the None; of several models, the first."""
    if get_origin(annotation) not in (Union, UnionType):
        return annotation
    return next((bare for bare in get_args(annotation) if _is_model(bare)), get_args(annotation)[0])
