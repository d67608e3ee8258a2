"""Misspelt keys: each is a finding, and what it must mean is read all the same, so that one fault gives one finding."""

from __future__ import annotations

from collections.abc import Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from cdisc_conv.problems import Problem, closest
from cdisc_conv.spec.yaml.nodes import Node

MOST_UNKNOWN = 50
"""So many unknown keys of one mapping get a finding of their own; the rest share one."""


def repair_keys(model: type[BaseModel], node: Node, what: str, problems: list[Problem]) -> Node:
    """The node with misspelt keys under their right names and other unknown keys left out, at every depth.

    Each unknown key is added to `problems` (SPEC001); `what` names the thing in messages ("study.yaml"). A key counts
    as misspelt when one that is close to it is known and not there, or when its value is a list of mappings and one
    such list is missing (``tests:`` for ``for_each:``). Values that are not a mapping stay as they are:
    `validate` complains of them.

    >>> from cdisc_conv.spec.yaml.shapes.study import RawDocument
    >>> from cdisc_conv.spec.yaml.nodes import read_yaml_text
    >>> problems = []
    >>> repair_keys(RawDocument, read_yaml_text("{subjct: SUBJID, home: dm}", "a.yaml"), "'raw'", problems).plain()
    {'subject': 'SUBJID', 'home': 'dm'}
    >>> print(problems[0])
    a.yaml:1: SPEC001 'raw' has no 'subjct' (did you mean subject?)
    """
    if not node.is_mapping:
        return node
    fields = {info.alias or name: info.annotation for name, info in model.model_fields.items()}
    return repair_mapping(fields, node, what, problems)


def repair_mapping(fields: Mapping[str, Any], node: Node, what: str, problems: list[Problem]) -> Node:
    """The same for a mapping whose keys are those of `fields`; the type of a field, where known, goes on inside."""
    result: dict[str, Node] = {}
    unknown = [key for key, _ in node.items() if key not in fields]
    beyond = frozenset(unknown[MOST_UNKNOWN:])
    if beyond:
        message = f"{what} has {len(beyond):,} more keys that are not known"
        problems.append(node.value[unknown[MOST_UNKNOWN]].problem("SPEC001", message))
    for key, child in node.items():
        meant = key
        if key in beyond:
            continue
        if key not in fields:
            meant = closest(key, fields) or _find_by_shape(fields, child, node)
            hint = f"did you mean {meant}?" if meant else f"known are: {', '.join(sorted(fields))}"
            problems.append(child.problem("SPEC001", f"{what} has no '{key}'", hint))
            if not meant or meant in node.value or meant in result:
                continue
        result[meant] = _repair_value(fields[meant], child, what, problems)
    return Node(result, node.file, node.line)


def _find_by_shape(fields: Mapping[str, Any], child: Node, parent: Node) -> str:
    """The only field that is not there and takes a list of mappings, for a key that holds such a list; else ""."""
    if not (child.is_list and child.value and all(one.is_mapping for one in child.value)):
        return ""
    fitting = [name for name, annotation in fields.items() if name not in parent.value and _takes_mappings(annotation)]
    return fitting[0] if len(fitting) == 1 else ""


def _takes_mappings(annotation: Any) -> bool:
    if get_origin(annotation) in (Union, UnionType):
        return any(_takes_mappings(one) for one in get_args(annotation))
    inner = next(iter(get_args(annotation)), None) if get_origin(annotation) in (list, tuple) else None
    return get_origin(inner) is dict or (isinstance(inner, type) and issubclass(inner, BaseModel))


def _repair_value(annotation: Any, node: Node, what: str, problems: list[Problem]) -> Node:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return repair_keys(annotation, node, what, problems)
    inner = [argument for argument in get_args(annotation) if argument is not type(None)]
    if get_origin(annotation) in (dict, Mapping) and node.is_mapping:
        items = {key: _repair_value(inner[-1], child, what, problems) for key, child in node.items()}
        return Node(items, node.file, node.line)
    if get_origin(annotation) in (list, tuple) and node.is_list:
        return Node([_repair_value(inner[0], child, what, problems) for child in node.value], node.file, node.line)
    if node.is_mapping and len(inner) == 1:  # Model | None
        return _repair_value(inner[0], node, what, problems)
    return node
