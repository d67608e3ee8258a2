"""A package on shared storage: made here, copied there, and told apart from one that was not copied whole."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys

import pytest

from cdisc_conv.package.listing import read_manifest
from cdisc_conv.package.writing.claim import claim
from cdisc_conv.package.writing.publish import publish
from cdisc_conv.problems import ProblemsError

local = pytest.importorskip("fsspec.implementations.local")


def write_package(folder, **files):
    outputs = [{"path": name.replace("_", "/")} for name in files]
    for name, text in files.items():
        path = folder / name.replace("_", "/")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (folder / "manifest.json").write_text(json.dumps({"tool": {"name": "cdisc-conv"}, "outputs": outputs}))


def read_folder(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def test_a_package_takes_the_place_of_the_earlier_one(tmp_path):
    out = tmp_path / "out"
    with publish(out.as_uri()) as folder:
        write_package(folder, sdtm_ae="old", sdtm_dm="old")
        assert not out.exists()
    assert read_folder(out) == {"sdtm/ae": "old", "sdtm/dm": "old"}
    with publish(out.as_uri()) as folder:
        assert [entry["path"] for entry in read_manifest(folder)["outputs"]] == ["sdtm/ae", "sdtm/dm"]
        write_package(folder, sdtm_ae="new", adam_adsl="new")
    assert read_folder(out) == {"sdtm/ae": "new", "adam/adsl": "new"}
    assert [entry["path"] for entry in read_manifest(out)["outputs"]] == ["sdtm/ae", "adam/adsl"]


def test_a_run_that_fails_changes_nothing(tmp_path):
    out = tmp_path / "out"
    with publish(out.as_uri()) as folder:
        write_package(folder, sdtm_ae="old")
    folders = []

    def fail(folder):
        folders.append(folder)
        write_package(folder, sdtm_ae="new")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), publish(out.as_uri()) as folder:
        fail(folder)
    assert read_folder(out) == {"sdtm/ae": "old"}
    assert not folders[0].exists()


def test_a_copy_that_fails_is_made_whole_by_the_next_run(tmp_path, monkeypatch):
    out = tmp_path / "out"
    with publish(out.as_uri()) as folder:
        write_package(folder, sdtm_ae="old", sdtm_dm="old")
    put = local.LocalFileSystem.put_file

    def refuse(self, source, target, **rest):
        if target.endswith("adsl"):
            raise OSError("the bucket is full")
        put(self, source, target, **rest)

    monkeypatch.setattr(local.LocalFileSystem, "put_file", refuse)
    with pytest.raises(ProblemsError) as caught, publish(out.as_uri()) as folder:
        write_package(folder, sdtm_ae="new", adam_adsl="new")
    assert str(caught.value) == (
        f"PKG025 the output '{out.as_uri()}' cannot be used: the bucket is full "
        "(give a URL that fsspec knows, such as s3://bucket/package, and run again)"
    )
    monkeypatch.undo()
    with publish(out.as_uri()) as folder:
        write_package(folder, sdtm_ae="newer")
    assert read_folder(out) == {"sdtm/ae": "newer"}


def test_a_place_that_holds_something_else(tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(ProblemsError) as caught, publish(tmp_path.as_uri()):
        pass
    assert str(caught.value) == (
        f"PKG003 the output '{tmp_path.as_uri()}' is not empty, and no earlier run of cdisc-conv made it "
        "(choose a new place, or empty this one)"
    )


def test_a_url_of_an_unknown_kind():
    with pytest.raises(ProblemsError) as caught, publish("tape://reel/package"):
        pass
    assert caught.value.problems[0].message == (
        "the output 'tape://reel/package' cannot be used: Protocol not known: tape"
    )


def test_a_second_run_is_refused_while_the_first_one_writes(tmp_path):
    out = tmp_path / "out"
    with publish(out.as_uri()) as folder:
        write_package(folder, sdtm_ae="first")
        with pytest.raises(ProblemsError) as caught, publish(out.as_uri()):
            pass
    (problem,) = caught.value.problems
    said = re.sub(r"process \d+ on \S+, since [-0-9]+ [:0-9]+", "WHO", str(problem))
    assert said == (
        f"PKG014 another run of cdisc-conv is writing '{out.as_uri()}' at this moment (WHO) (wait until it has "
        f"ended, or choose another output; if it was killed, delete {(tmp_path / '.out.cdisc-conv-writing').as_uri()})"
    )
    assert read_folder(out) == {"sdtm/ae": "first"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    with publish(out.as_uri()) as folder:
        write_package(folder, sdtm_ae="second")
    assert read_folder(out) == {"sdtm/ae": "second"}


def test_the_mark_of_a_process_that_is_gone_is_removed(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    said = {"host": socket.gethostname(), "process": ended.pid, "since": 0, "token": "a"}
    (tmp_path / ".out.cdisc-conv-writing").write_text(json.dumps(said))
    with publish((tmp_path / "out").as_uri()) as folder:
        write_package(folder, sdtm_ae="new")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("content", ['{"host": "elsewhere", "process": 1, "since": 0, "token": "a"}', "not json", "[]"])
def test_the_mark_of_another_machine_stays(tmp_path, content):
    mark = tmp_path / ".out.cdisc-conv-writing"
    mark.write_text(content)
    with pytest.raises(ProblemsError, match="PKG014"), publish((tmp_path / "out").as_uri()):
        pass
    assert mark.read_text() == content


def test_nothing_is_left_of_a_run_that_is_interrupted(tmp_path):
    with pytest.raises(KeyboardInterrupt), publish((tmp_path / "out").as_uri()):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_bucket_as_a_whole_holds_the_mark_itself():
    memory = pytest.importorskip("fsspec").filesystem("memory")
    with claim(memory, "/bucket", "memory://bucket"):
        assert memory.ls("/bucket", detail=False) == ["/bucket/.cdisc-conv-writing"]
    assert not memory.exists("/bucket/.cdisc-conv-writing")
