"""The encoding of a transport file, which it does not name itself: what the manifest of its package says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cdisc_conv.xpt.encodings import ASCII, ENCODINGS

MANIFEST = "manifest.json"
_HIGHEST = 7
"""Folders from a dataset up to the manifest: an eCTD has ``m5/datasets/STUDY/analysis/adam/datasets``."""


def read_spelling(path: Path) -> tuple[str, Mapping[str, str]] | None:
    """The encoding (`ENCODINGS`) that the manifest above a file names, and the map of what it does not have.

    None without a manifest that says so.
    """
    folder = path.resolve().parent
    for one in (folder, *folder.parents)[:_HIGHEST]:
        said = _read(one / MANIFEST)
        if said is not None:
            spelt = said.get("transliterate")
            known = spelt if isinstance(spelt, dict) else {}
            name = str(said.get("encoding") or "")
            return (name, MappingProxyType(known)) if name in ENCODINGS else None
    return None


def find_codec(path: Path) -> str | None:
    """What Python calls the encoding of a transport file; None for ASCII, and where no manifest says it."""
    spelling = read_spelling(path)
    codec = ENCODINGS[spelling[0]] if spelling else ASCII
    return None if codec == ASCII else codec


def _read(path: Path) -> dict[str, Any] | None:
    """A manifest of cdisc-conv; None for anything else, whatever is wrong with it."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    ours = isinstance(said, dict) and isinstance(said.get("tool"), dict) and said["tool"].get("name") == "cdisc-conv"
    return said if ours else None
