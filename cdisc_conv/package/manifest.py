"""manifest.json: what went in, what came out, and what made it."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cdisc_conv import __version__
from cdisc_conv.package.staging import MANIFEST, TOOL
from cdisc_conv.report.places import locate, name_spec_file
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


def write_manifest(
    study: Study, folder: Path, raw: Path, out: Path, inputs: Iterable[Path], datasets: Sequence[str]
) -> int:
    """Write the manifest of a package that stands in `folder` and will be `out`; the number of files, itself included.

    `inputs` are the raw files that were read; `datasets` those that were asked for. Nothing in it depends on the clock,
    the user, or where the folders are, other than the way from the package to the raw folder.
    """
    outputs = sorted(path for path in folder.rglob("*") if path.is_file())
    seen_from = folder if raw.is_relative_to(folder) else out
    manifest = {
        "tool": {"name": TOOL, "version": __version__},
        "study": study.name,
        "created": study.created,
        "datasets": list(datasets),
        "standards": {
            "implementation_guide": study.standard.label,
            "terminology": study.terminology.package_label,
            "define_xml": "2.1",
        },
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "raw": {
            "folder": locate(raw, seen_from),
            "files": [describe_file(path, path.relative_to(raw).as_posix()) for path in sorted(inputs)],
        },
        "mapping": sorted(
            (describe_file(path, name_spec_file(study, path)) for path in study.files), key=lambda entry: entry["path"]
        ),
        "outputs": [describe_file(path, path.relative_to(folder).as_posix()) for path in outputs],
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    return len(outputs) + 1
