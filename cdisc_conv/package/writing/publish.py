"""A package on shared storage: made on this machine, then copied to a URL that fsspec knows."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cdisc_conv.package.listing import MANIFEST, TOOL, read_manifest
from cdisc_conv.package.writing.claim import claim, place_mark
from cdisc_conv.problems import Problem, ProblemsError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def is_url(place: str) -> bool:
    """Whether an output is a URL, not a folder of this machine.

    >>> is_url("s3://bucket/package"), is_url("out/package"), is_url("C:/package")
    (True, False, False)
    """
    return _SCHEME.match(place) is not None


@contextmanager
def publish(url: str, scratch: Path | None = None) -> Iterator[Path]:
    """A local folder for a package that goes to `url` when the block ends without an exception.

    Shared storage cannot exchange folders in one step. So the manifest there lists the files of both packages while
    files are copied, and is that of the new one in the end: whoever reads in between, or after a copy that failed,
    finds that hashes do not fit, and the next run makes it whole. Until the block ends nothing at `url` changes.

    Raises ProblemsError: PKG003 there is something else at `url`, PKG014 another run is writing there (`claim`), PKG025
    it cannot be used.
    """
    from cdisc_conv.report.places import NEARBY  # imports much, which `is_url` need not wait for

    files, target = _open(url)
    with ExitStack() as stack:
        with _refusals(url):
            stack.enter_context(claim(files, target, url))
        name = stack.enter_context(tempfile.TemporaryDirectory(dir=scratch, prefix=f"{TOOL}-"))
        # So deep that the way to the raw folder is no part of the package: it would differ from run to run.
        local = Path(name).joinpath(*("package" for _ in range(NEARBY + 1)))
        local.mkdir(parents=True)
        with _refusals(url):
            _fetch_manifest(files, target, url, local)
        before = read_manifest(local) or {"outputs": []}
        yield local
        with _refusals(url):
            _copy(files, target, local, {entry["path"] for entry in before["outputs"]})


def _open(url: str) -> tuple[Any, str]:
    if find_spec("fsspec") is None:
        problem = Problem("PKG025", "a URL as output needs fsspec", hint="pip install 'cdisc-conv[cluster]'")
        raise ProblemsError([problem])
    from fsspec.core import url_to_fs

    with _refusals(url):
        files, target = url_to_fs(url)
        return files, target.rstrip("/")


@contextmanager
def _refusals(url: str) -> Iterator[None]:
    """What a file system refuses, as a problem: each kind of storage has exceptions of its own."""
    try:
        yield
    except ProblemsError:
        raise
    except Exception as error:
        message = f"the output '{url}' cannot be used: {str(error) or type(error).__name__}"
        hint = "give a URL that fsspec knows, such as s3://bucket/package, and run again"
        raise ProblemsError([Problem("PKG025", message, hint=hint)]) from error


def _fetch_manifest(files: Any, target: str, url: str, local: Path) -> None:
    """The manifest of the earlier package, which a run compares with; refuse what is no package."""
    if not files.exists(target) or not [name for name in files.ls(target, detail=False) if name != place_mark(target)]:
        return
    if files.exists(f"{target}/{MANIFEST}"):
        files.get_file(f"{target}/{MANIFEST}", str(local / MANIFEST))
    if read_manifest(local) is None:
        message = f"the output '{url}' is not empty, and no earlier run of {TOOL} made it"
        raise ProblemsError([Problem("PKG003", message, hint="choose a new place, or empty this one")])


def _copy(files: Any, target: str, local: Path, before: set[str]) -> None:
    manifest = json.loads((local / MANIFEST).read_text(encoding="utf-8"))
    now = [entry["path"] for entry in manifest["outputs"]]
    gone = sorted(before - set(now))
    files.makedirs(target, exist_ok=True)
    both = {**manifest, "outputs": [*manifest["outputs"], *({"path": name} for name in gone)]}
    files.pipe_file(f"{target}/{MANIFEST}", json.dumps(both).encode())
    for name in now:
        files.makedirs(f"{target}/{name}".rpartition("/")[0], exist_ok=True)
        files.put_file(str(local / name), f"{target}/{name}")
    for name in gone:
        if files.exists(f"{target}/{name}"):
            files.rm_file(f"{target}/{name}")
    files.put_file(str(local / MANIFEST), f"{target}/{MANIFEST}")
