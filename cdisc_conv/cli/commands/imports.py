"""What `ct` and `standards` share: importing files, and listing what there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cdisc_conv.cli.guard import FAILED
from cdisc_conv.cli.printing.console import print_line, print_table
from cdisc_conv.cli.printing.findings import print_problems
from cdisc_conv.problems import Problem, ProblemsError, exit_code
from cdisc_conv.spec.load import find_study
from cdisc_conv.standards.files import Source, list_sources
from cdisc_conv.standards.imports import Import
from cdisc_conv.standards.store import Kept, study_store

_DONE = {Kept.NEW: "kept in", Kept.SAME: "is there already, unchanged:", Kept.REPLACED: "replaced in"}


def find_folder(study: str) -> Path | None:
    """The folder of a study; None when none is named. Raises ProblemsError (SPEC010)."""
    return find_study(study) if study else None


def import_files(files: Sequence[Path], study: str, load: Callable[..., Import], **said: Any) -> int:
    """Import files one by one; what is wrong with one does not keep the others out."""
    folder = find_folder(study)
    failed, problems = False, list[Problem]()
    for path in files:
        try:
            found = load(path, study=folder, **said)
        except ProblemsError as error:
            print_problems(error.problems, stderr=True)
            failed = True
            continue
        print_line(f"{found.label}: {found.holds}; {_DONE[found.kept]} {found.path}")
        problems += found.problems
    print_problems(problems)
    return FAILED if failed else exit_code(problems)


def list_kept(kinds: Sequence[str], folder: Path | None, unit: str) -> int:
    """Print a table of what there is of some kinds."""
    rows: list[list[str | int]] = []
    seen = set()
    for source in (source for kind in kinds for source in list_sources(kind, folder)):
        file = source.read()
        place = _name_place(source, folder)
        if source.key in seen:
            place += " (not used: the one above is found first)"
        seen.add(source.key)
        origin = source.item.source if source.item is not None else ""
        rows.append([file.name, file.version, len(file.blocks), place, origin])
    print_table(["name", "version", unit, "from", "file"], rows)
    return 0


def _name_place(source: Source, folder: Path | None) -> str:
    if source.item is None:
        return "cdisc-conv"
    if folder is not None and source.path.parent == study_store(folder):
        return "the study"
    return "the user"
