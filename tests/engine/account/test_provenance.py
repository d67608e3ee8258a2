"""Every raw row is accounted for, and results depend neither on the order of the rows nor on how subjects are split."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studies import write_files

from cdisc_conv.engine.convert import Conversion, convert_frames
from cdisc_conv.engine.derive.blocks import BlockRows
from cdisc_conv.engine.derive.run import run_plan
from cdisc_conv.engine.facts.facts import Facts
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.engine.ranges.range import Rows, derive_range
from cdisc_conv.spec.load import load_study
from cdisc_conv.spec.model import Study
from cdisc_conv.tables import TableId

FORMS = """\
forms:
  dm: {label: Demographics, columns: {SUBJID: Subject, SEX: Sex}}
  ae: {label: Adverse Events, columns: {SUBJID: Subject, YN: Any, TERM: Event, START: Start, NOTE: Note}}
  ex: {label: Dosing, columns: {SUBJID: Subject, DOSE: Dose, START: Start, END: End}}
  vs: {label: Vital Signs, columns: {SUBJID: Subject, DAT: Date, HT: Height, WT: Weight}}
"""
# Keys hold all that the records are: equal records keep the order of the source, and that is not a law.
DATASETS = {
    "DM": """\
records: [{form: dm}]
variables:
  RFSTDTC: {min: EX.EXSTDTC}
  RFENDTC: {max: EX.EXENDTC}
  SEX: {copy: SEX}
""",
    "AE": """\
keys: [USUBJID, AETERM, AESTDTC, AESPID]
records: [{form: ae, where: YN == "Y"}]
variables:
  AETERM: {copy: TERM}
  AESPID: {copy: NOTE}
  AESTDTC: {datetime: START}
  AESTDY: {study_day: AESTDTC}
  AELLT: {lookup: {from: EX, take: EXTRT, order: [EXSTDTC, EXDOSE], keep: first}}
supplemental:
  AENOTE: {copy: NOTE, label: Note}
""",
    "EX": """\
keys: [USUBJID, EXDOSE, EXSTDTC, EXENDTC]
records:
  - {form: ex, where: DOSE != "", merge: {by: [SUBJID, DOSE], start: START, end: END}}
variables:
  EXTRT: {expr: 'concat("dose ", DOSE)'}
  EXDOSE: {copy: DOSE}
  EXSTDTC: {datetime: START}
  EXENDTC: {datetime: END}
""",
    "VS": """\
keys: [USUBJID, VSTESTCD, VSDTC, VSORRES]
records:
  - form: vs
    for_each: [{VSTESTCD: HEIGHT, RESULT: raw.HT}, {VSTESTCD: WEIGHT, RESULT: raw.WT}]
    where: RESULT != ""
    group: [SUBJID, VSTESTCD, DAT, RESULT]
variables:
  VSORRES: {copy: RESULT}
  VSDTC: {datetime: DAT}
""",
}
STUDY = """\
study: S1
title: A study for tests
created: 2026-01-31T12:00:00
raw: {subject: SUBJID, home: dm}
settings: {date_formats: [YYYY-MM-DD]}
variables: {USUBJID: {copy: raw.SUBJID}}
"""


@cache
def study() -> Study:
    with TemporaryDirectory() as folder:
        mappings = {f"sdtm/{name.lower()}.yaml": f"dataset: {name}\n{text}" for name, text in DATASETS.items()}
        write_files(Path(folder), {"study.yaml": STUDY, "forms.yaml": FORMS, **mappings})
        loaded, problems = load_study(folder)
    assert [str(problem) for problem in problems] == []
    return loaded


subjects = st.sampled_from(["1", "2", "3"])
days = st.integers(1, 9).map(lambda day: f"2022-01-{day:02d}")
dates = st.one_of(days, st.sampled_from(["2022-01", ""]))
sizes = st.sampled_from(["", "1", "2.5"])
raw = st.fixed_dictionaries(
    {
        "dm": st.lists(st.tuples(subjects, st.sampled_from("MF")), unique_by=lambda row: row[0], max_size=3),
        "ae": st.lists(st.tuples(subjects, st.sampled_from("YN"), st.sampled_from("abc"), dates, sizes), max_size=8),
        "ex": st.lists(st.tuples(subjects, sizes, days, dates), max_size=8),
        "vs": st.lists(st.tuples(subjects, dates, sizes, sizes), max_size=6),
    }
)


def frames_of(rows: dict[str, Sequence[tuple[str, ...]]]) -> dict[str, pd.DataFrame]:
    columns = {name: list(form.fields) for name, form in study().forms.items()}
    return {
        name: pd.DataFrame(
            {column: pd.Series([row[i] for row in rows[name]], dtype="str") for i, column in enumerate(names)}
        )
        for name, names in columns.items()
    }


def convert(rows: dict[str, Sequence[tuple[str, ...]]]) -> Conversion:
    loaded = study()
    return convert_frames(loaded, plan_study(loaded), frames_of(rows), {}, list(loaded.datasets))


def blocks_of(rows: dict[str, Sequence[tuple[str, ...]]]) -> dict[tuple[str, int], BlockRows]:
    """The row sets of a run, by dataset and block."""
    loaded = study()
    return run_plan(loaded, plan_study(loaded), frames_of(rows), {}).blocks


def keyed(run: Conversion) -> dict[str, list[tuple[str, ...]]]:
    """Every dataset that has records as those records, sorted, each with its variables that are not blank."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for dataset in run.datasets:
        cells = [[f"{name}={value}" for value in dataset.frame[name]] for name in dataset.frame]
        records = [
            tuple(cell for cell in record if not cell.endswith(("=", "=nan"))) for record in zip(*cells, strict=True)
        ]
        if records:
            found[dataset.name] = sorted(records)
    return found


