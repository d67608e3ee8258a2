"""Outputs appear in one step; what a killed process leaves is put in order by the next, and nothing else is touched."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from studies import read_tree

from cdisc_conv import workplace
from cdisc_conv.package.writing.staging import stage_folder
from cdisc_conv.problems import ProblemsError
from cdisc_conv.workplace import list_placed, open_workplace, recover, replace_file

WRITER = """\
import json, os, signal, sys
from pathlib import Path
from cdisc_conv import workplace
from cdisc_conv.package.writing.staging import stage_folder

out, step, number, ending = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
calls = []

def end_at(name, module):
    done = getattr(module, name)
    def call(*arguments, **options):
        calls.append(name)
        if step == name and calls.count(name) == number:
            os.kill(os.getpid(), getattr(signal, ending))
        return done(*arguments, **options)
    setattr(module, name, call)

end_at("mkdir", Path)
end_at("write_text", Path)
end_at("replace", os)
end_at("rmtree", workplace.shutil)
with stage_folder(out, {}) as stage:
    (stage / "sdtm").mkdir()
    (stage / "sdtm" / "dm.xpt").write_text("new")
    text = json.dumps({"tool": {"name": "cdisc-conv"}, "outputs": [{"path": "sdtm/dm.xpt"}]})
    (stage / "manifest.json").write_text(text)
