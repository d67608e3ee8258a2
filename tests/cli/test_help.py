"""Help: every command has an example, the page in docs/ is up to date, and the start is quick."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from cdisc_conv import __version__
from cdisc_conv.cli.app import COMMANDS, GROUPS
from cdisc_conv.cli.document import PAGE, render_page

NAMES = [
    *(command.__name__ for command in COMMANDS),
    *(command.__name__.replace("_", " ", 1) for _, commands in GROUPS.values() for command in commands),
]
HEAVY = ("pandas", "numpy", "pyarrow", "pydantic", "lxml", "rich", "jinja2", "yaml")


@pytest.mark.parametrize("command", NAMES)
def test_every_command_has_help_with_an_example(cli, command):
    result = cli(*command.split(), "--help")
    assert result.exit_code == 0
    assert "\n  Example:\n    cdisc-conv " in result.stdout


def test_no_arguments_show_the_help(cli):
    assert "Commands:" in cli().output


def test_version(cli):
    result = cli("--version")
    assert (result.exit_code, result.stdout) == (0, f"cdisc-conv {__version__}\n")


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == render_page(), "run: python -m cdisc_conv.cli.document"


@pytest.mark.parametrize("command", NAMES)
def test_the_page_names_options_as_they_are_typed(cli, command):
    section = PAGE.read_text(encoding="utf-8").partition(f"## {command}\n")[2].partition("\n## ")[0]
    usage = section.partition("```\n")[2].partition("\n```")[0]
    shown = cli(*command.split(), "--help").stdout
    options = re.findall(r"--[a-z_-]+", usage)
    assert all(re.search(rf"{option}\b", shown) for option in options)
    assert not any("_" in option for option in options)


def test_options_of_compare_are_read_as_the_page_has_them(cli, tmp_path):
    (tmp_path / "a.csv").write_text("A,B\n1,x\n")
    (tmp_path / "b.csv").write_text("A,B\n1,X \n")
    options = ("--keys", "A", "--ignore-case", "--no-trim", "--max", "3")
    assert cli("compare", "a.csv", "b.csv", *options).exit_code == 1
    assert cli("compare", "a.csv", "b.csv", *options, "--trim").exit_code == 0


def test_it_runs_as_a_module():
    done = subprocess.run([sys.executable, "-m", "cdisc_conv", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"cdisc-conv {__version__}\n"


def test_shells_complete_commands_options_and_studies(tmp_path, monkeypatch):
    (tmp_path / "hopeful").mkdir()

    def complete(line: str) -> list[str]:
        words = {"_CDISC_CONV_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
        code = "import sys; sys.argv[0] = 'cdisc-conv'; from cdisc_conv.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path,
            env={**os.environ, **words},
        )  # fmt: skip
        return done.stdout.split()

    assert complete("cdisc-conv comp") == ["compare"]
    assert complete("cdisc-conv run tiny --d") == ["--datasets"]
    assert complete("cdisc-conv lint hope") == ["hope2021_thal_agc", "hopeful/"]


def test_help_imports_nothing_heavy():
    # What keeps the start under 0.4 s is what is not imported; a clock would only measure the machine.
    code = f"import sys, cdisc_conv.cli.app; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_console_of_an_old_code_page_does_not_end_the_program():
    code = (
        "import typer; from cdisc_conv.cli import main; main.__globals__['app'] = lambda: typer.echo('≥ 3 µg'); main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONIOENCODING": "cp437", "PATH": ""}
    )
    assert done.stdout.splitlines() == ["≥ 3 µg".encode("cp437")]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONIOENCODING": "cp1252", "PATH": ""}
    )
    assert done.stdout.splitlines() == ["? 3 µg".encode("cp1252")]
