"""Forms that go to disk while they are read: the same rows and findings as in memory, and never a whole form there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cdisc_conv.columns import stored
from cdisc_conv.columns.stored import Shelf, Stored
from cdisc_conv.raw import FormSource, RawForm, read_forms
from cdisc_conv.raw.delimited import reader
from cdisc_conv.raw.source import OtherInformats
from cdisc_conv.raw.subjects import SubjectKey, join_subjects

ROWS = [f"0{n % 4},{n:02d}/03/2024,{n},{'.' if n % 5 else 'x'},{n % 2}" for n in range(1, 29)]
TEXT = "\n".join(["SUBJ,DAT,NUM,,KIND", *ROWS, "3,bad", ""])

SOURCES = {
    "plain": {},
    "renamed": {"names": {"SUBJ": "SUBJID"}, "missing": (".", "7")},
    "dates": {"informats": {"DAT": ("DD/MM/YYYY",)}},
    "dates of some": {"exceptions": (OtherInformats({"KIND": ("1",)}, {"DAT": ("MM/DD/YYYY",)}),)},
    "some rows": {"where": {"KIND": ("1",)}, "elsewhere": ("NUM",)},
    "no rows": {"where": {"KIND": ("9",)}},
    "a key": {"key": ("SUBJ", "KIND")},
}


def read(source: FormSource, folder: Path, shelf: Shelf) -> tuple[RawForm, list[str]]:
    forms, problems = read_forms([source], folder, shelf=shelf)
    return forms["ae"], [str(problem) for problem in problems]


LOAD = Stored.load


def load_ten(table: Stored) -> pd.DataFrame:
    """Load a table that has no more than a file may have."""
    assert len(table) <= 10
    return LOAD(table)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of ten rows at most, of blocks of some rows; whoever loads more fails."""
    monkeypatch.setattr(Stored, "load", load_ten)
    monkeypatch.setattr(reader, "BLOCK", 100)
    monkeypatch.setattr("cdisc_conv.raw.delimited.stream.BLOCK", 100)
    monkeypatch.setattr(stored, "_MOST_RECORDS", 10)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("name", SOURCES)
def test_a_form_on_disk_is_that_in_memory(name: str, tmp_path: Path) -> None:
    (tmp_path / "ae.csv").write_text(TEXT)
    source = FormSource("ae", "ae.csv", **SOURCES[name])  # type: ignore[arg-type]
    held, found = read(source, tmp_path, Shelf())
    (tmp_path / "shelf").mkdir()
    form, told = read(source, tmp_path, Shelf(tmp_path / "shelf"))
    assert told == found
    assert isinstance(form.frame, Stored)
    assert isinstance(held.frame, pd.DataFrame)
    pd.testing.assert_frame_equal(LOAD(form.frame), held.frame)
    assert max(piece.length for piece in form.frame.pieces) <= 10
    assert form.files == held.files


@pytest.mark.usefixtures("small_batches")
def test_parts_and_joined_subjects_go_from_disk_to_disk(tmp_path: Path) -> None:
    (tmp_path / "ae_1.csv").write_text(TEXT.replace("NUM", "OTHER"))
    (tmp_path / "ae_2.csv").write_text(TEXT)
    source = FormSource("ae", "ae_*.csv")
    known = RawForm("key", "key.csv", pd.DataFrame({"ID": ["01", "02"], "SUBJID": ["S1", "S2"]}, dtype="str"))
    key = SubjectKey("key", {"SUBJ": "ID"}, "SUBJID")
    held, found = read(source, tmp_path, Shelf())
    joined, others = join_subjects({"ae": held, "key": known}, {"ae": key}, "SUBJID")
    (tmp_path / "shelf").mkdir()
    shelf = Shelf(tmp_path / "shelf")
    form, told = read(source, tmp_path, shelf)
    on_disk, same = join_subjects({"ae": form, "key": known}, {"ae": key}, "SUBJID", shelf)
    assert (told, same) == (found, others)
    frame = on_disk["ae"].frame
    assert isinstance(frame, Stored)
    assert isinstance(joined["ae"].frame, pd.DataFrame)
    pd.testing.assert_frame_equal(LOAD(frame), joined["ae"].frame)
    assert max(piece.length for piece in frame.pieces) <= 10