print("written")
"""

STEPS = [
    ("mkdir", 1),
    ("mkdir", 2),
    ("mkdir", 3),
    ("write_text", 1),
    ("write_text", 2),
    ("replace", 1),
    ("replace", 2),
    ("rmtree", 1),
]


def write(out: Path, step: str = "never", number: int = 1, ending: str = "SIGKILL") -> subprocess.CompletedProcess[str]:
    """Write an output in a process of its own, which ends by a signal right before a step."""
    arguments = [sys.executable, "-c", WRITER, str(out), step, str(number), ending]
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


def leave_half_way(out: Path) -> Path:
    """The workplace of a process that was killed between the two renames; what it was to replace stands in ``old``."""
    token = "0123456789abcdef"
    folder = out.with_name(f".{out.name}.cdisc-conv-{token}{workplace._check_sum(token, out)}")
    (folder / "new").mkdir(parents=True)
    (folder / "lock").touch()
    if out.exists():
        out.rename(folder / "old")
    return folder


@pytest.mark.parametrize(("step", "number"), STEPS)
@pytest.mark.parametrize("ending", ["SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"])
def test_a_process_that_is_ended_at_any_step(tmp_path, step, number, ending):
    out = tmp_path / "out"
    assert write(out).stdout == "written\n"
    (out / "sdtm" / "dm.xpt").write_text("old")
    ended = write(out, step, number, ending)
    assert ended.returncode != 0
    recover(out)
    replaced = step == "rmtree" or (step == "replace" and ending != "SIGKILL")
    assert (out / "sdtm" / "dm.xpt").read_text() == ("new" if replaced else "old")
    assert write(out).stdout == "written\n"
    assert list(tmp_path.iterdir()) == [out]


def test_a_command_that_reads_the_output_puts_it_back(tmp_path):
    out = tmp_path / "out"
    write(out)
    write(out, "replace", 2)
    recover(out / "sdtm" / "dm.xpt")
    assert (out / "sdtm" / "dm.xpt").read_text() == "new"
    recover(tmp_path / "nothing" / "there")


def test_the_next_run_says_what_it_put_back(tmp_path):
    out = tmp_path / "out"
    write(out)
    assert write(out, "replace", 2).returncode == -signal.SIGKILL
    assert not out.exists()
    said = f"an earlier run was killed while it replaced '{out}'; what was there before is back\n"
    assert write(out).stderr == said
    assert write(out).stderr == ""


def test_the_old_output_is_kept_where_something_else_came_to_its_place(tmp_path, caplog):
    out = tmp_path / "out"
    out.mkdir()
    (out / "dm.xpt").write_text("old")
    folder = leave_half_way(out)
    out.mkdir()
    with open_workplace(out):
        pass
    assert read_tree(folder) == {"lock": b"", "old/dm.xpt": b"old"}
    assert caplog.messages == [
        f"what '{out}' was before an earlier run was killed is kept in '{folder / 'old'}'; "
        "delete that when you do not need it"
    ]


@pytest.mark.parametrize(
    "name",
    [
        ".out.partial-1234",
        ".out.previous",
        ".out.cdisc-conv-0123456789abcdef01234567",
        ".out.cdisc-conv-",
        ".out",
        "out.old",
    ],
)
def test_a_folder_that_is_not_ours_stays_whatever_it_is_called(tmp_path, name):
    (tmp_path / name / "old").mkdir(parents=True)
    (tmp_path / name / "old" / "mine.txt").write_text("mine")
    (tmp_path / name / "new").mkdir()
    recover(tmp_path / "out")
    assert not (tmp_path / "out").exists()
    write(tmp_path / "out")
    write(tmp_path / "out")
    assert (tmp_path / name / "old" / "mine.txt").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["out", name])


def test_a_workplace_that_somebody_put_something_into_is_left_alone(tmp_path):
    folder = leave_half_way(tmp_path / "out")
    (folder / "mine.txt").write_text("mine")
    write(tmp_path / "out")
    assert (folder / "mine.txt").read_text() == "mine"


def test_links_are_no_workplaces(tmp_path):
    folder = leave_half_way(tmp_path / "out")
    folder.rename(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "old").mkdir()
    folder.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    write(tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "elsewhere").iterdir()) == ["lock", "new", "old"]


def test_two_runs_at_once(tmp_path):
    out = tmp_path / "out"
    with stage_folder(out, {}) as stage:
        (stage / "manifest.json").write_text("{}")
        with pytest.raises(ProblemsError) as caught, stage_folder(out, {}):
            raise AssertionError("must not begin")
        assert "PKG014" in write(out).stderr
    assert str(caught.value) == (
        f"PKG014 another run of cdisc-conv is writing '{out}' at this moment "
        "(wait until it has ended, or choose another output)"
    )
    assert read_tree(tmp_path) == {"out/manifest.json": b"{}"}


def test_a_workplace_is_private_and_its_name_is_not_to_be_guessed(tmp_path):
    names = set()
    for _ in range(2):
        with open_workplace(tmp_path / "out") as folder:
            assert folder.stat().st_mode & 0o077 == 0
            names.add(folder.name)
    assert len(names) == 2


def test_ctrl_c_waits_for_the_second_rename(tmp_path, monkeypatch):
    out = tmp_path / "out"
    write(out)
    replace = os.replace
    seen = []

    def interrupt(source, target):
        seen.append(source)
        signal.raise_signal(signal.SIGINT)
        replace(source, target)

    workplace.forget_placed()
    monkeypatch.setattr(workplace.os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt), stage_folder(out, {}) as stage:
        (stage / "manifest.json").write_text("{}")
    assert len(seen) == 2
    assert list_placed() == (out,)
    assert read_tree(tmp_path) == {"out/manifest.json": b"{}"}


def test_what_cannot_be_put_back_at_once_is_put_back_later(tmp_path, monkeypatch):
    out = tmp_path / "out"
    write(out)
    replace = os.replace
    answers = iter([replace])

    def fail_after_the_first(source, target):
        next(answers, _refuse)(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(workplace.os, "replace", fail_after_the_first)
        with pytest.raises(PermissionError), stage_folder(out, {}) as stage:
            (stage / "manifest.json").write_text("{}")
    assert not out.exists()
    recover(out)
    assert (out / "sdtm" / "dm.xpt").read_text() == "new"


def _refuse(source, target):
    raise PermissionError(errno.EACCES, "in use")


def _write_until_the_disk_is_full(path: Path) -> None:
    path.write_text("a beginning")
    with Path("/dev/full").open("wb", buffering=0) as device:
        device.write(b"x")


def test_a_file_is_replaced_when_it_is_complete(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("old")
    with pytest.raises(OSError) as full, replace_file(path) as new:
        _write_until_the_disk_is_full(new)
    assert full.value.filename == str(path)
    assert read_tree(tmp_path) == {"page.html": b"old"}
    with replace_file(path) as new:
        new.write_text("new")
    assert read_tree(tmp_path) == {"page.html": b"new"}


def test_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "page.html").symlink_to("precious")
    with replace_file(tmp_path / "page.html") as new:
        new.write_text("new")
    assert read_tree(tmp_path) == {"page.html": b"new", "precious": b"mine"}


def test_a_device_gets_the_bytes_and_stays_a_device():
    with replace_file(Path("/dev/null")) as new:
        new.write_text("gone")
    assert Path("/dev/null").is_char_device()


def test_a_full_disk_while_the_old_output_stands(tmp_path):
    put = tmp_path / "out"
    write(put)
    before = read_tree(tmp_path)
    with pytest.raises(OSError) as full, stage_folder(put, {}) as stage:
        _write_until_the_disk_is_full(stage / "dm.xpt")
    assert (full.value.errno, full.value.filename) == (errno.ENOSPC, str(put))
    assert read_tree(tmp_path) == before
