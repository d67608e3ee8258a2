"""Ranges that an earlier run kept: what a change reaches is made again, the rest taken over, and all is the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ranges_alike import list_differences

from cdisc_conv.engine.convert import Conversion, convert_frames
from cdisc_conv.engine.derive.kept_parts import Keeping
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.engine.ranges.range import Division
from cdisc_conv.engine.ranges.reuse import keep_count
from cdisc_conv.keeping import Room
from tests.engine.conftest import Lab, frame_of

Forms = dict[str, dict[str, list[str]]]
SUBJECTS = [f"{number:02}" for number in range(1, 13)]
FORMS: Forms = {
    "dm": {"SUBJID": SUBJECTS, "SEX": ["M", "F"] * 6},
    "cm": {
        "SUBJID": [*reversed(SUBJECTS), *SUBJECTS],
        "TRT": [f"drug {number}" for number in range(24)],
        "DOSE": ["1", "n/a", "3"] * 8,
    },
    "site": {"NAME": ["Beijing"]},
}
DM = """\
records: [{form: dm}]
variables:
  SUBJID: {copy: SUBJID}
  SEX:    {copy: SEX}
"""
CM = """\
records: [{form: cm}]
keys: [STUDYID, USUBJID, CMTRT]
variables:
  CMTRT:  {copy: TRT}
  CMDOSE: {copy: DOSE}
  CMSEQ:  {sequence: [CMTRT]}
