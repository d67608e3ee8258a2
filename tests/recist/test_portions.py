"""Records of many subjects are checked some subjects at a time, with the same findings as all at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cdisc_conv.columns.stored import Frame, Stored, write_tables
from cdisc_conv.recist import RecistSettings, check, check_responses
from cdisc_conv.recist.records.frames import open_tumours
from tests.recist.lesion_data import TARGETS, identify, join, measure, respond
from tests.recist.test_evaluators import ROLE, read_by

SUBJECTS = ("S1", "S2", "S3", "S4")


def make_study() -> dict[str, pd.DataFrame]:
    """Four subjects whom the investigator and a reader assessed; what only one portion has is in S2, S3 or S4."""
    tu, tr, rs = [], [], []
    for number, subject in enumerate(SUBJECTS):
        tu.append(identify({"T01": "LIVER"}, "TARGET", subject=subject))
        sizes = {"T01": 40.0}, {"T01": "ODD" if number % 2 else 60.0}, {"T01": 80.0}
        said = {"OVRLRESP": "SD"}, {"OVRLRESP": "PD"}
        for role in ("INVESTIGATOR", ROLE):
            tr.append(read_by(measure(TARGETS, *sizes, subject=subject), "TR", role))
            accepted = "Y" if role == ROLE and subject == "S4" else ""
            if subject != "S3":
                rs.append(read_by(respond(*said, subject=subject), "RS", role, accepted=accepted))
    return {"TU": join(*tu), "TR": join(*tr), "RS": join(*rs)}


def test_the_findings_and_the_counts_are_those_of_all_at_once() -> None:
    whole, found = check_responses(make_study())
    parts, told = check_responses(make_study(), most=1)
    assert sorted(map(str, told)) == sorted(map(str, found))
    assert {(one.code, one.count) for one in told} == {(one.code, one.count) for one in found}
    assert [one.code for one in found].count("RECIST007") == 2
    assert {"RECIST004", "RECIST005", "RECIST016"} <= {one.code for one in found}
    for one, other in zip(whole, parts, strict=True):
        assert one.counts == other.counts
        pd.testing.assert_frame_equal(one.assessments, other.assessments)
        pd.testing.assert_frame_equal(one.lesions, other.lesions)
        pd.testing.assert_frame_equal(one.disagreements, other.disagreements)


@pytest.mark.parametrize(("kept", "code"), [(("TU", "TR"), "RECIST005"), (("RS",), "RECIST006")])
def test_what_is_missing_everywhere_is_one_finding_of_each_evaluator(kept: tuple[str, ...], code: str) -> None:
    data = {name: frame for name, frame in make_study().items() if name in kept}
    _, found = check_responses(data)
    _, told = check_responses(data, most=1)
    assert sorted(map(str, told)) == sorted(map(str, found))
    assert [one.code for one in told].count(code) == 2


def test_groups_of_one_subject_tell_the_assessments_of_all() -> None:
    data = make_study()
    data = {"TU": data["TU"], **{name: data[name].assign(**{f"{name}LNKGRP": ""}) for name in ("TR", "RS")}}
    for name in ("TR", "RS"):
        data[name].loc[data[name]["USUBJID"] == "S2", f"{name}LNKGRP"] = "A" + data[name]["VISIT"]
    whole, found = check_responses(data)
    parts, told = check_responses(data, most=1)
    assert sorted(map(str, told)) == sorted(map(str, found))
    assert [one.counts for one in whole] == [one.counts for one in parts]


def test_no_more_records_than_asked_for_are_in_memory(tmp_path: Path) -> None:
    data: dict[str, Frame] = {
        name: Stored((write_tables(tmp_path / name, {"": frame}),)) for name, frame in make_study().items()
    }
    sources, _ = open_tumours(data, RecistSettings())
    sizes = [len(each.tu) + len(each.tr) + len(each.rs) for each in sources.stream(most=22)]
    assert len(sizes) == 2
    assert sum(sizes) == sum(map(len, data.values()))
    assert max(sizes) <= 22


def test_beyond_what_is_shown_the_counts_stay_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "SHOWN", 1)
    monkeypatch.setattr(check, "SHOWN_SUBJECTS", 1)
    (first, _), found = check_responses(make_study(), most=1)
    assert set(first.assessments["subject"]) == {"S1"}
    assert set(first.lesions["subject"]) == {"S1"}
    assert len(first.disagreements) == 1
    assert first.counts.subjects == frozenset(SUBJECTS)
    assert first.counts.disagreements == 3
    assert sum(one.code == "RECIST004" for one in found) == 6
