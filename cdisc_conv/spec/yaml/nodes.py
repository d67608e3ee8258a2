"""YAML read safely, with the file and line of everything.

Only mappings, lists and scalars come out. Plain scalars are what a person would read them as: ``true``/``false``,
``null`` or nothing, whole and decimal numbers; everything else is text, so that ``NO`` stays Norway, ``2025-03-28``
a date as text, ``001`` a site and ``1:30`` a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cdisc_conv.problems import Place, Problem, ProblemsError

MOST_NODES = 200_000
DEEPEST = 60
MOST_REPORTED = 50
"""Of repeated keys and the like in one file; the others are counted."""
_MERGE = "tag:yaml.org,2002:merge"
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Node:
    """A YAML value and where it stands. ``value`` is a scalar, a list of nodes, or a dict of nodes."""

    value: Any
    file: str
    line: int

    @property
    def place(self) -> Place:
        return Place(file=self.file, line=self.line)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)

    def get(self, key: str) -> Node | None:
        """The node under a key of a mapping, or None."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def items(self) -> Iterator[tuple[str, Node]]:
        """Key and node of a mapping; nothing for anything else."""
        yield from self.value.items() if isinstance(self.value, dict) else ()

    def plain(self) -> Any:
        """The value as plain Python data, without places.

        >>> read_yaml_text("a: [1, NO, 001]").plain()
        {'a': [1, 'NO', '001']}
        """
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def at(self, path: tuple[Any, ...]) -> Node:
        """The node at a path of keys and indexes, or the deepest one on the way there."""
        node = self
        for step in path:
            if (isinstance(node.value, dict) and step in node.value) or (
                isinstance(node.value, list) and isinstance(step, int) and step < len(node.value)
            ):
                node = node.value[step]
            else:
                break
        return node

    def problem(self, code: str, message: str, hint: str = "") -> Problem:
        """An error at this place."""
        return Problem(code, message, place=self.place, hint=hint)


def read_yaml(path: Path, shown: str = "") -> Node:
    """Read one YAML file; `shown` is its name in messages.

    Raises ProblemsError (YAML001 cannot be read, YAML002 not YAML, YAML003 repeated keys, YAML004 too large or deep).
    """
    name = shown or path.as_posix()
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):  # a pipe would be waited for, a device never ends
            raise ProblemsError([Problem("YAML001", "this is not a plain file", place=Place(file=name))])
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        hint = f"byte {error.start} is 0x{error.object[error.start]:02X}; save the file as UTF-8"
        raise ProblemsError(
            [Problem("YAML001", "the file is not UTF-8 text", place=Place(file=name), hint=hint)]
        ) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ProblemsError(
            [Problem("YAML001", f"the file cannot be read: {reason}", place=Place(file=name), hint=_find_other(path))]
        ) from None
    return read_yaml_text(text, name)


def _find_other(path: Path) -> str:
    """The hint for a file that is missing, where it is there with another ending (forms.yml)."""
    others = [path.with_suffix(ending) for ending in (".yml", ".YAML", ".YML")]
    there = [] if path.exists() else [other.name for other in others if other.is_file()]
    return f"{there[0]} is there: rename it to {path.name}" if there else ""


def read_yaml_text(text: str, shown: str = "<text>") -> Node:
    """Read YAML from a text; see `read_yaml`.

    >>> node = read_yaml_text("study: S1\\nraw: {home: dm}", "study.yaml")
    >>> node.at(("raw", "home")).value, str(node.at(("raw", "home")).place)
    ('dm', 'study.yaml:2')
    """
    try:
        root = _compose(text, shown)
    except yaml.MarkedYAMLError as error:
        raise ProblemsError([_describe_syntax_error(error, shown)]) from None
    except (yaml.YAMLError, RecursionError) as error:
        message = "the file is nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]
        raise ProblemsError([Problem("YAML002", message, place=Place(file=shown))]) from None
    if root is None:
        return Node({}, shown, 1)
    converter = _Converter(shown)
    node = converter.convert(root, 0)
    if converter.problems:
        beyond = len(converter.problems) - MOST_REPORTED
        if beyond > 0:
            message = f"the file has {beyond:,} more faults of this kind"
            more = Problem("YAML003", message, place=converter.problems[MOST_REPORTED].place)
            raise ProblemsError([*converter.problems[:MOST_REPORTED], more])
        raise ProblemsError(converter.problems)
    return node


