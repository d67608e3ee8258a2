"""Dask clusters on this machine, for tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def start_cluster(workers: int, processes: bool) -> Any:
    """A cluster on the loopback interface, with workers in processes of their own or in this one."""
    from distributed import LocalCluster

    return LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=processes, protocol="tcp", host="127.0.0.1",
        dashboard_address=":0",
    )  # fmt: skip


def list_leftovers(cluster: Any) -> list[str]:
    """The tasks that the scheduler still has of ours, and the clients that did not say goodbye."""
    scheduler = cluster.scheduler
    tasks = [key for key in scheduler.tasks if str(key).startswith("cdisc-conv")]
    return [*tasks, *(name for name in scheduler.clients if name.startswith("cdisc-conv"))]


def kill_on_task(cluster: Any, mark: Path, times: int) -> None:
    """Let a worker kill itself at the moment when it begins to work on a range, `times` in all; `mark` counts them."""
    from distributed import Client
    from distributed.diagnostics.plugin import WorkerPlugin

    class KillOnTask(WorkerPlugin):
        name = "kill-on-task"

        def transition(self, key: Any, start: str, finish: str, **_: Any) -> None:
            if finish == "executing" and "-range-" in str(key):
                for number in range(times):
                    try:
                        os.close(os.open(f"{mark}{number}", os.O_CREAT | os.O_EXCL))
                    except FileExistsError:
                        continue
                    os.kill(os.getpid(), signal.SIGKILL)

    with Client(cluster.scheduler_address, set_as_default=False) as client:
        client.register_plugin(KillOnTask())


def stop_killing(cluster: Any) -> None:
    """Take back what `kill_on_task` did."""
    from distributed import Client

    with Client(cluster.scheduler_address, set_as_default=False) as client:
        client.unregister_worker_plugin("kill-on-task")


@dataclass
class Scheduler:
    """A scheduler with a worker, in a process of its own."""

    scheduler_address: str
    process: subprocess.Popen

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


_SCHEDULER = """
import asyncio
from distributed import Scheduler, Worker

async def serve():
    async with Scheduler(host="127.0.0.1", port=0, dashboard_address=None) as scheduler:
        async with Worker(scheduler.address, nthreads=1, dashboard_address=None):
            print(scheduler.address, flush=True)
            await scheduler.finished()

asyncio.run(serve())
"""


@contextmanager
def start_scheduler() -> Iterator[Scheduler]:
    """A scheduler that can be killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SCHEDULER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield Scheduler(process.stdout.readline().strip(), process)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
