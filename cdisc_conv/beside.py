"""Work for a second processor: what does not depend on the next steps is made beside them, in a copy of the process."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

_Made = TypeVar("_Made")

_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl."""
_alone: list[bool] = []
"""One entry for each `stay_alone` that has not ended."""


@contextmanager
def stay_alone() -> Iterator[None]:
    """No copies of this process inside the block: all is made in it.

    >>> with stay_alone():
    ...     can_copy()
    False
    """
    _alone.append(True)
    try:
        yield
    finally:
        _alone.pop()


@contextmanager
def make_beside(make: Callable[[], _Made]) -> Iterator[Callable[[], _Made]]:
    """Start `make` in a copy of this process; the function that is yielded waits for what it returns.

    Where no copy is possible (`can_copy`), and when the copy sends nothing (`make` raised an exception there or made
    something that cannot be pickled, or the system ended it for want of memory), `make` is called where its result is
    asked for. Whatever ends the block ends the copy, which does not see Ctrl-C itself, and so does the end of this
    process: a copy that went on would keep locks and open files of a run that is no more.

    >>> with make_beside(lambda: 6 * 7) as answer:
    ...     answer()
    42
    """
    if not can_copy():
        yield make
        return
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(make, sender, os.getpid()), daemon=True)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    gc.freeze()  # looking through what is there already would copy its pages, and finds little
    try:  # the copy keeps these signals blocked
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    sender.close()
    try:
        yield lambda: _receive(receiver, make)
    finally:
        gc.unfreeze()
        process.kill()
        process.join()
        receiver.close()


def can_copy() -> bool:
    """Whether a copy of this process is possible, safe and of use.

    A copy has none of the threads of its original, and what these held stays locked in it; timers only wait.
    """
    return (
        sys.platform == "linux"
        and not _alone
        and len(os.sched_getaffinity(0)) > 1
        and not multiprocessing.current_process().daemon
        and all(isinstance(one, threading.Timer) or one is threading.main_thread() for one in threading.enumerate())
    )


def end_with_parent() -> None:
    """Let this process, which `multiprocessing` started, end when the one that started it does, however that ends.

    A worker waits for work; when nobody is there to give it any, it would wait for ever.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _send(make: Callable[[], Any], sender: Connection, original: int) -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != original:  # it ended before that was said
        return
    # What the original has yet to print is not for the copy to print.
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    with suppress(Exception):  # the original meets it too
        sender.send(make())


def _receive(receiver: Connection, make: Callable[[], _Made]) -> _Made:
    try:
        made: _Made = receiver.recv()
    except EOFError:
        return make()
    return made
