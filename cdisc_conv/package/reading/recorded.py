"""manifest.json and report/lineage.json read back; what is not of their shape is named before anything uses it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from cdisc_conv.problems import Problem, ProblemsError

LINEAGE = Path("report") / "lineage.json"
_HINT = "run the study again, or take the package from where it is whole"


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _File(_Shape):
    path: str
    sha256: str


class _Columns(_Shape):
    rows: int
    sha256: dict[str, str]


class _Part(_Shape):
    folder: str
    files: list[_File]
    columns: dict[str, _Columns] = {}


class _Tool(_Shape):
    name: str
    version: str = ""


class _Manifest(_Shape):
    tool: _Tool
    standards: dict[str, str] = {}
    versions: dict[str, str] = {}
    settings: dict[str, str] = {}
    mapping: list[_File] = []
    raw: _Part = _Part(folder="", files=[])
    given: _Part = _Part(folder="", files=[])


class _Entry(_Shape):
    sources: list[str] = []
    reads: list[str] = []
    matched_by: list[str] = []
    row_fields: list[str] = []
    records: str = ""
    entry: str = ""
    method: str = ""
    mapped_at: str = ""


class _Table(_Shape):
    label: str
    file: str


class _Dataset(_Shape):
    label: str = ""
    keys: list[str] = []
    supplemental_to: str
    domain: str = ""
    qualifiers: list[str] = []


class _Variable(_Shape):
    entries: list[_Entry]


class _Raw(_Shape):
    encoding: str | None
    delimiter: str | None


class _Lineage(_Shape):
    raw: _Raw
    forms: dict[str, _Table]
    given: dict[str, _Table] = {}
    datasets: dict[str, _Dataset]
    records: dict[str, list[_Entry]]
    variables: dict[str, _Variable]


def read_lineage(out: Path, code: str) -> dict[str, Any]:
    """The lineage of a package. ProblemsError with `code` when it is not there, damaged, or none of cdisc-conv."""
    path = out / LINEAGE
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or "it is not JSON"
        raise ProblemsError([Problem(code, f"'{path}' cannot be read: {reason}", hint=_HINT)]) from error
    if not (isinstance(data, dict) and {"forms", "datasets", "records", "variables"} <= data.keys()):
        raise ProblemsError([Problem(code, f"'{path}' is not a lineage of cdisc-conv")])
    _check(_Lineage, data, path, code)
    return data


def check_manifest(manifest: Mapping[str, Any], out: Path, code: str) -> None:
    """ProblemsError with `code` when a manifest that was read is damaged."""
    _check(_Manifest, manifest, out / "manifest.json", code)


def _check(shape: type[_Shape], data: Any, path: Path, code: str) -> None:
    try:
        shape.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        message = f"'{path}' is damaged, at {place}: {first['msg'][:1].lower()}{first['msg'][1:]}"
        raise ProblemsError([Problem(code, message, hint=_HINT)]) from None
