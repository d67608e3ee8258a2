"""What all tests share."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from cdisc_conv.keeping import VARIABLE as CACHE
from cdisc_conv.standards.store import VARIABLE

# What a person imported on this machine is not for the tests, nor what runs kept on it.
os.environ[VARIABLE] = os.path.join(tempfile.gettempdir(), f"cdisc-conv-tests-{os.getpid()}")
os.environ[CACHE] = ""

# A suite that is started in the background ignores Ctrl-C or the end of its terminal, and so would the programs that
# tests start and interrupt.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def demo_package(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The folder of `shared_packages`: `raw` and `out` of a few subjects of the shipped study; only to be read."""
    from shared_packages import find_shared_folder, make_demo_package

    return make_demo_package(find_shared_folder(tmp_path_factory, request.config))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share tests out by file, unless `--dist` asks for something else."""
    from schedule import ByFile

    return ByFile(config, log) if config.getoption("dist") == "load" else None


# How long one example takes says how busy the machine is, not whether a law holds.
settings.register_profile("laws", deadline=None)
settings.load_profile("laws")