"""


class Bench:
    """Converts a study in four ranges, with what its last conversion kept."""

    def __init__(self, folder: Path) -> None:
        self._lab = Lab(folder)
        self.room = Room(folder / "room")
        self.room.make()
        self.keeping = Keeping(self.room, "base")

    def convert(self, forms: Mapping[str, Mapping[str, Sequence[str]]] = FORMS, cm: str = CM, **more) -> Conversion:
        """A conversion that uses what is kept."""
        division = Division(4, more.pop("workers", 1))
        return self._convert(forms, cm, division=division, keeping=replace(self.keeping, **more))

    def compare(self, made: Conversion, forms: Forms = FORMS, cm: str = CM) -> list[str]:
        """How a conversion differs from one in one range that uses nothing kept."""
        return list_differences(made, self._convert(forms, cm))

    def _convert(self, forms: Mapping[str, Mapping[str, Sequence[str]]], cm: str, **more) -> Conversion:
        study = self._lab.load(forms, {"DM": DM, "CM": cm})
        frames = {name: frame_of(table) for name, table in forms.items()}
        return convert_frames(study, plan_study(study), frames, {}, list(study.datasets), **more)


@pytest.fixture
def bench(tmp_path) -> Bench:
    made = Bench(tmp_path)
    assert made.convert().reused.describe() == ""
    return made


def copy_forms() -> Forms:
    return {name: {one: list(values) for one, values in table.items()} for name, table in FORMS.items()}


def test_nothing_changed(bench):
    again = bench.convert()
    assert again.reused.describe() == "all 4 ranges are as before"
    assert bench.compare(again) == []


def test_a_value_makes_the_range_of_its_subject_again(bench):
    forms = copy_forms()
    forms["dm"]["SEX"][4] = "U"
    again = bench.convert(forms)
    assert again.reused.describe() == (
        "made again: 1 of 4 ranges (2), in these 2 of 11 variables (CM.CMDOSE, DM.SEX); the rest is as before"
    )
    assert bench.compare(again, forms) == []


def test_a_row_on_top_makes_the_range_of_its_subject_again(bench):
    forms = copy_forms()
    for column, value in zip(forms["cm"].values(), ["11", "another drug", "5"], strict=True):
        column.insert(0, value)
    again = bench.convert(forms)
    assert (again.reused.kept, again.reused.ranges) == ({1, 2, 3}, 4)
    assert bench.compare(again, forms) == []


@pytest.mark.parametrize(("subject", "kept"), [("00", {2, 3, 4}), ("051", {1, 3, 4}), ("13", {1, 2, 3})])
def test_a_subject_more_makes_one_range_again(bench, subject, kept):
    forms = copy_forms()
    forms["dm"]["SUBJID"].insert(0, subject)
    forms["dm"]["SEX"].insert(0, "M")
    again = bench.convert(forms)
    assert again.reused.kept == kept
    assert bench.compare(again, forms) == []


@pytest.mark.parametrize(("row", "kept"), [(0, {2, 3, 4}), (3, {1, 3, 4}), (11, {1, 2, 3})])
def test_a_subject_less_makes_one_range_again(bench, row, kept):
    forms = copy_forms()
    gone = SUBJECTS[row]
    for form in ("dm", "cm"):
        rows = [number for number, subject in enumerate(forms[form]["SUBJID"]) if subject != gone]
        forms[form] = {name: [values[number] for number in rows] for name, values in forms[form].items()}
    again = bench.convert(forms)
    assert again.reused.kept == kept
    assert bench.compare(again, forms) == []


def test_a_range_with_more_than_twice_its_share_is_cut_anew(bench):
    forms = copy_forms()
    forms["dm"]["SUBJID"] += [f"99{number}" for number in range(60)]
    forms["dm"]["SEX"] += ["M"] * 60
    again = bench.convert(forms)
    assert again.reused.ranges == 4
    assert 2 not in again.reused.kept
    assert bench.convert(forms).reused.kept == {1, 2, 3, 4}


@pytest.mark.parametrize(("earlier", "wanted", "chosen"), [(0, 4, 4), (4, 5, 4), (4, 3, 4), (4, 7, 7), (4, 1, 1)])
def test_ranges_are_as_many_as_before_while_that_is_about_right(tmp_path, earlier, wanted, chosen):
    keeping = Bench(tmp_path).keeping
    if earlier:
        assert keep_count(keeping, earlier) == earlier
    assert keep_count(keeping, wanted) == chosen
    assert keep_count(keeping, wanted) == chosen


def test_a_form_without_subjects_is_of_every_range(bench):
    forms = copy_forms()
    forms["site"]["NAME"] = ["Shanghai"]
    again = bench.convert(forms)
    assert again.reused.kept == frozenset()
    assert bench.compare(again, forms) == []


def test_a_line_of_the_mapping_makes_what_is_downstream_of_it_in_every_range(bench):
    upper = CM.replace("{copy: TRT}", "{copy: {source: TRT, case: upper}}")
    again = bench.convert(cm=upper)
    assert again.reused.kept == frozenset()
    assert "CM.CMTRT" not in again.reused.reused
    assert {"DM.SEX", "DM.SUBJID", "CM.USUBJID"} <= again.reused.reused
    assert bench.compare(again, cm=upper) == []


def test_other_processes_take_over_what_is_kept(bench):
    again = bench.convert(workers=2)
    assert again.reused.kept == {1, 2, 3, 4}
    assert bench.compare(again) == []


def test_fresh_makes_all_ranges(bench):
    assert bench.convert(fresh=True).reused.describe() == ""
    assert bench.convert().reused.kept == {1, 2, 3, 4}


def list_ranges(room: Room) -> list[Path]:
    return sorted(path for path in room.folder.glob("range-*") if path.is_dir())


@pytest.mark.parametrize("name", ["kept.json", "facts", "CM.arrow"])
@pytest.mark.parametrize("how", ["cut short", "edited", "missing"])
def test_a_range_that_was_damaged_is_made_anew_with_a_message(bench, caplog, name, how):
    path = list_ranges(bench.room)[0] / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    if how != "missing":
        path.write_bytes(content if how == "edited" else path_cut(content))
    again = bench.convert()
    assert len(again.reused.kept) == 3
    assert bench.compare(again) == []
    assert re.fullmatch(
        r"'.*range-\w+\.kept', which an earlier run kept, was damaged: it is made anew", caplog.messages[0]
    )


def path_cut(content: bytearray) -> bytearray:
    return content[: len(content) // 2]


def test_a_range_that_was_not_sealed_is_not_used(bench):
    for path in bench.room.folder.glob("range-*.kept"):
        path.unlink()
    assert bench.convert().reused.kept == frozenset()


def test_a_run_that_was_killed_goes_on_from_the_ranges_that_it_kept(tmp_path, monkeypatch):
    bench = Bench(tmp_path)
    calls = []

    def keep(made, folder):
        calls.append(folder)
        if len(calls) == 3:
            raise KeyboardInterrupt
        keep_range(made, folder)

    from cdisc_conv.engine.ranges import reuse
    from cdisc_conv.engine.ranges.kept import keep_range

    monkeypatch.setattr(reuse, "keep_range", keep)
    with pytest.raises(KeyboardInterrupt):
        bench.convert()
    monkeypatch.undo()
    again = bench.convert()
    assert again.reused.kept == {1, 2}
    assert bench.compare(again) == []


VALUES = st.sampled_from(["", "01", "04", "12", "13", "M", "aspirin", "2.5", "ü"])
CELLS = st.tuples(st.sampled_from(["dm", "cm"]), st.integers(0, 99), VALUES)
ROWS = st.tuples(st.sampled_from(["dm", "cm"]), st.sampled_from(["on top", "at the end", "less"]), VALUES)
LINES = st.sampled_from(
    [("{copy: TRT}", "{copy: {source: TRT, case: upper}}"), ("keys: [STUDYID, USUBJID, CMTRT]", "")]
)


@given(st.lists(st.one_of(CELLS, ROWS, LINES), min_size=1, max_size=3))
@settings(max_examples=10)
def test_random_edits_of_rows_and_lines_give_what_a_full_run_gives(tmp_path_factory, edits):
    bench, forms, text = Bench(tmp_path_factory.mktemp("edits")), copy_forms(), CM
    bench.convert(forms, text)
    for edit in edits:
        if len(edit) == 2:
            text = text.replace(*edit)
        elif isinstance(edit[1], int):
            form, place, value = edit
            columns = list(forms[form].values())
            column = columns[place % len(columns)]
            column[place % len(column)] = value
        else:
            form, where, value = edit
            for column in forms[form].values():
                column[:] = {"on top": [value, *column], "at the end": [*column, value], "less": column[1:]}[where]
        assert bench.compare(bench.convert(forms, text), forms, text) == []
