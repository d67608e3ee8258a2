"""Work on a second processor: the same result as here, and no copy of the process is left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from cdisc_conv import beside
from cdisc_conv.beside import make_beside
from cdisc_conv.problems import Problem, ProblemsError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only here a process can copy itself")


@pytest.fixture(autouse=True)
def two_processors(monkeypatch):
    """As on a machine with two, without the threads of the test runner."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})
    monkeypatch.setattr(threading, "enumerate", lambda: [threading.main_thread()])


def test_the_result_comes_from_another_process():
    with make_beside(lambda: (os.getpid(), {"a": [1, 2]})) as answer:
        number, made = answer()
    assert number != os.getpid()
    assert made == {"a": [1, 2]}


def test_a_result_longer_than_a_pipe_holds():
    with make_beside(lambda: "x" * 5_000_000) as answer:
        assert len(answer()) == 5_000_000


def test_what_goes_wrong_there_is_raised_where_the_result_is_asked_for():
    def fail():
        raise ProblemsError([Problem("DOC001", "no font")])

    with make_beside(fail) as answer, pytest.raises(ProblemsError, match="DOC001 no font"):
        answer()


def test_what_cannot_be_sent_is_made_here():
    with make_beside(lambda: (os.getpid(), lambda: 1)) as answer:
        assert answer()[0] == os.getpid()


def test_a_copy_that_the_system_ends_is_replaced_by_the_work_here():
    mine = os.getpid()

    def make():
        if os.getpid() != mine:
            os.kill(os.getpid(), signal.SIGKILL)
        return os.getpid()

    with make_beside(make) as answer:
        assert answer() == mine


def test_an_interruption_ends_the_copy(tmp_path):
    def work():
        (tmp_path / "pid").write_text(str(os.getpid()))
        (tmp_path / "ready").touch()
        time.sleep(60)

    def interrupt():
        with make_beside(work):
            while not (tmp_path / "ready").exists():
                time.sleep(0.001)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_ctrl_c_of_the_terminal_does_not_reach_the_copy(tmp_path, capfd):
    def work():
        os.kill(os.getpid(), signal.SIGINT)
        sys.stderr.write("written there")
        return "done"

    with make_beside(work) as answer:
        assert answer() == "done"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("cores", "threads"), [({0}, 0), ({0, 1}, 1)])
def test_one_processor_or_other_threads_make_it_here(monkeypatch, cores, threads):
    running = [threading.main_thread(), *(threading.Thread() for _ in range(threads))]
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: cores)
    monkeypatch.setattr(threading, "enumerate", lambda: running)
    assert not beside.can_copy()
    with make_beside(os.getpid) as answer:
        assert answer() == os.getpid()


KILLED = """
import multiprocessing, os, threading, time
from cdisc_conv.beside import make_beside
os.sched_getaffinity = lambda _pid: {0, 1}
with make_beside(lambda: "x" * 5_000_000):
    print(multiprocessing.active_children()[0].pid, flush=True)
    time.sleep(60)
"""


WORKER = """
import multiprocessing, os, time
from concurrent.futures import ProcessPoolExecutor
from cdisc_conv.beside import end_with_parent
pool = ProcessPoolExecutor(2, multiprocessing.get_context("spawn"), end_with_parent)
print(pool.submit(os.getpid).result(), flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("script", [KILLED, WORKER], ids=["copy", "worker"])
def test_what_works_for_a_process_that_is_killed_ends_with_it(script):
    """The result of the copy is longer than the pipe holds: it would wait for somebody who reads it."""
    original = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    with original:
        other = Path("/proc", original.stdout.readline().strip(), "stat")
        assert other.is_file()
        original.kill()
    end = time.monotonic() + 20
    while is_alive(other) and time.monotonic() < end:
        time.sleep(0.02)
    assert not is_alive(other)


def is_alive(stat):
    """Whether the process is there, and more than an entry that nobody has asked for."""
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
