"""What runs on the workers of a cluster. Dask is not needed here: it calls these functions by their names."""

from __future__ import annotations

import hashlib
import sys
import threading
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from secrets import token_hex

import cdisc_conv
from cdisc_conv.engine.workers.parcels import answer, pack_error, unpack
from cdisc_conv.engine.workers.storage import TEST, Storage
from cdisc_conv.engine.workers.task import Task
from cdisc_conv.problems import Problem, ProblemsError

PACKAGES = ("numpy", "pandas", "pyarrow", "dask", "distributed")
"""Those that make the results, or carry them, besides our own."""

_one_at_a_time = threading.RLock()
"""A worker of several threads makes one range after the other: more at a time would only need more memory."""
_opened: dict[str, Task] = {}
"""The task that this worker is at, by the name of the run."""


@dataclass(frozen=True)
class Job:
    """A task on its way to the workers."""

    run: str
    task: bytes
    program: tuple[tuple[str, str], ...]
    """That of the process which sent it, as `describe_program` gives it."""


def hold_job(job: Job) -> Job:
    """The job itself, so that the cluster holds it once and gives it to every worker that needs it."""
    return job


def answer_range(job: Job, rows: bytes | str, scratch: str = "") -> bytes | str:
    """What a task makes of the rows of a range, as `parcels.answer`.

    With a `scratch`, `rows` is the name of a file there, and so is what is returned.
    """
    with _one_at_a_time:
        try:
            task = _open(job)
            parcel = Storage(scratch).get(rows) if isinstance(rows, str) else rows
        except Exception as error:
            return pack_error(error)
        made = answer(task, parcel)
        if not isinstance(rows, str):
            return made
        name = f"made-{token_hex(8)}"  # not that of the range: a worker that was given up may still be writing it
        try:
            if not Storage(scratch).has(TEST):
                raise FileNotFoundError("the run has ended, and has removed its scratch")
            Storage(scratch).put(name, made)
        except Exception as error:
            return pack_error(error)
        return name


def forget_run(run: str) -> None:
    """Drop the task of a run that has ended."""
    _opened.pop(run, None)


def read_test(scratch: str) -> str:
    """Why a worker cannot read the scratch of a run; nothing when it can."""
    try:
        Storage(scratch).get(TEST)
    except Exception as error:
        return str(error) or type(error).__name__
    return ""


@cache
def describe_program() -> tuple[tuple[str, str], ...]:
    """What results depend on: Python, our own package to the letter, and the packages that do the work."""
    root = Path(cdisc_conv.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        # What is shipped beside the code comes with the study, and lies elsewhere in a checkout.
        if path.is_file() and path.suffix != ".pyc" and name.parts[0] != "_shipped":
            digest.update(f"{name.as_posix()}\0".encode())
            digest.update(path.read_bytes())
    return (
        ("Python", f"{sys.version_info.major}.{sys.version_info.minor}"),
        ("cdisc-conv", f"{cdisc_conv.__version__} ({digest.hexdigest()[:8]})"),
        *((name, version(name)) for name in PACKAGES),
    )


def list_differences(here: dict[str, str], there: dict[str, str]) -> list[str]:
    """How the program of a worker differs from that of the process that asks.

    >>> list_differences({"Python": "3.11", "pandas": "3.1"}, {"Python": "3.12"})
    ['Python 3.12 instead of 3.11', 'no pandas instead of 3.1']
    """
    return [
        f"{f'{name} {there[name]}' if name in there else f'no {name}'} instead of {wanted}"
        for name, wanted in here.items()
        if there.get(name) != wanted
    ]


def _open(job: Job) -> Task:
    if job.run not in _opened:
        if differences := list_differences(dict(job.program), dict(describe_program())):
            raise ProblemsError([describe_versions("a worker that joined has " + ", ".join(differences))])
        _opened.clear()
        try:
            _opened[job.run] = unpack(job.task)
        except ImportError as error:
            message = f"a worker of the cluster cannot open the study: {error}"
            hint = "install there what is installed here, plug-ins included"
            raise ProblemsError([Problem("RUN012", message, hint=hint)]) from error
    return _opened[job.run]


def describe_versions(differences: str) -> Problem:
    """The problem of a cluster with other versions than here."""
    message = f"the cluster has other versions than this machine: {differences}"
    hint = "the same versions everywhere make the same files: install there what is installed here"
    return Problem("RUN012", message, hint=hint)
