"""manifest.json: what went in, what came out, and what made it."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cdisc_conv import __version__
from cdisc_conv.checks.load import FILE as RULES
from cdisc_conv.package.listing import MANIFEST, TOOL
from cdisc_conv.package.writing.fingerprints import describe_settings
from cdisc_conv.report.places import name_spec_file
from cdisc_conv.spec.model import Study

PACKAGES = ("pandas", "numpy", "pyarrow", "lxml", "jinja2")
"""Packages whose version can change what is written."""


def describe_file(path: Path, name: str) -> dict[str, Any]:
    """Name, size in bytes and SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return {"path": name, "bytes": path.stat().st_size, "sha256": digest.hexdigest()}


def describe_files(files: Iterable[Path], folder: Path) -> list[dict[str, Any]]:
    """The same of several files, named from `folder` on."""
    return [describe_file(path, path.relative_to(folder).as_posix()) for path in files]


def write_manifest(study: Study, folder: Path, inputs: Mapping[str, Any], datasets: Sequence[str]) -> int:
    """Write the manifest of the package in `folder`; the number of its files, the manifest included.

    `inputs` is what `inputs.describe_inputs` made; `datasets` are those of the package. Nothing in it depends on the
    clock, the user, or where the folders are, other than the way from the package to what was read.
    """
    outputs = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {
        "tool": {"name": TOOL, "version": __version__},
        "study": study.name,
        "created": study.created,
        "encoding": study.settings.get("encoding") or "ASCII",
        "transliterate": dict(study.settings.get("transliterate") or {}),
        "datasets": list(datasets),
        "standards": _name_standards(study),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        **inputs,
        "mapping": sorted(
            (describe_file(path, name_spec_file(study, path)) for path in _mapping_files(study)),
            key=lambda entry: entry["path"],
        ),
        "settings": describe_settings(study.settings),
        "outputs": describe_files(outputs, folder),
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    return len(outputs) + 1


def _name_standards(study: Study) -> dict[str, str]:
    """The standards of SDTM, those of ADaM where the study has analysis datasets, and that of the definitions."""
    names = {
        "implementation_guide": study.sdtm.standard.label,
        "terminology": study.sdtm.terminology.package_label,
    }
    if "adam" in study.families:
        names["adam_implementation_guide"] = study.families["adam"].standard.label
        names["adam_terminology"] = study.families["adam"].terminology.package_label
    return {**names, "define_xml": "2.1"}


def _mapping_files(study: Study) -> list[Path]:
    """What the mapping was read from, and the study's own conformance rules."""
    own_rules = study.folder / RULES
    return [*study.files, *([own_rules] if own_rules.is_file() else [])]
