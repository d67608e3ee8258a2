"""The package of a few simulated subjects, made once for all tests that read it, in whichever process they run.

Tests only read it: what one of them changes, it copies first.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cdisc_conv.engine.ranges.range import Division
from cdisc_conv.package.run import run_study, simulate_raw

if sys.platform != "win32":
    import fcntl

STUDY = "hope2021_thal_agc"
SUBJECTS = 8
SEED = 1
FORMATS = ("json", "ndjson", "dsjc")


def find_shared_folder(factory: pytest.TempPathFactory, config: pytest.Config) -> Path:
    """A folder that all processes of this run of the suite know: under pytest-xdist each has its own inside it."""
    own = factory.getbasetemp()
    return own.parent if hasattr(config, "workerinput") else own


def make_demo_package(shared: Path) -> Path:
    """A folder with `raw`, the export of some subjects of the shipped study, and `out`, its package in one range."""
    folder = shared / "shared-demo"
    with _one_at_a_time(shared / "shared-demo.lock"):
        if not (folder / "out").exists():
            simulate_raw(STUDY, SUBJECTS, SEED, folder / "raw")
            run_study(STUDY, folder / "raw", folder / "out", formats=FORMATS, division=Division(1))
    return folder


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Wait until no other process is inside the block; Windows does without, and run_study refuses a second writer."""
    with path.open("w") as lock:
        if sys.platform != "win32":
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
