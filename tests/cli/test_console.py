"""What is printed: findings by code, progress, and to readers that stop reading."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cdisc_conv.cli.printing import progress
from cdisc_conv.cli.printing.findings import print_codes
from cdisc_conv.problems import Place, Problem, Severity


def test_one_line_per_code_causes_first_and_the_finding_about_the_most_values(capsys):
    problems = [
        Problem("ACC002", "nobody reads it", Severity.WARNING, Place(form="ae", field="AEX")),
        *(
            Problem("GIVEN003", f"AE has no {name}", place=Place(dataset="AE", variable=name), count=count)
            for name, count in (("AESER", 1), ("AETERM", 7), ("AESEV", 2))
        ),
        Problem("GIVEN002", "AE has no file", hint="put it there"),
        Problem("ADAE001", "no records", place=Place(dataset="ADAE")),
    ]
    assert print_codes(problems)
    assert capsys.readouterr().out.splitlines() == [
        "5 errors:",
        "  AE.AETERM: GIVEN003 AE has no AETERM ... and 2 more findings of GIVEN003",
        "  GIVEN002 AE has no file (put it there)",
        "  ADAE: ADAE001 no records",
        "1 warning:",
        "  form ae.AEX: ACC002 nobody reads it",
    ]
    assert not print_codes(problems[:1])


def test_rows_are_named_once():
    assert str(Place(form="vs", rows=(3, 3, 5, 3, 6))) == "form vs rows 3, 5, 6"


def test_progress_without_a_terminal_is_a_line_every_few_seconds(capsys, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    started = []

    class Timer:
        daemon = False

        def __init__(self, pause, action):
            started.append((pause, action))

        def start(self):
            pass

        def cancel(self):
            pass

    monkeypatch.setattr(progress.threading, "Timer", Timer)
    with progress.show_progress() as show:
        show("one")
        now[0] += 1
        show("two")
        now[0] += 1
        show("three")
        assert [pause for pause, _ in started] == [4.0]
        now[0] += 3
        started[0][1]()
        now[0] += 5
        show("four")
        show("five")
    started[1][1]()
    assert capsys.readouterr().err.splitlines() == ["[   0.0 s] one", "[   2.0 s] three", "[  10.0 s] four"]


def test_progress_in_a_terminal_is_a_line_per_step(capsys, monkeypatch):
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: True)
    with progress.show_progress() as show:
        for step in ("one", "two"):
            show(step)
    assert [line.partition("] ")[2] for line in capsys.readouterr().err.splitlines()] == ["one", "two"]


@pytest.mark.parametrize("arguments", [("catalogue",), ("explain", "hope2021_thal_agc", "AE.AESTDY")])
def test_a_reader_that_stops_reading_is_no_failure(arguments):
    code = (
        "import os, sys\n"
        "read, write = os.pipe()\n"
        "os.close(read)\n"
        "os.dup2(write, 1)\n"
        "from cdisc_conv.cli import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
