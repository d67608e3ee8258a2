"""The files: columns as in the data dictionary, the same bytes every time, complete or not there."""

from __future__ import annotations

import csv
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from cdisc_conv.package.run import simulate_raw
from cdisc_conv.problems import ProblemsError
from cdisc_conv.simulate import simulate_study, study, write_exports
from cdisc_conv.simulate.tables.draws import Draws


def _digest(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _read_forms(study_dir: Path) -> dict:
    return yaml.safe_load((study_dir / "forms.yaml").read_text(encoding="utf-8"))


def test_columns_are_those_of_the_data_dictionary(study_dir, tmp_path):
    write_exports(study_dir, 10, 1, tmp_path)
    dictionary = _read_forms(study_dir)
    for form in dictionary["forms"].values():
        expected = [] if "source" in form else list(dictionary["key_columns"])
        for name, about in form["columns"].items():
            expected += [name, about["decode"]] if isinstance(about, dict) and about["type"] == "coded" else [name]
        header = (tmp_path / form.get("source", "") / form["file"]).read_text(encoding="utf-8").split("\n", 1)[0]
        assert header.split(",") == expected


def test_codes_and_words_are_those_of_the_data_dictionary(raw, study_dir):
    for name, form in _read_forms(study_dir)["forms"].items():
        for item, about in form["columns"].items():
            if isinstance(about, dict) and about["type"] == "coded":
                pairs = raw[name][[item, about["decode"]]].drop_duplicates().itertuples(index=False)
                assert {tuple(pair) for pair in pairs} <= {*about["values"].items(), ("", "")}, item


def test_events_are_those_of_the_data_dictionary(raw, study_dir):
    known = {(event["group"], event["event"], event["eid"]) for event in _read_forms(study_dir)["events"]}
    assert set(raw["lb"]["LBVIS"]) <= {eid for _, _, eid in known}
    for frame in (frame for name, frame in raw.items() if name != "lb"):
        assert {
            tuple(row) for row in frame[["EGROUP", "EVENT", "EVENTEID"]].drop_duplicates().itertuples(index=False)
        } <= known


def test_every_cell_is_text_and_keys_are_unique(raw):
    for name, frame in raw.items():
        assert {str(kind) for kind in frame.dtypes} == {"str"}
        assert not frame.isna().any(axis=None)
        key = ["LBACC", "LBCODE"] if name == "lb" else ["SUBJID", "EVENTEID", "ESEQ", "FSEQ", "IGSEQ"]
        assert not frame.duplicated(key).any(), name


def test_files_read_back_as_the_tables(raw, study_dir, tmp_path):
    counts = write_exports(study_dir, 106, 1, tmp_path)
    for name, frame in raw.items():
        path = tmp_path / "laboratory" / "lb.csv" if name == "lb" else tmp_path / f"{name}.csv"
        read = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        pd.testing.assert_frame_equal(read, frame, check_dtype=False)
        assert counts[name] == len(frame)
        content = path.read_bytes()
        assert b"\r" not in content
        assert not content.startswith(b"\xef\xbb\xbf")
        with path.open(encoding="utf-8", newline="") as file:
            assert {len(row) for row in csv.reader(file)} == {len(frame.columns)}


def test_labelled_synthetic(study_dir, tmp_path):
    write_exports(study_dir, 1, 1, tmp_path)
    label = (tmp_path / "SYNTHETIC.txt").read_text(encoding="utf-8")
    assert label.startswith("SYNTHETIC DATA - NOT FROM ANY PERSON\n")
    assert "Consented subjects: 1\nSeed: 1\n" in label


def test_same_seed_same_bytes_in_another_process(study_dir, tmp_path):
    write_exports(study_dir, 40, 5, tmp_path / "a")
    call = f"write_exports(Path({str(study_dir)!r}), 40, 5, Path({str(tmp_path / 'b')!r}))"
    code = f"from pathlib import Path; from cdisc_conv.simulate import write_exports; {call}"
    where = os.pathsep.join([str(study_dir.parents[1]), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Asia/Shanghai", "PYTHONPATH": where}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert _digest(tmp_path / "a") == _digest(tmp_path / "b")


def test_another_seed_another_study(study_dir):
    one, other = simulate_study(study_dir, 20, 1), simulate_study(study_dir, 20, 2)
    assert not one["dm"].equals(other["dm"])


def test_the_stream_of_random_numbers_is_the_same_on_every_platform():
    assert Draws(1, "tumours").whole(0, 999_999, 4).tolist() == [854033, 427292, 862921, 995654]
    assert Draws(1, "tumours", 1).whole(0, 999_999, 1).tolist() != [854033]


@pytest.mark.parametrize("subjects", [1, 2, 10])
def test_few_subjects(study_dir, subjects):
    frames = simulate_study(study_dir, subjects, 3)
    assert len(frames["dm"]) == subjects
    assert list(frames) == list(_read_forms(study_dir)["forms"])


def test_blocks_join_without_seams(study_dir, monkeypatch):
    monkeypatch.setattr(study, "BLOCK", 7)
    frames = simulate_study(study_dir, 20, 1)
    assert frames["dm"]["SUBJID"].is_unique
    assert len(frames["dm"]) == 20
    assert frames["dm"].index.equals(pd.RangeIndex(20))


@pytest.mark.parametrize(
    ("subjects", "seed", "message"),
    [(0, 1, "the number of subjects must be at least 1, not 0"), (5, -1, "the seed must be 0 or more, not -1")],
)
def test_numbers_out_of_range(study_dir, subjects, seed, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        simulate_study(study_dir, subjects, seed)


def test_a_failed_run_leaves_the_previous_files(study_dir, tmp_path, monkeypatch):
    write_exports(study_dir, 5, 1, tmp_path)
    before = _digest(tmp_path)

    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cdisc_conv.simulate.tables.exports.append_table", fail)
    with pytest.raises(OSError, match="No space left"):
        write_exports(study_dir, 6, 1, tmp_path)
    assert _digest(tmp_path) == before


def test_other_files_in_the_folder_are_left_alone(study_dir, tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    write_exports(study_dir, 1, 1, tmp_path)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_the_files_of_an_earlier_run_are_replaced_all_or_none(study_dir, tmp_path, monkeypatch):
    out = tmp_path / "raw"
    write_exports(study_dir, 5, 1, out)
    (out / "notes").mkdir()
    for folder in ("notes", "laboratory"):
        (out / folder / "a.txt").write_text("mine", encoding="utf-8")
    before = {path: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
    replace = os.replace

    def fail(source: Path, target: Path) -> None:
        if Path(source).name == "new":
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space left"):
        write_exports(study_dir, 6, 1, out)
    assert {path: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()} == before
    assert list(tmp_path.iterdir()) == [out]
    monkeypatch.undo()
    write_exports(study_dir, 6, 1, out)
    assert sorted(path for path in out.rglob("*") if path.is_file()) == list(before)
    assert len((out / "dm.csv").read_text(encoding="utf-8").splitlines()) == 7
    for folder in ("notes", "laboratory"):
        assert (out / folder / "a.txt").read_text(encoding="utf-8") == "mine"


def test_a_file_of_the_name_of_a_source_is_kept(study_dir, tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "laboratory").write_text("mine", encoding="utf-8")
    with pytest.raises(NotADirectoryError) as error:
        write_exports(study_dir, 1, 1, tmp_path / "raw")
    assert error.value.filename == str(tmp_path / "raw" / "laboratory")
    assert (tmp_path / "raw" / "laboratory").read_text(encoding="utf-8") == "mine"


def test_a_folder_of_the_name_of_a_form_is_kept(study_dir, tmp_path):
    (tmp_path / "raw" / "dm.csv").mkdir(parents=True)
    with pytest.raises(IsADirectoryError) as error:
        write_exports(study_dir, 1, 1, tmp_path / "raw")
    assert error.value.filename == str(tmp_path / "raw" / "dm.csv")
    assert [path.name for path in (tmp_path / "raw").iterdir()] == ["dm.csv"]


def test_a_write_protected_folder_is_found_before_the_work(study_dir, tmp_path, monkeypatch):
    (tmp_path / "raw").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(ProblemsError) as error:
        simulate_raw(study_dir, 1, 1, tmp_path / "raw")
    assert [problem.code for problem in error.value.problems] == ["PKG013"]
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]


def test_the_folder_one_is_in_is_not_replaced(study_dir, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProblemsError) as error:
        simulate_raw(study_dir, 1, 1, Path())
    assert [problem.code for problem in error.value.problems] == ["PKG004"]
