"""Ranges one after the other, or side by side in processes of their own: the same comes out."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from types import FrameType

from cdisc_conv.engine.plan.graph import Plan
from cdisc_conv.engine.ranges.parcels import pack, unpack
from cdisc_conv.engine.ranges.range import Progress, Range, Rows, derive_range
from cdisc_conv.problems import Problem, ProblemsError
from cdisc_conv.spec.model import Study

Take = Callable[[int], Rows]
"""The rows of a range by its number."""


def derive_in_turn(
    study: Study, plan: Plan, take: Take, count: int, datasets: Sequence[str], progress: Progress
) -> list[Range]:
    """The ranges from 0 to `count`, one after the other in this process. Raises as `derive_side_by_side`."""
    found = []
    for number in range(count):
        try:
            found.append(derive_range(study, plan, take(number), datasets))
        except Exception as error:
            error.add_note(_name(number, count))
            raise
        progress(_name(number, count))
    return found


def derive_side_by_side(
    study: Study, plan: Plan, take: Take, count: int, datasets: Sequence[str], workers: int, progress: Progress
) -> list[Range]:
    """The ranges from 0 to `count`, in their order, made by up to `workers` processes.

    The processes are started afresh and load what the study needs themselves, plug-ins included; rows are handed out
    range by range, so that no more of them wait than there are workers. Whatever ends this ends the processes.
    Raises what a range raised, with a note of its number; ProblemsError (RUN002) when the system ended a process.
    """
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    job = pack((study, plan, tuple(datasets)), by_name=False)
    pool = ProcessPoolExecutor(min(workers, count), context, _start, (job,))
    found: dict[int, Range] = {}
    try:
        numbers = iter(range(count))
        waiting: dict[Future[bytes], int] = {}
        while len(found) < count:
            for number in islice(numbers, workers + 1 - len(waiting)):
                rows = pack(take(number))
                with _finish_first():
                    waiting[pool.submit(_derive, rows)] = number
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                number = waiting[future]
                found[number] = _open(future.result(), study, number, count)
                del waiting[future]
                progress(_name(number, count))
    except BrokenProcessPool as error:
        raise ProblemsError([_describe_broken(waiting.values(), count)]) from error
    finally:
        if len(found) < count:  # what still works has nobody to work for
            for child in set(multiprocessing.active_children()) - others:
                child.kill()
        pool.shutdown(cancel_futures=True)
    return [found[number] for number in range(count)]


@contextmanager
def _finish_first() -> Iterator[None]:
    """Let Ctrl-C, and what else ends the program in order, wait for the end of the block.

    A process that is only half started would be known to nobody, and wait for ever.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    come: list[tuple[int, FrameType | None]] = []
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [number for name in names if (number := getattr(signal, name, None)) is not None]
    before = {number: handler for number in numbers if callable(handler := signal.getsignal(number))}
    for number in before:
        signal.signal(number, lambda *signs: come.append(signs))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for number, frame in come[:1]:
        before[signal.Signals(number)](number, frame)


@dataclass
class _Job:
    study: Study
    plan: Plan
    datasets: tuple[str, ...]


_jobs: list[_Job] = []
"""In a worker, the job that it was started for."""


def _start(job: bytes) -> None:
    """Open the job; Ctrl-C is for the process that waits, which ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _jobs.append(_Job(*unpack(job)))


def _derive(rows: bytes) -> bytes:
    """What becomes of the rows of a range, or the exception that it ended with."""
    job = _jobs[0]
    try:
        return pack(derive_range(job.study, job.plan, unpack(rows, job.study.datasets), job.datasets))
    except Exception as error:
        if not isinstance(error, ProblemsError):
            error.add_note("".join(traceback.format_exception(error)))
        return _pack_error(error)


def _pack_error(error: Exception) -> bytes:
    """An exception that can be opened elsewhere: itself, or one that says the same."""
    try:
        parcel = pickle.dumps(error)
        pickle.loads(parcel)  # noqa: S301  (what was packed a line before)
    except Exception:
        said = RuntimeError(f"{type(error).__name__}: {error}")
        for note in getattr(error, "__notes__", ()):
            said.add_note(note)
        return pickle.dumps(said)
    return parcel


def _open(parcel: bytes, study: Study, number: int, count: int) -> Range:
    made = unpack(parcel, study.datasets)
    if isinstance(made, Exception):
        made.add_note(_name(number, count))
        raise made
    return made  # type: ignore[no-any-return]


def _name(number: int, count: int) -> str:
    return f"range {number + 1} of {count}"


def _describe_broken(numbers: Iterable[int], count: int) -> Problem:
    shown = ", ".join(str(number + 1) for number in sorted(numbers))
    message = f"a worker was ended by the system while ranges {shown} of {count} were made; nothing is written"
    hint = "is the memory used up? Ask for fewer --workers or for more --ranges"
    return Problem("RUN002", message, hint=hint)