def _compose(text: str, shown: str) -> yaml.Node | None:
    """The nodes of a text: by libyaml, many times as fast, unless it is not there or refuses the text.

    What it refuses, and what is so deep that it could end the process, is read once more for the words of the error.
    """
    fast = getattr(yaml, "CSafeLoader", None)
    if fast is not None:
        try:
            if _measure_depth(text, fast, shown) <= DEEPEST:
                return yaml.compose(text, Loader=fast)
        except yaml.YAMLError:
            pass
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _measure_depth(text: str, loader: type, shown: str) -> int:
    """The deepest level of a text; YAML004 as soon as it has too many values."""
    depth = deepest = count = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            deepest = max(deepest, depth)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        count += isinstance(event, yaml.NodeEvent)
        if count > 2 * MOST_NODES:  # a key and its value are two
            line = event.start_mark.line + 1 if event.start_mark else 0
            raise ProblemsError([_describe_size(shown, line)])
        if deepest > DEEPEST:
            break
    return deepest


def _describe_size(shown: str, line: int) -> Problem:
    message = f"the file holds more than {MOST_NODES} values or is nested deeper than {DEEPEST} levels"
    return Problem("YAML004", message, place=Place(file=shown, line=line), hint="are anchors repeated?")


def _describe_syntax_error(error: yaml.MarkedYAMLError, shown: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 0
    hint = (
        "a text with ': ', '#', '`', '{' or a leading '*', '&', '!' or '%' needs quotes; indent with blanks, not tabs"
    )
    return Problem(
        "YAML002", f"not valid YAML: {error.problem or error.context}", place=Place(file=shown, line=line), hint=hint
    )


class _Converter:
    """Composed YAML nodes to `Node`, collecting every repeated key and refusing what grows without end."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.problems: list[Problem] = []
        self.count = 0

    def convert(self, node: yaml.Node, depth: int) -> Node:
        line = node.start_mark.line + 1
        self.count += 1
        if self.count > MOST_NODES or depth > DEEPEST:
            raise ProblemsError([_describe_size(self.shown, line)])
        if isinstance(node, yaml.SequenceNode):
            return Node([self.convert(child, depth + 1) for child in node.value], self.shown, line)
        if isinstance(node, yaml.MappingNode):
            return Node(self._convert_mapping(node, depth), self.shown, line)
        return Node(_read_scalar(node), self.shown, line)

    def _convert_mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Node]:
        result: dict[str, Node] = {}
        first_line: dict[str, int] = {}
        for key_node, value_node in node.value:
            key, line = str(getattr(key_node, "value", "")), key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._report("YAML002", "a key must be a plain word", line)
                continue
            if key in first_line:
                self._report("YAML003", f"'{key}' is there twice; the first is on line {first_line[key]}", line)
            converted = self.convert(value_node, depth + 1)
            if key_node.tag == _MERGE:
                merged = self._merged(converted, line)
                result = {**merged, **result}
                first_line.setdefault(key, line)
                continue
            # A one-line message should point at the key, where a person looks first.
            result[key] = Node(converted.value, self.shown, line)
            first_line.setdefault(key, line)
        return result

    def _merged(self, node: Node, line: int) -> dict[str, Node]:
        """The entries that ``<<: *anchor`` (or ``<<: [*first, *second]``) takes over; the mapping's own keys win."""
        mappings = node.value if node.is_list else [node]
        if not all(mapping.is_mapping for mapping in mappings):
            self._report("YAML002", "'<<' takes over the entries of a mapping, such as <<: *anchor", line)
            return {}
        return {key: entry for mapping in reversed(mappings) for key, entry in mapping.items()}

    def _report(self, code: str, message: str, line: int) -> None:
        self.problems.append(Problem(code, message, place=Place(file=self.shown, line=line)))


def _read_scalar(node: yaml.Node) -> Any:
    text = str(node.value)
    if getattr(node, "style", None):  # "" or None of a plain one
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _NUMBER.fullmatch(text):
        whole = text.lstrip("+-").isdigit()
        return int(text) if whole and len(text) < 19 else float(text)
    return text
