"""The output folder is replaced in one step, or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
from pathlib import Path

import pytest
from studies import read_tree

from cdisc_conv import workplace
from cdisc_conv.columns.stored import IN_MEMORY, Shelf
from cdisc_conv.package.listing import find_foreign_files
from cdisc_conv.package.writing.staging import check_target, name_full_scratch, open_scratch, stage_folder
from cdisc_conv.problems import ProblemsError


def fill(folder: Path, words: str) -> None:
    """A package of ours with one file in a folder."""
    (folder / "sdtm").mkdir()
    (folder / "sdtm" / "dm.xpt").write_text(words)
    manifest = {"tool": {"name": "cdisc-conv"}, "outputs": [{"path": "sdtm/dm.xpt"}]}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def fill_and_raise(folder: Path, failure: BaseException) -> None:
    fill(folder, "new")
    raise failure


@pytest.fixture
def out(tmp_path):
    with stage_folder(tmp_path / "out", {}) as stage:
        fill(stage, "old")
    return tmp_path / "out"


def test_a_new_folder_with_its_parents(tmp_path):
    with stage_folder(tmp_path / "a" / "b" / "out", {}) as stage:
        assert stage.parent.parent == tmp_path / "a" / "b"
        fill(stage, "new")
    assert sorted(read_tree(tmp_path)) == ["a/b/out/manifest.json", "a/b/out/sdtm/dm.xpt"]


def test_a_package_is_replaced_as_a_whole(out, tmp_path):
    with stage_folder(out, {}) as stage:
        (stage / "manifest.json").write_text("{}")
        assert read_tree(out)["sdtm/dm.xpt"] == b"old"
    assert read_tree(tmp_path) == {"out/manifest.json": b"{}"}
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    "failure", [ValueError("no"), OSError(errno.ENOSPC, "full"), KeyboardInterrupt(), SystemExit(1)]
)
def test_whatever_is_raised_changes_nothing(out, tmp_path, failure):
    before = read_tree(tmp_path)
    with pytest.raises(type(failure)), stage_folder(out, {}) as stage:
        fill_and_raise(stage, failure)
    assert read_tree(tmp_path) == before
    assert list(tmp_path.iterdir()) == [out]


def test_errors_of_the_disk_name_the_output_folder(out):
    with pytest.raises(OSError) as full, stage_folder(out, {}):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert full.value.filename == str(out)
    with pytest.raises(OSError) as refused, stage_folder(out, {}) as stage:
        (stage / "sdtm" / "dm.xpt").write_text("there is no such folder")
    assert refused.value.filename == str(out / "sdtm" / "dm.xpt")


def test_parents_made_for_nothing_are_removed(tmp_path):
    with pytest.raises(ValueError), stage_folder(tmp_path / "a" / "b" / "out", {}):
        raise ValueError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("failing", [1, 2])
@pytest.mark.parametrize("failure", [PermissionError(errno.EACCES, "in use"), KeyboardInterrupt()])
def test_a_rename_that_fails_is_rolled_back(out, tmp_path, monkeypatch, failing, failure):
    before = read_tree(tmp_path)
    calls = []

    def replace(source, target):
        calls.append(source)
        if len(calls) == failing:
            raise failure
        os.rename(source, target)

    monkeypatch.setattr(workplace.os, "replace", replace)
    with pytest.raises(type(failure)), stage_folder(out, {}) as stage:
        fill(stage, "new")
    assert read_tree(tmp_path) == before
    assert list(tmp_path.iterdir()) == [out]


def messages(target, apart_from=()):
    return [f"{problem.code} {problem.message} ({problem.hint})" for problem in check_target(target, dict(apart_from))]


@pytest.mark.parametrize(
    ("target", "relation"),
    [("raw", "is"), ("raw/out", "lies inside"), (".", "lies above"), ("raw/../raw/x", "lies inside")],
)
def test_the_output_stands_apart_from_what_is_read(tmp_path, target, relation):
    (tmp_path / "raw").mkdir()
    assert messages(tmp_path / target, {"raw folder": tmp_path / "raw"}) == [
        f"PKG001 the output folder '{(tmp_path / target).resolve()}' {relation} the raw folder '{tmp_path / 'raw'}' "
        "(the output folder is replaced as a whole: choose one that stands apart)"
    ]


def test_a_file_is_no_output_folder(tmp_path):
    (tmp_path / "out").write_text("")
    assert messages(tmp_path / "out") == [
        f"PKG002 the output folder '{tmp_path / 'out'}' is a file (choose another name)"
    ]


def test_foreign_files_would_be_lost(out):
    (out / "notes.txt").write_text("mine")
    (out / "sdtm" / "Thumbs.db").write_text("not mine")
    assert find_foreign_files(out) == ["notes.txt"]
    assert messages(out) == [
        f"PKG003 the output folder '{out}' holds files that cdisc-conv did not write: notes.txt "
        "(they would be lost: move them elsewhere, or choose a new folder)"
    ]
    with pytest.raises(ProblemsError), stage_folder(out, {}):
        raise AssertionError("must not begin")
    assert (out / "notes.txt").read_text() == "mine"


def test_a_manifest_of_another_tool_is_not_ours(tmp_path):
    (tmp_path / "manifest.json").write_text('{"name": "web app"}')
    assert messages(tmp_path) == [
        f"PKG003 the output folder '{tmp_path}' is not empty, and no earlier run of cdisc-conv made it "
        "(choose a new folder, or empty this one)"
    ]


def test_the_folder_one_is_in(out, monkeypatch):
    monkeypatch.chdir(out / "sdtm")
    assert messages(out) == [
        f"PKG004 the output folder '{out}' is the folder you are in, or above it "
        "(it is replaced as a whole: go to another folder first)"
    ]


def test_an_empty_folder_is_fine(tmp_path):
    (tmp_path / "out").mkdir()
    assert messages(tmp_path / "out") == []


def test_a_link_that_leads_to_itself(tmp_path):
    (tmp_path / "out").symlink_to("out")
    with pytest.raises(ProblemsError) as error, stage_folder(tmp_path / "out", {}):
        pass
    assert [str(problem) for problem in error.value.problems] == [
        f"PKG002 the output folder '{tmp_path / 'out'}' is a link that leads to itself "
        "(choose another name, or remove the link)"
    ]


def test_links_that_lead_round_in_a_circle(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(ProblemsError) as error, stage_folder(tmp_path / "a" / "out", {}):
        pass
    assert [problem.code for problem in error.value.problems] == ["PKG002"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_mount_point_is_not_replaced(out, monkeypatch):
    monkeypatch.setattr(Path, "is_mount", lambda path: path == out)
    assert [str(problem) for problem in check_target(out, {})] == [
        f"PKG015 the output folder '{out}' is a mount point, which cannot be replaced as a whole "
        f"(choose a folder inside it, such as '{out / 'package'}')"
    ]


def test_a_write_protected_folder_is_found_before_the_work(out, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: path != out / "sdtm")
    assert [str(problem) for problem in check_target(out, {})] == [
        f"PKG013 the output folder cannot be replaced: '{out / 'sdtm'}' is write-protected "
        "(choose another folder, or give yourself the permission to write)"
    ]


def test_no_permission_to_make_the_folder(tmp_path, monkeypatch):
    def refuse(path: Path, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(ProblemsError) as error, stage_folder(tmp_path / "a" / "out", {}):
        pass
    assert [str(problem) for problem in error.value.problems] == [
        f"PKG013 there is no permission to make the folder '{tmp_path / 'a'}' "
        "(choose an output in a folder you may write in)"
    ]
    with pytest.raises(ProblemsError) as error, stage_folder(tmp_path / "out", {}):
        pass
    assert [str(problem) for problem in error.value.problems] == [
        f"PKG013 there is no permission to write in '{tmp_path}', where 'out' is made "
        "(choose an output in a folder that you may write in)"
    ]


def test_scratch_is_beside_the_output_and_gone_before_it_is_in_place(tmp_path):
    with stage_folder(tmp_path / "out", {}) as stage, open_scratch(stage, tmp_path / "out") as scratch:
        fill(stage, "new")
        (scratch / "1.arrow").write_text("rows")
        assert (scratch.parent, stat.S_IMODE(scratch.stat().st_mode)) == (stage.parent, 0o700)
    assert list(read_tree(tmp_path)) == ["out/manifest.json", "out/sdtm/dm.xpt"]


def test_scratch_in_another_folder_is_private_and_what_a_killed_run_left_there_is_removed(tmp_path):
    place, out = tmp_path / "disk", tmp_path / "out"
    place.mkdir()
    with open_scratch(tmp_path / "new", out, str(place)) as scratch:
        (scratch / "1.arrow").write_text("rows")
        left = scratch.parent
        shutil.copytree(left, kept := tmp_path / "kept")
    assert list(place.iterdir()) == []
    shutil.copytree(kept, left)  # as if its process had been killed
    with open_scratch(tmp_path / "new", tmp_path / "another", str(place)) as other:
        assert left.exists() and other.parent != left
    with open_scratch(tmp_path / "new", out, str(place)):
        assert not left.exists()
    assert list(place.iterdir()) == []


def test_there_is_no_folder_for_scratch(tmp_path):
    with pytest.raises(ProblemsError) as caught, open_scratch(tmp_path, tmp_path / "out", str(tmp_path / "disk")):
        pass
    assert str(caught.value) == (
        f"PKG025 there is no folder '{tmp_path / 'disk'}' for scratch files (make it, or check "
        "the spelling of --scratch)"
    )


def test_scratch_is_full(tmp_path):
    full = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(ProblemsError) as caught, name_full_scratch(Shelf(tmp_path / "a" / "b")):
        raise full
    assert str(caught.value) == (
        f"RUN003 there is no space left for scratch files in '{tmp_path}'; nothing is written (make room, about as "
        "much as the package takes, or name a folder on a larger disk with --scratch)"
    )
    with pytest.raises(OSError, match="No space left"), name_full_scratch(IN_MEMORY):
        raise full
