"""Ranges on disk: a folder has the whole result of a range, or it is none."""

from __future__ import annotations

import json
import pickle

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.engine.ranges.kept import INDEX, DamagedError, check_kept, keep_range, open_range
from cdisc_conv.engine.ranges.range import Rows, derive_range
from cdisc_conv.spec.model import Study

DM = "records: [{form: dm}]\nvariables:\n  SUBJID: {copy: raw.SUBJID}\n  AGE: {copy: AGE}\n"
AE = (
    "records: [{form: ae}]\nkeys: [STUDYID, USUBJID, AETERM]\nvariables:\n  AETERM: {copy: TERM}\n"
    "  AEMODIFY: {copy: DM.AGE}\n"
    "supplemental:\n  AENOTE: {label: Note, copy: NOTE}\n"
)
FORMS = {
    "dm": {"SUBJID": ["c", "a", "b"], "AGE": ["60", "61", "old"]},
    "ae": {"SUBJID": ["b", "a", "", "c"], "TERM": ["Cough", "Rash", "Fever", ""], "NOTE": ["", "x", "", "y"]},
}


@pytest.fixture
def study(lab) -> Study:
    return lab.load(FORMS, {"DM": DM, "AE": AE})


def make_range(study: Study):
    forms = {name: pd.DataFrame(table, dtype="str") for name, table in FORMS.items()}
    return derive_range(study, plan_study(study), Rows(forms, {}), ["AE"])


def test_a_range_comes_back_as_it_was(study, tmp_path):
    made = make_range(study)
    keep_range(made, tmp_path / "kept" / "0")
    check_kept(tmp_path / "kept" / "0")
    back = open_range(tmp_path / "kept" / "0", study).load()
    assert (back.facts, back.made) == (made.facts, made.made)
    assert [draft.spec.name for draft in (*back.drafts, *back.beside)] == ["AE", "DM"]
    for draft, other in zip((*made.drafts, *made.beside), (*back.drafts, *back.beside), strict=True):
        assert (other.spec, other.keys) == (draft.spec, draft.keys)
        for name in ("frame", "supplemental", "records", "picked"):
            assert_frame_equal(getattr(other, name), getattr(draft, name))
        assert (other.block.tolist(), other.place.tolist()) == (draft.block.tolist(), draft.place.tolist())
        assert (other.block.dtype, other.place.dtype) == (draft.block.dtype, draft.place.dtype)


def test_one_column_is_read_without_the_others(study, tmp_path):
    keep_range(make_range(study), tmp_path / "0")
    (draft,) = open_range(tmp_path / "0", study).drafts
    assert len(draft.frame) == 4
    assert draft.frame["AETERM"].tolist() == ["Fever", "Rash", "Cough", ""]
    assert draft.supplemental["AENOTE"].tolist() == ["", "x", "", "y"]


def test_a_result_that_is_there_stays(study, tmp_path):
    keep_range(make_range(study), tmp_path / "0")
    before = (tmp_path / "0" / INDEX).stat().st_mtime_ns
    keep_range(make_range(study), tmp_path / "0")
    assert (tmp_path / "0" / INDEX).stat().st_mtime_ns == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("0")] == ["0"]


def test_what_cannot_be_written_leaves_nothing(study, tmp_path, monkeypatch):
    def refuse(*arguments, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cdisc_conv.engine.ranges.kept.write_tables", refuse)
    with pytest.raises(OSError, match="No space left"):
        keep_range(make_range(study), tmp_path / "kept" / "0")
    assert list((tmp_path / "kept").iterdir()) == []


def test_damage_is_found(study, tmp_path):
    folder = tmp_path / "0"
    with pytest.raises(DamagedError, match="0 is not a whole result"):
        open_range(folder, study)
    keep_range(make_range(study), folder)
    file = folder / "AE.arrow"
    file.write_bytes(file.read_bytes()[:-3] + b"xyz")
    with pytest.raises(DamagedError) as caught:
        check_kept(folder)
    assert str(caught.value) == "0 has files that are not as they were written: AE.arrow"
    file.unlink()
    with pytest.raises(DamagedError, match="0 is not a whole result"):
        check_kept(folder)
    (folder / INDEX).write_text(json.dumps({"drafts": [{"name": "XX"}], "beside": []}))
    with pytest.raises(DamagedError, match="0 is not a whole result"):
        open_range(folder, study)


class Hostile:
    def __reduce__(self):
        return (print, ("called",))


def test_facts_call_nothing(study, tmp_path, capsys):
    keep_range(make_range(study), tmp_path / "0")
    (tmp_path / "0" / "facts").write_bytes(pickle.dumps((Hostile(), frozenset())))
    with pytest.raises(DamagedError) as caught:
        open_range(tmp_path / "0", study)
    assert str(caught.value) == "0 is not a whole result: a parcel does not hold builtins.print"
    assert capsys.readouterr().out == ""
