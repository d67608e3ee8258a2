"""What YAML editors complete and check a drafted study by: a JSON Schema beside it, named in each of its files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from cdisc_conv.package.schema import describe_mapping

SCHEMA = "schema.json"


def name_schema(study: Path, files: Iterable[Path]) -> None:
    """The first line of each of the files, which lie in the study's folder, names the schema to the editor."""
    for path in files:
        up = "../" * (len(path.relative_to(study).parts) - 1)
        text = path.read_text(encoding="utf-8")
        path.write_text(f"# yaml-language-server: $schema={up}{SCHEMA}\n{text}", encoding="utf-8", newline="\n")


def write_schema(study: Path) -> None:
    """The schema of the study in the folder: its variables, raw columns and terms are completed."""
    text = json.dumps(describe_mapping(study), ensure_ascii=False)
    (study / SCHEMA).write_text(f"{text}\n", encoding="utf-8", newline="\n")
