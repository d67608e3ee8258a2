"""Ranges side by side, in processes of their own."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from types import FrameType
from typing import Any

from cdisc_conv.beside import end_with_parent, stay_alone
from cdisc_conv.columns.memory import return_large_pieces
from cdisc_conv.engine.workers.parcels import answer, open_answer, pack, unpack
from cdisc_conv.engine.workers.task import Take, Task, name_ranges
from cdisc_conv.problems import Problem, ProblemsError


@dataclass(frozen=True)
class Processes:
    """Up to `count` processes, which are started afresh and load what the task needs themselves, plug-ins included."""

    count: int

    def map(self, task: Task, take: Take, count: int) -> Generator[tuple[int, Any], None, None]:
        """As `Workers.map`; no more rows wait than there are processes.

        Raises ProblemsError (RUN002) when the system ended a process.
        """
        context = multiprocessing.get_context("spawn")
        others = set(multiprocessing.active_children())
        pool = ProcessPoolExecutor(max(1, min(self.count, count)), context, _start, (pack(task, by_name=False),))
        waiting: dict[Future[bytes], int] = {}
        done = 0
        try:
            numbers = iter(range(count))
            while done < count:
                for number in islice(numbers, self.count + 1 - len(waiting)):
                    rows = pack(take(number))
                    with _finish_first():
                        waiting[pool.submit(_answer, rows)] = number
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    made = open_answer(future.result(), task.study, waiting[future], count)
                    done += 1
                    yield waiting.pop(future), made
        except BrokenProcessPool as error:
            raise ProblemsError([_describe_broken(waiting.values(), count)]) from error
        finally:
            if done < count or waiting:  # what still works has nobody to work for
                for child in set(multiprocessing.active_children()) - others:
                    child.kill()
            pool.shutdown(cancel_futures=True)


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


_tasks: list[Task] = []
"""In a worker, the task that it was started for."""


def _start(task: bytes) -> None:
    """Open the task; Ctrl-C is for the process that waits, which ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
    return_large_pieces()
    _tasks.append(unpack(task))


def _answer(rows: bytes) -> bytes:
    with stay_alone():  # the other processors have workers of their own
        return answer(_tasks[0], rows)


def _describe_broken(numbers: Iterable[int], count: int) -> Problem:
    message = f"a worker was ended by the system while {name_ranges(numbers, count)} were made; nothing is written"
    hint = "is the memory used up? Ask for fewer --workers or for more --ranges"
    return Problem("RUN002", message, hint=hint)
