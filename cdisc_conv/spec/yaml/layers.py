"""Layers: a mapping file that ``extends:`` others overrides them key by key.

Mappings are merged; anything else (lists, scalars) replaces what it overrides; a key set to nothing (``AEMODIFY:`` or
``AEMODIFY: null``) takes the lower layer's entry away. A variable that no layer has stays as a key without value: it
takes away what a derivation or study.yaml brings. Every value keeps the file and line it came from. One
exception keeps "one derivation per variable" true: an entry under ``variables``, ``supplemental`` or ``working``
replaces the lower layer's entry whole when it names a derivation, and only adds attributes (label, comment ...)
when it does not.

Of several layers a later one lies over the earlier ones. A layer may take parameters: it declares them with their
defaults (``parameters: {form: ae}``; nothing for one that must be said), ``${form}`` stands for the value in all its
texts, and who extends it gives values (``with: {form: adverse}``), to the layers below as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cdisc_conv.derivations.registry import RESERVED
from cdisc_conv.problems import Problem, ProblemsError, closest, did_you_mean
from cdisc_conv.spec.yaml.nodes import Node, read_yaml

_VARIABLE_SECTIONS = frozenset({"variables", "supplemental", "working"})
_SECTIONS = frozenset({(name,) for name in _VARIABLE_SECTIONS})
_OWN = ("extends", "with", "parameters", "optional")
"""Keys that say how layers are put together, and are gone afterwards."""
_PARAMETER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_NOTHING: Mapping[str, Node] = {}


def read_layers(
    path: Path,
    find: Callable[[str], Path | None],
    show: Callable[[Path], str],
    note_optional: Callable[[str], None] = lambda file: None,
) -> Node:
    """Read a mapping file and everything it extends, merged into one mapping.

    `find` turns the words after ``extends:`` into a file (None when there is none), `show` a file into the name that
    messages use. `note_optional` gets the shown name of each layer with ``optional: true``, whose entries hold as far
    as the forms have the columns they read. Raises ProblemsError (SPEC101 not a mapping, SPEC102 nothing to extend,
    SPEC103 a circle, SPEC104 parameters that no layer takes or that lack a value, SPEC105 ``${name}`` that is none).
    """
    return _Stack(find, show, note_optional).read(path, (), _NOTHING)[0]


@dataclass
class _Stack:
    """What reading one stack of layers needs to know."""

    find: Callable[[str], Path | None]
    show: Callable[[Path], str]
    note_optional: Callable[[str], None]
    files: dict[Path, Node] = field(default_factory=dict)

    def read(self, path: Path, above: tuple[Path, ...], given: Mapping[str, Node]) -> tuple[Node, set[str]]:
        """A file with all below it merged, and the parameters that it and they take."""
        node = self._read_file(path)
        declared = node.get("parameters")
        node = _fill_parameters(node, given)
        optional = node.get("optional")
        if optional is not None and optional.value is True:
            self.note_optional(node.file)
        own = _read_with(node)
        below = {**given, **own}
        taken = {name for name, _ in declared.items()} if declared is not None else set()
        lower: Node | None = None
        known: set[str] = set()
        for base in self._list_bases(node, (*above, path)):
            layer, names = self.read(base, (*above, path), below)
            lower = layer if lower is None else merge_layers(lower, layer)
            known |= names
        _check_given(own, known, lower is not None)
        merged = node if lower is None else merge_layers(lower, node)
        kept = {key: child for key, child in merged.items() if key not in _OWN}
        return Node(kept, merged.file, merged.line), taken | known

    def _read_file(self, path: Path) -> Node:
        if path not in self.files:
            node = read_yaml(path, self.show(path))
            if not node.is_mapping:
                raise ProblemsError([node.problem("SPEC101", "a mapping file holds 'key: value' lines")])
            self.files[path] = node
        return self.files[path]

    def _list_bases(self, node: Node, chain: tuple[Path, ...]) -> list[Path]:
        """The files that a mapping extends, in their order."""
        named = [child for key, child in node.items() if closest(key, ["extends"])]  # a finding later on
        extends = node.get("extends") or next(iter(named), None)
        if extends is None:
            return []
        words = extends.value if extends.is_list else [extends]
        if not words or not all(isinstance(word.value, str) for word in words):
            message = "'extends' takes the name of a mapping, or a list of names"
            raise ProblemsError([extends.problem("SPEC102", message, "such as [library/lb, ours/lb]")])
        found = {word.value: self.find(word.value) for word in words}
        missing = [word for word in words if found[word.value] is None]
        if missing:
            text = "there is no mapping '{}' to extend"
            raise ProblemsError([word.problem("SPEC102", text.format(word.value)) for word in missing])
        bases: list[Path] = []
        for word in words:
            base = found[word.value]
            if base is not None and base in chain:
                circle = " -> ".join(self.show(p) for p in [*chain[chain.index(base) :], base])
                raise ProblemsError([word.problem("SPEC103", f"mapping files extend each other in a circle: {circle}")])
            bases += [base] if base is not None else []
        return bases


def _read_with(node: Node) -> dict[str, Node]:
    """The values that a file gives to the layers below it."""
    said = node.get("with")
    if said is None or said.value is None:
        return {}
    if not said.is_mapping:
        message = "'with' gives values to parameters of layers"
        raise ProblemsError([said.problem("SPEC104", message, "such as {form: ae}")])
    return dict(said.items())


def _check_given(own: Mapping[str, Node], known: Iterable[str], extends: bool) -> None:
    """SPEC104: values for parameters that none of the layers takes."""
    names = sorted(known)
    problems: list[Problem] = []
    for name in own:
        if name not in names:
            hint = did_you_mean(name, names) or (f"they take: {', '.join(names)}" if names else "they take none")
            message = (
                f"no layer takes a parameter '{name}'" if extends else f"'{name}' is for layers, and there is none"
            )
            problems.append(own[name].problem("SPEC104", message, hint if extends else "add 'extends'"))
    if problems:
        raise ProblemsError(problems)


def _fill_parameters(node: Node, given: Mapping[str, Node]) -> Node:
    """A layer with the values of its parameters; one that declares none stays as it is."""
    declared = node.get("parameters")
    if declared is None:
        return node
    if not declared.is_mapping:
        message = "'parameters' declares names with their defaults"
        raise ProblemsError([declared.problem("SPEC104", message, "such as {form: ae}")])
    problems: list[Problem] = []
    values: dict[str, Node] = {}
    for name, default in declared.items():  # a default may speak of the parameters before it
        values[name] = given[name] if name in given else _fill(default, values, problems)
    missing = [name for name, value in values.items() if value.value is None]
    if missing:
        what = f"the layer needs a value of its parameter '{missing[0]}'"
        raise ProblemsError([declared.value[missing[0]].problem("SPEC104", what, f"say 'with: {{{missing[0]}: ...}}'")])
    filled = {key: _fill(child, values, problems) for key, child in node.items() if key != "parameters"}
    if problems:
        raise ProblemsError(problems)
    return Node(filled, node.file, node.line)


def _fill(node: Node, values: Mapping[str, Node], problems: list[Problem]) -> Node:
    """A value with ``${name}`` replaced; a text that is nothing else becomes the value itself, a list or number."""
    if node.is_mapping:
        inner = {_fill_text(key, node, values, problems): _fill(one, values, problems) for key, one in node.items()}
        return Node(inner, node.file, node.line)
    if node.is_list:
        return Node([_fill(one, values, problems) for one in node.value], node.file, node.line)
    if not isinstance(node.value, str) or "${" not in node.value:
        return node
    whole = _PARAMETER.fullmatch(node.value)
    if whole and whole[1] in values:
        return Node(values[whole[1]].value, node.file, node.line)
    return Node(_fill_text(node.value, node, values, problems), node.file, node.line)


def _fill_text(text: str, node: Node, values: Mapping[str, Node], problems: list[Problem]) -> str:
    def replace(found: re.Match[str]) -> str:
        if found[1] in values:
            return str(values[found[1]].value)
        hint = did_you_mean(found[1], values) or f"it has: {', '.join(values)}"
        problems.append(node.problem("SPEC105", f"the layer has no parameter '{found[1]}'", hint))
        return found[0]

    return _PARAMETER.sub(replace, text)


def merge_layers(lower: Node, upper: Node, path: tuple[str, ...] = ()) -> Node:
    """`upper` laid over `lower`, both mappings; see the module's rules.

    >>> from cdisc_conv.spec.yaml.nodes import read_yaml_text as read
    >>> merge_layers(read("{a: {x: 1, y: 2}, b: [1]}"), read("{a: {y: 3}, b: [2]}")).plain()
    {'a': {'x': 1, 'y': 3}, 'b': [2]}
    """
    result = dict(lower.value)
    for key, node in upper.items():
        base = result.get(key)
        if node.value is None and (base is not None or path not in _SECTIONS):
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
