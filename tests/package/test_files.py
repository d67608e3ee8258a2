"""Files that the package before has already are copied, if they are still what an earlier run wrote."""

from __future__ import annotations

import pytest

from cdisc_conv.keeping import Room
from cdisc_conv.package.writing.files import Files
from cdisc_conv.steps import Steps


@pytest.fixture
def write(tmp_path):
    """Write ae.xpt into a new package that replaces the one before; whether it was written, and its content."""
    room = Room(tmp_path / "room")
    room.make()
    (tmp_path / "0").mkdir()
    numbers = iter(range(1, 9))

    def make(content: str, fresh: bool = False) -> tuple[bool, str]:
        number = next(numbers)
        folder, before = tmp_path / str(number), tmp_path / str(number - 1)
        folder.mkdir()
        steps = Steps(room, "version 1", fresh)
        Files(folder, before, steps).write(folder / "ae.xpt", content, lambda: (folder / "ae.xpt").write_text(content))
        assert steps.made.keys() | steps.reused.keys() == {"file"}
        return "file" in steps.made, (folder / "ae.xpt").read_text()

    return make


def test_a_file_is_copied_while_it_would_be_the_same(write):
    assert write("pain") == (True, "pain")
    assert write("pain") == (False, "pain")
    assert write("cough") == (True, "cough")
    assert write("cough", fresh=True) == (True, "cough")


@pytest.mark.parametrize("damage", ["edited", "missing"])
def test_a_file_that_is_not_what_was_written_is_written_again(write, tmp_path, damage):
    write("pain")
    path = tmp_path / "1" / "ae.xpt"
    path.unlink() if damage == "missing" else path.write_text("payn")
    assert write("pain") == (True, "pain")


def test_nothing_is_copied_where_nothing_is_kept(tmp_path):
    Files(tmp_path, tmp_path).write(tmp_path / "ae.xpt", "pain", lambda: (tmp_path / "ae.xpt").write_text("pain"))
    assert (tmp_path / "ae.xpt").read_text() == "pain"
