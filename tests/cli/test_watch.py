"""cdisc-conv run --watch: again after each change, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from studies import edit, write_tiny_raw, write_tiny_study

from cdisc_conv.keeping import VARIABLE
from cdisc_conv.package.kept.inputs import Request
from cdisc_conv.package.kept.watch import watch_inputs

WAITING = "waiting for a change of the mapping or the data; Ctrl-C ends\n"


@pytest.fixture
def watching(tmp_path) -> Iterator[subprocess.Popen]:
    """The command in a process of its own, in a folder with a study and its export."""
    write_tiny_study(tmp_path)
    write_tiny_raw(tmp_path)
    command = [sys.executable, "-m", "cdisc_conv", "run", "tiny", "--raw", "raw", "--out", "out", "--watch"]
    environment = {**os.environ, VARIABLE: str(tmp_path / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def read_run(process: subprocess.Popen) -> list[str]:
    """What a run says on stderr until it waits, beside its steps."""
    assert process.stderr is not None
    said: list[str] = []
    while (line := process.stderr.readline()) != WAITING:
        assert line, said  # it has ended
        said.append(line)
    return [line.rstrip() for line in said if not line.startswith("[")]


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_it_runs_again_after_each_change_and_ends_on_ctrl_c(watching, tmp_path):
    assert read_run(watching) == []
    edit(tmp_path / "tiny" / "sdtm" / "dm.yaml", "{constant: CHN}", "{constant: DEU}")
    changed, again, *rest = read_run(watching)
    assert changed == "changed since the last run: tiny/sdtm/dm.yaml"
    assert again.startswith("described again: 1 of 2 datasets (DM); checked again: ")
    assert again.endswith("; written again: 1 of 3 files (sdtm/dm.xpt)")
    assert rest == ["made again: 1 of 48 variables (DM.COUNTRY); the rest is as before"]
    edit(tmp_path / "tiny" / "sdtm" / "dm.yaml", "{constant: DEU}", "{constnat: DEU}")
    assert "dm.yaml" in "".join(read_run(watching))  # a mapping with an error is reported, and waited for
    edit(tmp_path / "tiny" / "sdtm" / "dm.yaml", "{constnat: DEU}", "{constant: DEU}")
    assert read_run(watching)[-1].startswith("nothing changed since")
    watching.send_signal(signal.SIGINT)
    assert watching.stderr.read() == "no longer waiting\n"
    assert watching.wait() == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "out", "raw", "tiny"]


def watch(folder: Path, run, said: list[str], monkeypatch: pytest.MonkeyPatch, *, fresh: bool = False) -> int:
    """Watch a study in this process; Ctrl-C comes where it would wait for the tenth time."""
    pauses = iter(range(10))

    def sleep(seconds: float) -> None:
        if next(pauses, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr("cdisc_conv.package.kept.watch.time.sleep", sleep)
    return watch_inputs(Request("tiny", folder / "out", folder / "raw"), run, said.append, fresh=fresh)


def test_what_is_saved_while_it_runs_and_layers_beside_the_study_count_and_only_the_first_run_is_fresh(
    tmp_path, monkeypatch
):
    write_tiny_study(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "library").mkdir()
    runs: list[bool] = []

    def run(fresh: bool) -> int:
        runs.append(fresh)
        if len(runs) == 1:
            (tmp_path / "library" / "people.yaml").write_text("variables: {}\n")
        if len(runs) == 2:
            (tmp_path / "raw").mkdir()
            (tmp_path / "raw" / "dm.csv").write_text("SUBJID\n")
        return len(runs)

    said: list[str] = []
    assert watch(tmp_path, run, said, monkeypatch, fresh=True) == 3
    assert runs == [True, False, False]
    assert said == [*[WAITING.rstrip()] * 3, "no longer waiting"]


def test_ctrl_c_in_the_middle_of_a_run_is_raised(tmp_path, monkeypatch):
    def run(fresh: bool) -> int:
        raise KeyboardInterrupt

    said: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        watch(tmp_path, run, said, monkeypatch)
    assert said == []
