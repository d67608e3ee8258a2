"""How a form was read, as plain data for lineage.json, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from cdisc_conv.raw.source import FormSource, Long

_LEFT_OUT = frozenset(
    (
        "name",
        "path",
        "encoding",
        "delimiter",
        "columns",
        "key",
        "url",
        "query",
        "decodes",
        "declared",
        "known",
        "described",
        "informats",
        "exceptions",
        "pivot",
    )
)
"""What stands elsewhere, or says what is wrong with a file and not how it is read; how to reach a database is never
written down, nor where the files of the study are. Traces show values as the file has them, whatever their informat."""


def describe_source(source: FormSource, encoding: str, delimiter: str) -> dict[str, Any]:
    """What a reader has to know beyond the path; `encoding` and `delimiter` are those of the whole export.

    >>> describe_source(FormSource("lb", "lb.csv", delimiter=";", header=("labels", "names")), "utf-8", ",")
    {'delimiter': ';', 'header': ['labels', 'names']}
    """
    usual = {"encoding": encoding, "delimiter": delimiter}
    described = {name: getattr(source, name) for name in usual if getattr(source, name) != usual[name]}
    plain = FormSource(source.name, source.path)
    for entry in fields(FormSource):
        value = getattr(source, entry.name)
        if entry.name not in _LEFT_OUT and value != getattr(plain, entry.name):
            described[entry.name] = asdict(value) if isinstance(value, Long) else value
    described = {name: _thaw(value) for name, value in described.items()}
    return described | ({"database": True} if source.url else {})


def restore_source(name: str, path: str, usual: Mapping[str, str], described: Mapping[str, Any]) -> FormSource:
    """The source again; `usual` are the encoding and delimiter of the whole export.

    >>> restore_source("lb", "lb.csv", {"encoding": "utf-8", "delimiter": ","}, {"header": ["labels", "names"]}).header
    ('labels', 'names')
    """
    known = {entry.name for entry in fields(FormSource)} - _LEFT_OUT | {"encoding", "delimiter"}
    said: dict[str, Any] = {"name": name, "path": path, **usual}
    said |= _freeze({key: value for key, value in described.items() if key in known})
    if "long" in said:
        said["long"] = Long(**_freeze(said["long"]))
    return FormSource(**said)


def _thaw(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return {key: _thaw(inner) for key, inner in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _freeze(described: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _freeze(value) if isinstance(value, Mapping) else tuple(value) if isinstance(value, list) else value
        for key, value in described.items()
    }
