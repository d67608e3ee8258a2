"""The files of a study: paths that a mapping names stay inside their folder, and no YAML file is passed over."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path, PurePosixPath

from cdisc_conv.problems import Place, Problem, ProblemsError, closest
from cdisc_conv.spec.yaml.nodes import Node, read_yaml

FAMILIES = ("sdtm", "adam")
"""The folders of mapping files."""
OWN_FILES = ("study.yaml", "forms.yaml", "checks.yaml", "explanations.yaml", "simulation.yaml")
_ENDS = (".yaml", ".yml")
_DRIVE = re.compile(r"[A-Za-z]:")
_MAPPING_KEYS = frozenset({"dataset", "records", "extends"})


def describe_fault(path: str) -> str:
    """Why a path of a mapping cannot be one inside a folder; "" when it can.

    >>> describe_fault("export/ae.csv"), describe_fault("../ae.csv"), describe_fault("C:ae.csv")
    ('', "it goes up with '..'", 'it names a drive')
    """
    parts = PurePosixPath(path.replace("\\", "/"))
    if "\0" in path:
        return "it holds a NUL character"
    if _DRIVE.match(path):
        return "it names a drive"
    if parts.is_absolute() or path.startswith("~"):
        return "it is absolute"
    if ".." in parts.parts:
        return "it goes up with '..'"
    return "" if parts.name else "it names no file"


def check_path(path: str, node: Node, what: str, folder: str) -> Problem | None:
    """SPEC117: a path that leads out of its folder, or could; `folder` says which that is ("the raw folder")."""
    fault = describe_fault(path)
    if not fault:
        return None
    shown = path.replace("\0", "\\0")
    message = f"{what} is '{shown}', which cannot be a file inside {folder}: {fault}"
    return node.problem("SPEC117", message, f"name a file inside {folder}, such as {_suggest(path)}")


def _suggest(path: str) -> str:
    name = PurePosixPath(path.replace("\\", "/").replace("\0", "")).name
    name = _DRIVE.sub("", name)
    return name if name not in ("", "..", "~") else "ae.csv"


def leads_out(path: Path, folder: Path) -> bool:
    """Whether a path is, by links, outside of a folder."""
    return not path.resolve().is_relative_to(folder.resolve())


def suggest_study(path: Path, shipped: Collection[str]) -> str:
    """The hint for a path that holds no study: the folder that it must mean, else a shipped study; "" for neither.

    Parts of the path that are not there are replaced by the names that are closest to them.
    """
    found = Path(path.anchor)
    for part in path.relative_to(found).parts:
        inside = found / part
        if not inside.exists():
            inside = found / (closest(part, _list_folders(found)) or part)
        found = inside
    if found != path and (found / "study.yaml").is_file():
        return f"did you mean {found.as_posix()}?"
    meant = path.name if path.name in shipped else closest(path.name, shipped)
    return f"did you mean {meant}, which is shipped?" if meant else ""


def _list_folders(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if path.is_dir())
    except OSError:
        return []


def find_strays(folder: Path, read: Collection[Path], show: str) -> Iterator[Problem]:
    """SPEC115: YAML files of a study's folder that nobody reads, though they look as if somebody should.

    That is every YAML file in the folders of mapping files and in the study's own; further down and beside them, files
    that are mappings. A layer that some mapping extends is read. `show` is the study's folder as messages name it.
    """
    known = {path.resolve() for path in read} | {(folder / name).resolve() for name in OWN_FILES}
    for path in _list_files(folder):
        inside = path.relative_to(folder)
        if path.resolve() in known or (path.suffix.lower() not in _ENDS):
            continue
        if len(inside.parts) == 1 or inside.parts[0] in FAMILIES or _is_mapping(path):
            yield _describe_stray(inside, show)


def _list_files(folder: Path) -> Iterable[Path]:
    """The files of a folder, of its folders, and of everything in the folders of mappings; nothing hidden."""
    found = [
        *folder.glob("*"),
        *folder.glob("*/*"),
        *(path for name in FAMILIES for path in folder.glob(f"{name}/*/**/*")),
    ]
    visible = (path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts))
    return sorted({path for path in visible if path.is_file()})


def _is_mapping(path: Path) -> bool:
    try:
        node = read_yaml(path)
    except ProblemsError:
        return False
    return any(key in _MAPPING_KEYS for key, _ in node.items())


def _describe_stray(inside: PurePosixPath | Path, show: str) -> Problem:
    right = f"{inside.stem}.yaml"
    place = Place(file=f"{show}/{inside.as_posix()}")
    top = inside.parts[0] if len(inside.parts) > 1 else ""
    if top in FAMILIES and len(inside.parts) == 2:
        return Problem(
            "SPEC115", "this file is not read: mappings end in .yaml", place=place, hint=f"did you mean {right}?"
        )
    if top in FAMILIES:
        hint = f"move it to {top}/{right}"
        return Problem("SPEC115", f"this file is not read: mappings stand in {top}/ itself", place=place, hint=hint)
    if top:
        meant = closest(top, FAMILIES)
        hint = f"did you mean {meant}/{right}?" if meant else f"move it to sdtm/{right} or adam/{right}"
        return Problem("SPEC115", f"this file is not read: '{top}' is not a folder of mappings", place=place, hint=hint)
    own = closest(inside.stem, [PurePosixPath(file).stem for file in OWN_FILES])  # without .yaml, which is always alike
    hint = f"did you mean {own}.yaml?" if own else f"a mapping belongs to sdtm/{right} or adam/{right}"
    return Problem("SPEC115", "this file is not read", place=place, hint=hint)
