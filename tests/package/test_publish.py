"""A package on shared storage: made here, copied there, and told apart from one that was not copied whole."""

from __future__ import annotations

import json

import pytest

from cdisc_conv.package.listing import read_manifest
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
