"""The catalogue of derivations as a page, a list and a text, all from the classes.

Run ``python -m cdisc_conv.derivations.document docs/derivations.md`` to bring the page up to date; a test fails when it
is not.
"""

from __future__ import annotations

import inspect
import re
import sys
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import Derivation, Kind, Reach, Ref
from cdisc_conv.derivations.registry import BUILT_IN, load_derivations
from cdisc_conv.docstrings import read_docstring
from cdisc_conv.problems import Problem, ProblemsError, did_you_mean

_HEAD = """\
# The catalogue of derivations

<!-- Made by `python -m cdisc_conv.derivations.document docs/derivations.md` from the classes; edit those and make it
again. -->

A variable of a mapping names one derivation. It computes the values and writes its own method text, origin and
findings. A value that stands directly behind the name of a derivation is its main parameter: `{copy: AETERM}` is
`{copy: {source: AETERM}}`. Parameters that are references name a column: `AESTDTC`, `raw.AESTDAT`, `DM.RFSTDTC`.
Conditions and formulas are [expressions](expressions.md).
"""

_REACHES = {
    Reach.ROW: "its own record",
    Reach.SUBJECT: "the records of the subject",
    Reach.DATASET: "the whole dataset",
}
_KINDS = {Kind.TEXT: "text", Kind.NUMBER: "numbers", Kind.ANY: "what its input is"}
_ORIGINS = {OriginType.COLLECTED: "Collected, or Derived when the value is not from a form"}


def list_derivations() -> list[tuple[str, str, str]]:
    """(topic, name, what it does) of every derivation, by topic and name."""
    return [(kind.topic, name, _summary(kind)) for name, kind in _ordered()]


def describe_derivation(name: str) -> str:
    """All about one derivation, as Markdown.

    Raises ProblemsError (CAT001) when there is none of that name.
    """
    known = load_derivations()
    if name not in known:
        hint = did_you_mean(name, known) or f"there are: {', '.join(known)}"
        raise ProblemsError([Problem("CAT001", f"there is no derivation '{name}'", hint=hint)])
    return _render_one(name, known[name])


def render_catalogue() -> str:
    """The page docs/derivations.md: the built-in derivations, without those of plug-ins."""
    package = BUILT_IN.rpartition(".")[0]
    ours = [(name, kind) for name, kind in _ordered() if kind.__module__.startswith(package)]
    parts = [_HEAD]
    rows = [f"| {kind.topic} | [{name}](#{name}) | {_summary(kind)} |" for name, kind in ours]
    parts.append("| topic | derivation | what it does |\n|---|---|---|\n" + "\n".join(rows) + "\n")
    parts.extend(_render_one(name, kind) for name, kind in ours)
    return "\n".join(parts)


def find_example(kind: type[Derivation]) -> str:
    """The mapping in the docstring of a derivation, as YAML text; "" when there is none."""
    found = re.search(r"```yaml\n(.*?)```", _docstring(kind), flags=re.DOTALL)
    return found[1] if found else ""


def _ordered() -> list[tuple[str, type[Derivation]]]:
    return sorted(load_derivations().items(), key=lambda item: (item[1].topic, item[0]))


def _docstring(kind: type[BaseModel]) -> str:
    return inspect.cleandoc(read_docstring(kind))


def _summary(kind: type[Derivation]) -> str:
    return " ".join(_docstring(kind).partition("\n\n")[0].split())


def _render_one(name: str, kind: type[Derivation]) -> str:
    about, _, source = _docstring(kind).rpartition("\nSource: ")
    facts = [
        f"Makes {_KINDS[kind.kind]}; looks at {_REACHES[kind.reach]}; origin {_ORIGINS.get(kind.origin, kind.origin)}.",
        f"Source of the rule: {' '.join(source.split())}" if source else "",
    ]
    about = about.strip() if about else _docstring(kind)
    return "\n\n".join([f"## {name}", about, _render_parameters(kind), *facts]).rstrip() + "\n"


def _render_parameters(kind: type[Derivation]) -> str:
    head = "| parameter | what it is | default |\n|---|---|---|"
    return "\n".join([head, *_parameter_rows(kind, "")])


def _parameter_rows(kind: type[BaseModel], before: str) -> Iterator[str]:
    shorthand = getattr(kind, "shorthand", "")
    for name, info in kind.model_fields.items():
        if name == "derivation":
            continue
        shown = f"{before}{info.alias or name}"
        main = " (main)" if name == shorthand else ""
        yield f"| `{shown}`{main} | {(info.description or '').replace('|', chr(92) + '|')} | {_default(info)} |"
        for inner in _inner_models(info.annotation):
            yield from _parameter_rows(inner, f"{shown}.")


def _inner_models(annotation: Any) -> list[type[BaseModel]]:
    """Groups of parameters inside a parameter."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [] if issubclass(annotation, Derivation) else [annotation]
    return [model for argument in typing.get_args(annotation) for model in _inner_models(argument)]


def _default(info: FieldInfo) -> str:
    """The default in the words of a mapping."""
    if info.is_required():
        return "needed"
    value = info.default
    if value is PydanticUndefined or value is None or value in ((), {}):
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    if isinstance(value, dict):
        return ", ".join(f"`{key}`" if key == item else f"`{key}: {item}`" for key, item in value.items())
    return f"`{value}`" if isinstance(value, Ref) or value != "" else '`""`'


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render_catalogue(), encoding="utf-8", newline="\n")