@settings(max_examples=15, deadline=None)
@given(raw, st.randoms(use_true_random=False))
def test_the_order_of_raw_rows_does_not_matter(rows, random):
    shuffled = {name: random.sample(table, len(table)) for name, table in rows.items()}
    assert keyed(convert(rows)) == keyed(convert(shuffled))


@settings(max_examples=15, deadline=None)
@given(raw)
def test_subjects_can_be_converted_apart(rows):
    together = keyed(convert(rows))
    apart: dict[str, list] = {}
    for subject in ("1", "2", "3"):
        part = {name: [row for row in table if row[0] == subject] for name, table in rows.items()}
        for name, found in keyed(convert(part)).items():
            apart.setdefault(name, []).extend(found)
    assert {name: sorted(found) for name, found in apart.items()} == together


@settings(max_examples=15, deadline=None)
@given(raw, st.sampled_from([(["1"], ["2", "3"]), (["1", "2"], ["3"]), (["1"], ["2"], ["3"])]))
def test_facts_of_ranges_of_subjects_add_up(rows, ranges):
    loaded, frames = study(), frames_of(rows)
    facts = Facts()
    for subjects in ranges:
        masks = {name: frame["SUBJID"].isin(subjects).to_numpy() for name, frame in frames.items()}
        mine = {name: frames[name][mask].reset_index(drop=True) for name, mask in masks.items()}
        numbers = {TableId.of_form(name): np.flatnonzero(mask) + 1 for name, mask in masks.items()}
        facts += derive_range(loaded, plan_study(loaded), Rows(mine, {}, numbers), list(loaded.datasets)).facts
    whole = convert(rows).facts
    assert facts.datasets == whole.datasets
    assert set(facts.account) == set(whole.account)
    assert facts.blocks == whole.blocks


@settings(max_examples=15, deadline=None)
@given(raw)
def test_every_raw_row_is_used_or_excluded_by_name(rows):
    run = convert(rows)
    for name, table in rows.items():
        used: set[int] = set()
        for dataset in run.datasets:
            frame = dataset.records.frame
            assert frame["record"].between(0, len(dataset.frame) - 1).all()
            assert set(frame["record"]) == set(range(len(dataset.frame)))
            used |= set(frame.loc[frame["source"] == f"form {name}", "row"])
        blocks = [block for block in blocks_of(rows).values() if block.source == f"form {name}"]
        excluded = {int(row) + 1 for block in blocks for left in block.excluded.values() for row in left}
        assert used | excluded == set(range(1, len(table) + 1))
        assert not used & excluded


@settings(max_examples=15, deadline=None)
@given(raw)
def test_a_record_holds_what_its_raw_rows_say(rows):
    """AETERM of each record is the TERM of each of its rows."""
    run = convert(rows)
    dataset = next(dataset for dataset in run.datasets if dataset.name == "AE")
    for record, _, row in dataset.records.frame[["record", "source", "row"]].itertuples(index=False, name=None):
        assert dataset.frame["AETERM"].iloc[record] == rows["ae"][row - 1][2]
        assert dataset.frame["USUBJID"].iloc[record] == rows["ae"][row - 1][0]


def test_merged_records_know_all_their_rows():
    rows = {"dm": [], "ae": [], "vs": [], "ex": [
        ("1", "1", "2022-01-03", "2022-01-04"),
        ("1", "", "2022-01-01", "2022-01-01"),
        ("1", "1", "2022-01-01", "2022-01-02"),
    ]}  # fmt: skip
    run = convert(rows)
    dataset = next(dataset for dataset in run.datasets if dataset.name == "EX")
    assert dataset.frame[["EXSTDTC", "EXENDTC"]].to_numpy().tolist() == [["2022-01-01", "2022-01-04"]]
    assert list(dataset.records.frame[["record", "source", "row"]].itertuples(index=False, name=None)) == [
        (0, "form ex", 1),
        (0, "form ex", 3),
    ]
    assert {str(k): v.tolist() for k, v in blocks_of(rows)["EX", 0].excluded.items()} == {'DOSE != ""': [1]}


@pytest.mark.parametrize("name", list(DATASETS))
def test_an_empty_export_makes_empty_datasets(name):
    run = convert({"dm": [], "ae": [], "ex": [], "vs": []})
    assert {dataset.name: len(dataset.frame) for dataset in run.datasets}[name] == 0
