"""What the manifest of a package lists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
TOOL = "cdisc-conv"
DROPPINGS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""Files that file managers leave behind; they do not keep a folder from being replaced."""


def find_foreign_files(folder: Path) -> list[str]:
    """Files of a package folder that its manifest does not list, as relative names with forward slashes."""
    manifest = read_manifest(folder)
    listed = {entry["path"] for entry in manifest["outputs"]} if manifest else set()
    return [
        name
        for path in sorted(folder.rglob("*"))
        if (path.is_symlink() or not path.is_dir())
        and path.name not in DROPPINGS
        and (name := path.relative_to(folder).as_posix()) != MANIFEST
        and name not in listed
    ]


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a package that cdisc-conv wrote, or None when `folder` holds none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    ours = isinstance(manifest, dict) and isinstance(manifest.get("tool"), dict)
    if not ours or manifest["tool"].get("name") != TOOL or not isinstance(manifest.get("outputs"), list):
        return None
    whole = all(isinstance(entry, dict) and isinstance(entry.get("path"), str) for entry in manifest["outputs"])
    return manifest if whole else None
