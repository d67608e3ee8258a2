"""A connection to a Dask cluster, and whether it is one that can make ranges."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from socket import create_connection
from typing import TYPE_CHECKING, Any

from cdisc_conv.engine.workers.far import describe_program, describe_versions, list_differences, read_test
from cdisc_conv.engine.workers.storage import HINT, Storage, open_storage
from cdisc_conv.problems import Problem, ProblemsError

if TYPE_CHECKING:
    from distributed import Client

ANSWERS_WITHIN = 10.0
"""Seconds in which the scheduler has to answer."""
SHOWN = 3
"""Workers with other versions that a message names."""


def check_cluster(address: str) -> int:
    """The number of workers of a cluster that can make ranges. Raises as `connect`."""
    with connect(address) as client:
        return len(client.nthreads())


@contextmanager
def connect(address: str) -> Iterator[Client]:
    """A client of the scheduler at `address`, closed at the end of the block.

    Raises ProblemsError: RUN010 Dask is not installed, RUN011 there is no scheduler at the address, RUN012 the cluster
    has other versions than this machine, RUN013 it has no workers.
    """
    if find_spec("distributed") is None:
        hint = "pip install 'cdisc-conv[cluster]'"
        raise ProblemsError([Problem("RUN010", "--scheduler needs Dask, which is not installed", hint=hint)])
    _check_answers(address)
    from distributed import Client

    with _quiet():
        client = Client(address, timeout=ANSWERS_WITHIN, set_as_default=False, name="cdisc-conv")
        try:
            _check_programs(client)
            yield client
        finally:
            with suppress(Exception):  # it says how the connection ended, which is known by then
                client.close(timeout=ANSWERS_WITHIN)


@contextmanager
def share(client: Client, scratch: str) -> Iterator[Storage | None]:
    """A folder below `scratch` that all workers can read, removed at the end of the block; None without `scratch`.

    Raises ProblemsError (RUN015) when this machine or a worker cannot use it.
    """
    if not scratch:
        yield None
        return
    storage = open_storage(scratch if "://" in scratch else os.path.abspath(scratch))
    try:
        answers = client.run(read_test, storage.url, on_error="return")
        if wrong := [f"{worker}: {said}" for worker, said in sorted(answers.items()) if said]:
            message = f"workers of the cluster cannot read the scratch '{scratch}': {_shorten(wrong)}"
            raise ProblemsError([Problem("RUN015", message, hint=HINT)])
        yield storage
    finally:
        with suppress(Exception):  # each file system has errors of its own, and what ended the block says more
            storage.clear()


def _check_answers(address: str) -> None:
    """Ask the scheduler who it is, before anything is started that would go on asking."""
    from distributed.comm.addressing import get_address_host_port

    try:
        with create_connection(get_address_host_port(address), timeout=ANSWERS_WITHIN):
            pass  # Dask would try for long where nobody listens
        asyncio.run(_ask_versions(address))
    except ProblemsError:
        raise
    except Exception as error:  # whatever else may stand at an address
        said = "no answer" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
        message = f"there is no Dask scheduler at '{address}': {said}"
        hint = "give the address that `dask scheduler` prints, such as tcp://host:8786"
        raise ProblemsError([Problem("RUN011", message, hint=hint)]) from error


async def _ask_versions(address: str) -> None:
    """Raises ProblemsError when there are no workers, or they have another Python than here: it could not be asked more
    in our own code.
    """
    from distributed import Security, rpc

    arguments = Security().get_connection_args("client")
    async with rpc(address, timeout=ANSWERS_WITHIN, connection_args=arguments) as scheduler:
        async with asyncio.timeout(ANSWERS_WITHIN):
            if not (await scheduler.identity())["workers"]:
                hint = f"start some with `dask worker {address}`"
                raise ProblemsError([Problem("RUN013", f"the cluster at '{address}' has no workers", hint=hint)])
            found = await scheduler.broadcast(msg={"op": "versions", "packages": []}, on_error="ignore")
    here = dict(describe_program())["Python"]
    _check_same({"Python": here}, {worker: {"Python": _python_of(said)} for worker, said in found.items()})


def _python_of(versions: dict[str, Any]) -> str:
    return ".".join(str(versions["host"]["python"]).split(".")[:2])


def _check_programs(client: Client) -> None:
    def describe() -> dict[str, str]:  # sent as code, for our package may not be there at all
        try:
            from cdisc_conv.engine.workers.far import describe_program as describe_far
        except ImportError:
            return {}
        return dict(describe_far())

    here = dict(describe_program())
    found = client.run(describe, on_error="ignore")
    _check_same({"cdisc-conv": here["cdisc-conv"]}, found)
    _check_same(here, found)


def _check_same(here: dict[str, str], found: dict[str, dict[str, str]]) -> None:
    differences = {worker: list_differences(here, said) for worker, said in sorted(found.items())}
    if wrong := [f"{worker} has {', '.join(said)}" for worker, said in differences.items() if said]:
        raise ProblemsError([describe_versions(_shorten(wrong))])


def _shorten(said: list[str]) -> str:
    more = len(said) - SHOWN
    return "; ".join(said[:SHOWN]) + (f"; and {more} more" if more > 0 else "")


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask logs of lost connections what we report ourselves."""
    log = logging.getLogger("distributed")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)
