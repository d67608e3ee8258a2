"""Folder names in findings: as the user typed them on the screen, relative in everything that is written."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cdisc_conv.problems import Problem
from cdisc_conv.resources import shipped
from cdisc_conv.spec.model import Study

NEARBY = 3


def locate(folder: Path, base: Path) -> str:
    """`folder` as seen from `base`, with forward slashes; its bare name when the two are far apart.

    Far apart are folders on different drives, or with no folder in common within `NEARBY` steps up: the way between
    them would tell of the machine and its users.

    >>> locate(Path("study/raw"), Path("study/package"))
    '../raw'
    >>> locate(Path("/home/jane/raw"), Path("/srv/data/studies/2026/package"))
    'raw'
    """
    try:
        way = Path(os.path.relpath(folder.resolve(), base.resolve()))
    except ValueError:
        return folder.name
    return folder.name if way.parts.count("..") > NEARBY else way.as_posix()


def name_spec_file(study: Study, path: Path) -> str:
    """A mapping file as the package names it: from the folder above the study, or of the shipped library, on."""
    for base in (study.folder.resolve().parent, shipped("mappings").resolve()):
        if path.resolve().is_relative_to(base):
            return path.resolve().relative_to(base).as_posix()
    return path.name


def spec_folders(study: Study) -> dict[str, str]:
    """The folders that mapping files are in, each with what the package writes instead (nothing)."""
    return {str(study.folder.parent): "", str(shipped("mappings")): ""}


def rename_folders(problems: Iterable[Problem], names: Mapping[str, str]) -> list[Problem]:
    """The problems with folders called otherwise, in places, messages and hints.

    >>> problem = Problem("RAW001", "there is no file /data/raw/ae.csv")
    >>> rename_folders([problem], {"/data/raw": "../raw"})[0].message
    'there is no file ../raw/ae.csv'
    """
    # A bare name such as `raw` is relative already, and may be a word of the message.
    patterns = [(_folder_pattern(folder), name) for folder, name in names.items() if re.search(r"[\\/]", folder)]
    return [_rename(problem, patterns) for problem in problems]


def _folder_pattern(folder: str) -> re.Pattern[str]:
    """The folder at the beginning of a path, written with slashes or backslashes."""
    parts = [re.escape(part) for part in re.split(r"[\\/]", folder)]
    return re.compile(r"(?<![\w./\\-])" + r"[\\/]".join(parts) + r"(?P<end>[\\/]|(?![\w./\\-]))")


def _rename(problem: Problem, patterns: Sequence[tuple[re.Pattern[str], str]]) -> Problem:
    texts = (problem.place.file, problem.message, problem.hint)
    file, message, hint = (_rename_text(text, patterns) for text in texts)
    if (file, message, hint) == texts:
        return problem
    return replace(problem, place=replace(problem.place, file=file), message=message, hint=hint)


def _rename_text(text: str, patterns: Sequence[tuple[re.Pattern[str], str]]) -> str:
    for pattern, name in patterns:
        text = pattern.sub(_replacement(name), text)
    return text


def _replacement(name: str) -> Callable[[re.Match[str]], str]:
    return lambda found: f"{name}/" if name and found["end"] else name
