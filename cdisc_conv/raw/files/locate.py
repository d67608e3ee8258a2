"""Where the files of a form are, which they may not leave: the folder of the export."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from cdisc_conv.problems import SHOWN_ROWS, Problem, did_you_mean
from cdisc_conv.raw.source import FormSource, Reporter


@dataclass(frozen=True, slots=True)
class Located:
    """Where a file is, or why it cannot be used."""

    reporter: Reporter
    path: Path | None = None
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of a form. `inner` is the path that goes on inside it, where the file is one that holds others."""

    path: Path
    reporter: Reporter
    inner: str = ""


def find_files(source: FormSource, directory: Path) -> tuple[list[FoundFile], list[Problem]]:
    """The files of a form: one, or in their natural order all that match the pattern that its path is.

    A path may go on inside of a file that holds others (``export.zip/ae.csv``), and so may that of its source.
    """
    path = PurePosixPath(source.path.replace("\\", "/")) if source.path else PurePosixPath()
    whole = PurePosixPath(source.folder) / path
    outer, inner = _split_inside(whole, directory)
    if not inner and _is_pattern(whole.name) and not _exists(directory / whole):
        folder = directory / whole.parent
        names = _list_matching(folder, whole.name) if folder.is_dir() else []
        if not names:
            reporter = Reporter(source.name, str(PurePosixPath(directory.name) / whole))
            message = f"form '{source.name}' has no files {whole} in {directory.name}"
            return [], [reporter.report("RAW001", message, hint=_suggest(directory / whole))]
        located = [locate_file(replace(source, path=str(whole.with_name(name))), directory) for name in names]
    else:
        shown = str(outer) if source.folder or inner else source.path
        located = [locate_file(replace(source, path=shown), directory)]
    files = [FoundFile(one.path, one.reporter, inner) for one in located if one.path]
    return files, [problem for one in located for problem in one.problems]


def _split_inside(path: PurePosixPath, directory: Path) -> tuple[PurePosixPath, str]:
    """The part of a path that is a file, and the part that goes on inside of it."""
    if not path.is_absolute() and ".." not in path.parts:
        for place in range(1, len(path.parts)):
            outer = PurePosixPath(*path.parts[:place])
            if _exists(directory / outer) and (directory / outer).is_file():
                return outer, str(PurePosixPath(*path.parts[place:]))
    return path, ""


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _is_pattern(name: str) -> bool:
    return any(sign in name for sign in "*?[")


def _list_matching(folder: Path, pattern: str) -> list[str]:
    """Names in natural order: part 10 comes after part 9."""
    names = [entry.name for entry in folder.iterdir() if fnmatchcase(entry.name, pattern) and not entry.is_dir()]
    return sorted(names, key=lambda name: ([part.zfill(20) for part in re.split(r"(\d+)", name)], name))


def locate_file(source: FormSource, directory: Path) -> Located:
    """The file of a form, which must lie in `directory` and be a plain file; links may not lead out of it either."""
    declared = PurePosixPath(source.path.replace("\\", "/"))
    reporter = Reporter(source.name, str(PurePosixPath(directory.name) / declared))
    try:
        root = directory.resolve()
        path = (root / declared).resolve()
        found = _check_location(source, root, root / declared, path, reporter)
    except (OSError, ValueError, RuntimeError) as error:  # names too long or with a NUL, circles of links, no right
        found = reporter.report("RAW002", f"form '{source.name}' has a path that cannot be used: {error}")
    return Located(reporter, problems=[found]) if found else Located(reporter, path)


def _check_location(source: FormSource, root: Path, declared: Path, path: Path, reporter: Reporter) -> Problem | None:
    form = f"form '{source.name}'"
    if PurePosixPath(source.path).is_absolute() and path.is_relative_to(root):
        inside = PurePosixPath(path.relative_to(root))
        message = f"{form} has the absolute path '{source.path}'"
        return reporter.report("RAW002", message, hint=f"name it relative to the folder of the export: {inside}")
    if not path.is_relative_to(root):
        if ".." not in declared.parts and declared.is_relative_to(root):
            return reporter.report(
                "RAW002", f"{form} is a link to a place outside {root.name}", hint="put the file itself into the folder"
            )
        return reporter.report(
            "RAW002",
            f"{form} has the path '{source.path}', which leads out of {root.name}",
            hint="name a file inside the folder",
        )
    if path.is_dir():
        return reporter.report("RAW002", f"{form} is a folder, not a file", hint="name a file in it")
    if not path.exists():
        return reporter.report(
            "RAW001", f"form '{source.name}' has no file {source.path} in {root.name}", hint=_suggest(declared)
        )
    if not path.is_file():
        return reporter.report("RAW002", f"{form} is not a plain file", hint="name a delimited text file")
    return None


def _suggest(declared: Path) -> str:
    folder = declared.parent
    if not folder.is_dir():
        return f"there is no folder {folder.name}"
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    if not names:
        return "the folder has no files"
    same = next((name for name in names if name.casefold() == declared.name.casefold()), "")
    if same:
        return f"there is {same}; upper and lower case are distinguished"
    more = f" and {len(names) - SHOWN_ROWS} more" if len(names) > SHOWN_ROWS else ""
    return did_you_mean(declared.name, names) or f"the files are {', '.join(names[:SHOWN_ROWS])}{more}"
