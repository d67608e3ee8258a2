"""docs/tutorial.md as a reader follows it: its files are written, its commands run, and it shows what comes out."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cdisc_conv.cli import app
from cdisc_conv.keeping import VARIABLE
from cdisc_conv.resources import shipped

PAGE = Path(__file__).parents[2] / "docs" / "tutorial.md"
STEPS = re.findall(r"^```(console|yaml|text)\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, str]]:
    """Every command with its exit code as text and its output, and every expected output with what came before it."""
    folder = tmp_path_factory.mktemp("tutorial")
    shutil.copytree(shipped("mappings") / "examples", folder / "mappings" / "examples")
    found: list[tuple[str, str, str]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv(VARIABLE, str(folder / "cache"))
        patch.setenv("COLUMNS", "160")
        for kind, text in STEPS:
            if kind == "yaml":
                path = folder / text.partition("\n")[0].removeprefix("# ")
                path.write_text(text, encoding="utf-8")
            elif kind == "text":
                found.append(("expected", text, found[-1][2]))
            else:
                outputs = []
                for line in text.splitlines():
                    words = shlex.split(line.removeprefix("$ cdisc-conv "))
                    result = CliRunner().invoke(app, words)
                    outputs.append(result.stdout)
                    found.append((line, str(result.exit_code), "".join(outputs)))
    return found


def test_every_command_does_what_it_can(shown: list[tuple[str, str, str]]) -> None:
    codes = {line: code for line, code, _ in shown if line != "expected"}
    assert {line: code for line, code in codes.items() if code == "2"} == {}
    clean = ("lint", "preview", "explain", "trace")
    assert {line: code for line, code in codes.items() if line.split()[2] in clean and code != "0"} == {}


def test_what_the_page_shows_is_what_is_printed(shown: list[tuple[str, str, str]]) -> None:
    for _, expected, output in (one for one in shown if one[0] == "expected"):
        printed = [" ".join(line.split()) for line in output.splitlines()]
        for line in expected.splitlines():
            words = " ".join(line.split())
            assert any(words in one for one in printed), f"{words!r} is not in\n{output}"


def test_one_kind_of_error_is_left(shown: list[tuple[str, str, str]]) -> None:
    output = next(text for line, _, text in shown if " run " in line)
    errors = re.findall(r"\b([A-Z]+[0-9]{3}) ", re.split(r"(?m)^\d+ \w+:$", output)[1])
    assert errors == ["VAR002"]
    assert re.findall(r"^(DM|AE|EX|DS) +(\d+)", output, re.MULTILINE) == [
        ("DM", "4"),
        ("EX", "3"),
        ("AE", "3"),
        ("DS", "4"),
    ]
