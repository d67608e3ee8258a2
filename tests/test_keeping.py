"""The private folder of what is kept: bounded, and nothing damaged comes out of it."""

from __future__ import annotations

import os
import shutil
import time

from cdisc_conv.keeping import VARIABLE, Room, find_folder, open_room


def make_room(folder) -> Room:
    room = Room(folder / "room")
    assert room.make() == ""
    return room


def test_the_variable_names_another_folder_or_none(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert find_folder("runs") == tmp_path / "runs"
    monkeypatch.setenv(VARIABLE, "")
    assert find_folder("runs") is None
    assert open_room("runs") is None


def test_an_entry_comes_back_and_one_that_is_not_there_is_none(tmp_path):
    room = make_room(tmp_path)
    room.keep("a", b"\x00 content")
    assert room.find("a") == b"\x00 content"
    assert room.find("b") is None


def test_the_entries_used_last_stay(tmp_path):
    room = make_room(tmp_path)
    for age, name in enumerate("abc"):
        room.keep(name, bytes(1000))
        os.utime(room.path_of(name), (time.time() - 100 * age,) * 2)
    room.clean(most_bytes=2500)
    assert [room.find(name) is not None for name in "abc"] == [True, True, False]


def test_entries_that_nothing_used_for_long_go_and_the_rest_of_killed_writers(tmp_path):
    room = make_room(tmp_path)
    for name, days in {"new": 1, "old": 31}.items():
        room.keep(name, b"1")
        os.utime(room.path_of(name), (time.time() - days * 86_400,) * 2)
    rest = room.folder / ".new.0a1b2c3d"
    rest.write_bytes(b"half")
    os.utime(rest, (time.time() - 2 * 86_400,) * 2)
    room.clean()
    assert [path.name for path in room.folder.iterdir()] == ["new.kept"]


def test_a_link_is_not_followed(tmp_path, caplog):
    room = make_room(tmp_path)
    room.keep("a", b"content")
    room.path_of("b").symlink_to(room.path_of("a"))
    assert room.find("b") is None
    assert "cannot be read" in caplog.text


def test_a_full_disk_keeps_nothing_and_is_told_once(tmp_path, monkeypatch, caplog):
    room = Room(tmp_path / "room")
    room.make()

    def refuse(old, new):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", refuse)
    room.keep("a", b"one")
    room.keep("b", b"two")
    assert caplog.messages == [
        f"a result is not kept for the next run: '{tmp_path}/room' cannot be written (No space left on device)"
    ]
    assert list((tmp_path / "room").iterdir()) == []


def test_the_removal_of_a_room_in_the_middle_of_a_run_costs_what_it_held(tmp_path):
    room = Room(tmp_path / "room")
    room.make()
    room.keep("a", b"one")
    shutil.rmtree(tmp_path / "room")
    assert room.find("a") is None
    room.keep("b", b"two")
    assert room.find("b") == b"two"
