"""Ranges on the workers of a Dask cluster."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Generator, Iterable
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from time import monotonic
from typing import TYPE_CHECKING, Any

from cdisc_conv.engine.workers.connect import connect, share
from cdisc_conv.engine.workers.far import Job, answer_range, describe_program, forget_run, hold_job
from cdisc_conv.engine.workers.parcels import open_answer, pack
from cdisc_conv.engine.workers.storage import Storage
from cdisc_conv.engine.workers.task import Take, Task, name_range, name_ranges
from cdisc_conv.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from distributed import Client, Future

WORKERS_WITHIN = 60.0
"""Seconds for which a run waits for workers when all of them have gone."""
_LOOK_EVERY = 1.0
_AHEAD = 2
"""Ranges handed out per worker: one that it makes, and one that waits for it."""


@dataclass(frozen=True)
class Cluster:
    """The workers of the scheduler at `address` (``tcp://host:8786``).

    Rows and results travel by way of the scheduler or, with a `scratch`, through a folder of shared storage: a URL
    that fsspec knows, or a path that every machine has. A range whose worker is lost is made again by another one.
    """

    address: str
    scratch: str = ""

    def map(self, task: Task, take: Take, count: int) -> Generator[tuple[int, Any], None, None]:
        """As `Workers.map`.

        Raises ProblemsError as `connect.connect` does and: RUN002 for a range whose workers were ended again and again,
        RUN013 when no workers are left, RUN014 when the scheduler has gone or drops the work.
        """
        run = f"cdisc-conv-{secrets.token_hex(8)}"
        job = Job(run, pack(task, by_name=False), describe_program())
        with connect(self.address) as client, share(client, self.scratch) as storage:
            try:
                yield from _Run(client, storage, job).map(task, take, count)
            finally:
                with suppress(OSError, TimeoutError):
                    if client.status == "running":
                        client.run(forget_run, run, on_error="ignore")


@dataclass(frozen=True)
class _Run:
    client: Client
    storage: Storage | None
    job: Job

    def map(self, task: Task, take: Take, count: int) -> Generator[tuple[int, Any], None, None]:
        held = self.client.submit(hold_job, self.job, key=self.job.run, pure=False)
        waiting: dict[Future, int] = {}
        numbers = iter(range(count))
        done = 0
        try:
            while done < count:
                ahead = _AHEAD * max(1, len(self.client.nthreads()))
                for number in islice(numbers, max(0, ahead - len(waiting))):
                    waiting[self._send(held, pack(take(number)), number)] = number
                for future in self._wait(waiting):
                    number = waiting[future]
                    parcel = self._receive(future, number, count)
                    del waiting[future]
                    done += 1
                    yield number, open_answer(parcel, task.study, number, count)
        except (CancelledError, OSError, RuntimeError) as error:
            if isinstance(error, CancelledError) or self.client.status != "running":
                raise ProblemsError([_describe_lost(waiting.values(), count)]) from error
            raise
        finally:
            if waiting and self.client.status == "running":
                with suppress(OSError, TimeoutError):
                    self.client.cancel([*waiting, held], force=True)

    def _send(self, held: Future, rows: bytes, number: int) -> Future:
        """Hand a range to the cluster, which has what it needs to make it again when a worker is lost."""
        import dask

        key = f"{self.job.run}-range-{number + 1}"
        if self.storage is None:
            with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TB"}):
                return self.client.submit(answer_range, held, rows, key=key, pure=False)
        name = f"rows-{number + 1}"
        self.storage.put(name, rows)
        return self.client.submit(answer_range, held, name, self.storage.url, key=key, pure=False)

    def _receive(self, future: Future, number: int, count: int) -> bytes:
        from distributed import KilledWorker

        try:
            found: bytes | str = future.result()
        except KilledWorker as error:
            message = f"the workers that made {name_range(number, count)} were ended, one after the other"
            hint = "is their memory used up? Ask for more --ranges, and look at their logs"
            problem = Problem("RUN002", f"{message}; nothing is written", hint=hint)
            raise ProblemsError([problem]) from error
        if self.storage is None or isinstance(found, bytes):
            return found  # type: ignore[return-value]
        parcel = self.storage.get(found)
        self.storage.drop(found)
        self.storage.drop(f"rows-{number + 1}")
        return parcel

    def _wait(self, waiting: Collection[Future]) -> Iterable[Future]:
        """Those that are done, at least one. Raises ProblemsError (RUN013) when nobody is left to work on them."""
        from distributed import wait

        alone_since = None
        while True:
            with suppress(TimeoutError), self.client.as_current():
                done: set[Future] = wait([*waiting], timeout=_LOOK_EVERY, return_when="FIRST_COMPLETED").done
                return done
            if self.client.nthreads():
                alone_since = None
                continue
            alone_since = alone_since or monotonic()
            if monotonic() - alone_since > WORKERS_WITHIN:
                message = f"the cluster has had no workers for {WORKERS_WITHIN:.0f} seconds; nothing is written"
                hint = "were they ended because their memory was used up? Ask for more --ranges"
                raise ProblemsError([Problem("RUN013", message, hint=hint)])


def _describe_lost(numbers: Iterable[int], count: int) -> Problem:
    message = f"the scheduler has gone, or has dropped the work, while {name_ranges(numbers, count)} were made"
    return Problem("RUN014", f"{message}; nothing is written", hint="look at its log, and run again")
