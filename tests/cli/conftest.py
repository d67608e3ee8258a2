from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from studies import write_tiny_raw, write_tiny_study
from typer.testing import CliRunner, Result

from cdisc_conv.cli import app

Cli = Callable[..., Result]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line, run inside the test's folder, where `tiny` is the study and `raw` its export."""
    write_tiny_study(tmp_path)
    write_tiny_raw(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [str(argument) for argument in arguments])
