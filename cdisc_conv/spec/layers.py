"""Layers: a mapping file that ``extends:`` another overrides it key by key.

Mappings are merged; anything else (lists, scalars) replaces what it overrides; a key set to nothing (``AEMODIFY:`` or
``AEMODIFY: null``) takes the lower layer's entry away. Every value keeps the file and line it came from. One
exception keeps "one derivation per variable" true: an entry under ``variables``, ``supplemental`` or ``working``
replaces the lower layer's entry whole when it names a derivation, and only adds attributes (label, comment ...)
when it does not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cdisc_conv.derivations.registry import RESERVED
from cdisc_conv.problems import ProblemsError, closest
from cdisc_conv.spec.yaml_nodes import Node, read_yaml

_VARIABLE_SECTIONS = frozenset({"variables", "supplemental", "working"})


def read_layers(path: Path, find: Callable[[str], Path | None], show: Callable[[Path], str]) -> Node:
    """Read a mapping file and everything it extends, merged into one mapping.

    `find` turns the words after ``extends:`` into a file (None when there is none), `show` a file into the name that
    messages use. Raises ProblemsError (SPEC101 not a mapping, SPEC102 nothing to extend, SPEC103 a circle).
    """
    chain: list[Path] = []
    layers: list[Node] = []
    current: Path | None = path
    while current is not None:
        chain.append(current)
        node = read_yaml(current, show(current))
        if not node.is_mapping:
            raise ProblemsError([node.problem("SPEC101", "a mapping file holds 'key: value' lines")])
        layers.append(node)
        current = _find_base(node, find, chain, show)
    merged = layers[-1]
    for layer in reversed(layers[:-1]):
        merged = merge_layers(merged, layer)
    return Node({key: node for key, node in merged.items() if key != "extends"}, merged.file, merged.line)


def _find_base(
    node: Node, find: Callable[[str], Path | None], chain: list[Path], show: Callable[[Path], str]
) -> Path | None:
    named = [child for key, child in node.items() if closest(key, ["extends"])]  # a misspelt key is a finding later on
    extends = node.get("extends") or next(iter(named), None)
    if extends is None:
        return None
    if not isinstance(extends.value, str):
        message = "'extends' takes the name of one mapping"
        raise ProblemsError([extends.problem("SPEC102", message, "a layer can extend another one in turn")])
    base = find(extends.value)
    if base is None:
        raise ProblemsError([extends.problem("SPEC102", f"there is no mapping '{extends.value}' to extend")])
    if base in chain:
        circle = " -> ".join(show(p) for p in [*chain[chain.index(base) :], base])
        raise ProblemsError([extends.problem("SPEC103", f"mapping files extend each other in a circle: {circle}")])
    return base


def merge_layers(lower: Node, upper: Node, path: tuple[str, ...] = ()) -> Node:
    """`upper` laid over `lower`, both mappings; see the module's rules.

    >>> from cdisc_conv.spec.yaml_nodes import read_yaml_text as read
    >>> merge_layers(read("{a: {x: 1, y: 2}, b: [1]}"), read("{a: {y: 3}, b: [2]}")).plain()
    {'a': {'x': 1, 'y': 3}, 'b': [2]}
    """
    result = dict(lower.value)
    for key, node in upper.items():
        base = result.get(key)
        if node.value is None:
            result.pop(key, None)
        elif base is not None and base.is_mapping and node.is_mapping and not _replaces(path, node):
            result[key] = merge_layers(base, node, (*path, key))
        else:
            result[key] = node
    return Node(result, upper.file, upper.line)


def _replaces(path: tuple[str, ...], node: Node) -> bool:
    in_variables = len(path) == 1 and path[0] in _VARIABLE_SECTIONS
    in_derivation = len(path) > 1 and path[0] in _VARIABLE_SECTIONS
    return in_derivation or (in_variables and any(key not in RESERVED for key, _ in node.items()))
