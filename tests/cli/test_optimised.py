"""Python drops assertions and docstrings when it is told to; commands, help and catalogue stay as they are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from studies import write_tiny_raw, write_tiny_study

import cdisc_conv

PROGRAM = "from cdisc_conv.cli.app import main; main()"


def run(folder: Path, level: str, *arguments: str) -> tuple[int, str]:
    environment = {
        **os.environ,
        "PYTHONOPTIMIZE": level,
        "PYTHONPATH": str(Path(cdisc_conv.__file__).parent.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "COLUMNS": "100",
    }
    command = [sys.executable, "-c", PROGRAM, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_a_run_without_docstrings_and_assertions(tmp_path):
    write_tiny_study(tmp_path)
    write_tiny_raw(tmp_path)
    code, printed = run(tmp_path, "2", "run", "tiny", "--raw", "raw", "--out", "out")
    assert (code, printed.splitlines()[-1]) == (0, "report: out/report/index.html")
    assert (tmp_path / "out" / "sdtm" / "define.xml").is_file()


def test_the_catalogue_and_the_help_are_the_same_without_docstrings(tmp_path):
    for arguments in (("catalogue", "study_day"), ("trace", "--help")):
        code, printed = run(tmp_path, "2", *arguments)
        assert (code, printed) == run(tmp_path, "", *arguments)
        assert code == 0
        assert len(printed) > 500
