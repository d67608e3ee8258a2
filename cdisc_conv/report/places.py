"""Folder names in findings: as the user typed them on the screen, relative in everything that is written."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from cdisc_conv.problems import Problem
from cdisc_conv.resources import shipped
from cdisc_conv.spec.model import Study

NEARBY = 3


def locate(folder: Path, base: Path) -> str:
    """`folder` as seen from `base`, with forward slashes; its bare name when the two are far apart.

    Far apart are folders on different drives, or with no folder in common within `NEARBY` steps up: the way between
    them would reveal the machine and its users.

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
    return _name_file(study.folder, path)


def _name_file(folder: Path, path: Path) -> str:
    for base in (folder.resolve().parent, shipped("mappings").resolve()):
        if path.resolve().is_relative_to(base):
            return path.resolve().relative_to(base).as_posix()
    return path.name


def spec_folders(study: Study) -> Mapping[str, str]:
    """The mapping files and the folders they are in, as they were reached -> as the package names them.

    So nothing that is written depends on how the name of the study was typed.
    """
    return _name_spec_files(study.folder, study.files)


@lru_cache(maxsize=8)
def _name_spec_files(folder: Path, files: tuple[Path, ...]) -> Mapping[str, str]:
    names = {path.as_posix(): _name_file(folder, path) for path in files}
    home = folder.resolve().name
    return {**names, folder.as_posix(): home, folder.parent.as_posix(): "", shipped("mappings").as_posix(): ""}


def rename_folders(problems: Iterable[Problem], names: Mapping[str, str]) -> list[Problem]:
    """The problems with folders called otherwise, in places, messages and hints.

    >>> problem = Problem("RAW001", "there is no file /data/raw/ae.csv")
    >>> rename_folders([problem], {"/data/raw": "../raw"})[0].message
    'there is no file ../raw/ae.csv'
    """
    # A bare name such as `raw` is relative already, and may be a word of the message.
    problems = list(problems)
    whole = "\n".join(f"{problem.place.file}\n{problem.message}\n{problem.hint}" for problem in problems)
    patterns = [
        (pattern, name)
        for folder, name in names.items()
        if re.search(r"[\\/]", folder) and (pattern := _folder_pattern(folder)).search(whole)
    ]
    return [_rename(problem, names, patterns) for problem in problems]


def _folder_pattern(folder: str) -> re.Pattern[str]:
    """The folder at the beginning of a path, written with slashes or backslashes."""
    parts = [re.escape(part) for part in re.split(r"[\\/]", folder)]
    return re.compile(r"(?<![\w./\\-])" + r"[\\/]".join(parts) + r"(?P<end>[\\/]|(?![\w./\\-]))")


def _rename(problem: Problem, names: Mapping[str, str], patterns: Sequence[tuple[re.Pattern[str], str]]) -> Problem:
    texts = (problem.place.file, problem.message, problem.hint)
    file, message, hint = (names.get(text) or _rename_text(text, patterns) for text in texts)
    if (file, message, hint) == texts:
        return problem
    return replace(problem, place=replace(problem.place, file=file), message=message, hint=hint)


def _rename_text(text: str, patterns: Sequence[tuple[re.Pattern[str], str]]) -> str:
    if "/" not in text and "\\" not in text:
        return text
    for pattern, name in patterns:
        text = pattern.sub(_replacement(name), text)
    return text


def _replacement(name: str) -> Callable[[re.Match[str]], str]:
    return lambda found: f"{name}/" if name and found["end"] else name
