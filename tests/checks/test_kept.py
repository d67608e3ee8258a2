"""What rules found in an earlier run: asked again is what changed, and what looks into something that changed."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc_conv.checks import check_datasets
from cdisc_conv.dataset import Column, Dataset, Item
from cdisc_conv.keeping import Room
from cdisc_conv.standards import load_standard, load_terminology
from cdisc_conv.steps import Steps

STANDARD, TERMINOLOGY = load_standard("sdtmig", "3.4"), load_terminology("sdtm", "2025-03-28")
DM = {"STUDYID": "A A", "DOMAIN": "DM DM", "USUBJID": "01 02", "SEX": "M F", "RACE": "WHITE WHITE"}
DM |= {"RFSTDTC": "2022-03-01 2022-03-07", "RFICDTC": "2022-02-20 2022-02-21", "AGE": "40 -1"}
AE = {"STUDYID": "A A A", "DOMAIN": "AE AE AE", "USUBJID": "01 01 02", "AESEQ": "1 2 1", "AETERM": "pain pain cough"}
AE |= {"AESTDTC": "2022-03-02 2022-02-01 2022-03-08", "AESER": "N Y N", "VISITNUM": "1 2 1", "VISIT": "V1 V2 V1"}
CM = {"STUDYID": "A A", "DOMAIN": "CM CM", "USUBJID": "01 03", "CMSEQ": "1 1", "CMTRT": "aspirin none"}
CM |= {"CMSTDTC": "2022-01-02 2022-13-01", "VISITNUM": "1 2", "VISIT": "V1 V9"}
OWN = """\
rules:
  - id: MINE001
    title: A cough
    severity: warning
    datasets: [AE]
    fails: AETERM == "cough"
    message: a cough
"""
STUDY = {"DM": DM, "AE": AE, "CM": CM}


def build(name: str, said: dict[str, str]) -> Dataset:
    numeric = {"AESEQ", "CMSEQ", "AGE", "VISITNUM"}
    frame = pd.DataFrame({column: text.split() for column, text in said.items()}, dtype="str")
    frame = frame.astype(dict.fromkeys(numeric & set(frame), "float64"))
    columns = (Column(one, one, one in numeric, Item("float" if one in numeric else "text", 10)) for one in frame)
    return Dataset(name, name, frame, tuple(columns))


@pytest.fixture
def room(tmp_path) -> Room:
    return make_room(tmp_path)


def make_room(folder) -> Room:
    made = Room(folder / "room")
    assert made.make() == ""
    return made


def check(room: Room, study=STUDY, ranges: int = 1, **more) -> Steps:
    """Check with what is kept, and say what was taken over."""
    steps = Steps(room, "version 1")
    datasets = [build(name, said) for name, said in study.items()]
    found, whole = (
        check_datasets(datasets, STANDARD, TERMINOLOGY, ranges=ranges, steps=one, **more) for one in (steps, Steps())
    )
    assert found.problems == whole.problems
    assert (found.run, found.not_run) == (whole.run, whole.not_run)
    return steps


def change(dataset: str, **columns: str) -> dict[str, dict[str, str]]:
    return {name: {**said, **columns} if name == dataset else said for name, said in STUDY.items()}


def test_nothing_changed(room):
    first = check(room)
    assert (list(first.made), first.reused) == (["check"], {})
    assert check(room).reused == first.made
    assert check(room, ranges=2).reused == first.made


def asked(monkeypatch, room: Room, study) -> set[tuple[str, str]]:
    """The rules that are asked again, each with the dataset."""
    from cdisc_conv.checks import run

    found = set()
    find = run._find

    def note(rule, table):
        found.add((rule.id, table.name))
        return find(rule, table)

    steps = Steps(room, "version 1")
    monkeypatch.setattr(run, "_find", note)
    check_datasets([build(name, said) for name, said in study.items()], STANDARD, TERMINOLOGY, steps=steps)
    monkeypatch.undo()
    check(room, study)
    return found


def test_a_dataset_that_changed_is_checked_again_with_what_looks_into_it(monkeypatch, room):
    check(room)
    again = asked(monkeypatch, room, change("CM", CMTRT="aspirin ibuprofen"))
    assert {name for _, name in again} == {"DM", "AE", "CM"}
    assert {rule for rule, name in again if name == "AE"} == {"EXP006", "VIS001"}


def test_a_column_of_dm_that_others_do_not_look_into_leaves_their_answers(monkeypatch, room):
    check(room)
    race = {rule for rule, name in asked(monkeypatch, room, change("DM", RACE="ASIAN WHITE")) if name == "AE"}
    check(room)
    start = asked(monkeypatch, room, change("DM", RFSTDTC="2022-03-01 2022-03-09"))
    assert race == {"EXP006", "ID002", "ID005", "ID006", "VIS001"}  # which look into all of DM
    assert {rule for rule, name in start if name == "AE"} == race | {"EVT012"}


def test_another_rule_of_the_study_is_asked_and_the_others_are_not(monkeypatch, room, tmp_path):
    check(room)
    own = tmp_path / "checks.yaml"
    own.write_text(OWN)
    assert check(room, folder=tmp_path).made == {"check": ("AE MINE001",)}


CELLS = st.tuples(
    st.sampled_from([(name, column) for name, said in STUDY.items() for column in said if not column.endswith("SEQ")]),
    st.integers(0, 2),
    st.sampled_from(["01", "02", "2022-03-01", "V1", "Y", "DM", "9"]),
)


@given(st.lists(CELLS, min_size=1, max_size=3), st.integers(1, 2))
@settings(max_examples=10)
def test_random_edits_give_what_a_full_check_gives(tmp_path_factory, edits, ranges):
    room = make_room(tmp_path_factory.mktemp("edits"))
    study = {name: dict(said) for name, said in STUDY.items()}
    check(room, study)
    for (name, column), place, value in edits:
        if column in ("AGE", "VISITNUM") and not value.isdigit():
            continue
        words = study[name][column].split()
        words[place % len(words)] = value
        study[name][column] = " ".join(words)
        check(room, study, ranges)
