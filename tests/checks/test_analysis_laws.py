"""Checks of ADaM against plain Python on small made-up data, and on the public pilot study."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date

import pandas as pd
from golden_data import golden_folder, read_golden
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc_conv.checks import CheckReport, check_datasets, load_shipped_rules
from cdisc_conv.checks.analysis import is_analysis_name, name_date_kind
from cdisc_conv.checks.codes import code_series, match_records
from cdisc_conv.dataset import Dataset
from tests.checks.conftest import (
    ADAM_STANDARD,
    ADAM_TERMINOLOGY,
    make_analysis_dataset,
    make_dataset,
    read_number,
)

RULES = {rule.id: rule for rule in load_shipped_rules()}
DAYS = st.dates(date(2022, 1, 1), date(2023, 12, 31))


def run(rule: str, **tables: list[str]) -> CheckReport:
    made = {name: "\n".join(lines) for name, lines in tables.items()}
    own = [make_analysis_dataset(name, text) for name, text in made.items() if is_analysis_name(name)]
    beside = [make_dataset(name, text) for name, text in made.items() if not is_analysis_name(name)]
    return check_datasets(own, ADAM_STANDARD, ADAM_TERMINOLOGY, rules=[RULES[rule]], beside=beside)


def count(report: CheckReport) -> int:
    return sum(problem.count for problem in report.problems)


@given(st.lists(st.tuples(st.one_of(st.none(), DAYS), st.one_of(st.none(), DAYS)), min_size=1, max_size=8))
def test_ends_before_starts(pairs: list[tuple[date | None, date | None]]) -> None:
    lines = [f"01|{number}|{start or ''}|{end or ''}" for number, (start, end) in enumerate(pairs, 1)]
    report = run("ADDAT001", ADAE=["USUBJID|AESEQ|ASTDT|AENDT", *lines])
    assert count(report) == sum(bool(start and end and end < start) for start, end in pairs)


@given(DAYS, st.sampled_from(["", "day", "month", "year"]), st.sampled_from(["", "D", "M", "Y"]), st.booleans())
def test_flags_of_imputation_tell_what_was_collected(day: date, lost: str, flag: str, late: bool) -> None:
    """Whatever part of a date is lost, the imputed date fits, and one flag is right."""
    last = calendar.monthrange(day.year, day.month)[1]
    collected, expected, imputed = {
        "": (str(day), "", day),
        "day": (f"{day:%Y-%m}", "D", day.replace(day=last if late else 1)),
        "month": (f"{day:%Y}", "M", date(day.year, 12, 31) if late else date(day.year, 1, 1)),
        "year": ("", "Y", day),
    }[lost]
    lines = ["USUBJID|AESEQ|AESTDTC|ASTDT|ASTDTF", f"01|1|{collected}|{imputed}|{flag}"]
    assert count(run("ADDAT008", ADAE=lines)) == 0
    assert count(run("ADDAT009", ADAE=lines)) == (flag != expected)


@given(DAYS, DAYS, st.integers(-800, 800))
def test_relative_days(start: date, day: date, given_day: int) -> None:
    between = (day - start).days
    expected = between + (between >= 0)
    tables = {
        "ADSL": ["USUBJID|TRTSDT", f"01|{start}"],
        "ADTR": ["USUBJID|PARAMCD|ADT|ADY", f"01|SDIAM|{day}|{expected}", f"01|SDIAM|{day}|{given_day}"],
    }
    assert count(run("ADDAT011", **tables)) == (given_day not in (0, expected))
    assert count(run("ADDAT010", **tables)) == (given_day == 0)


RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["01", "02"]),
        st.sampled_from(["SDIAM", "LDIAM1"]),
        st.sampled_from(["", "1", "2"]),
        st.sampled_from(["", "1", "2"]),
        st.sampled_from(["", "", "Y"]),
    ),
    min_size=1,
    max_size=10,
)


@given(RECORDS)
def test_baselines(records: list[tuple[str, str, str, str, str]]) -> None:
    report = run("ADBDS010", ADTR=["USUBJID|PARAMCD|AVAL|BASE|ABLFL", *("|".join(record) for record in records)])
    lone = run("ADBDS012", ADTR=["USUBJID|PARAMCD|AVAL|BASE|ABLFL", *("|".join(record) for record in records)])
    several = run("ADBDS009", ADTR=["USUBJID|PARAMCD|AVAL|BASE|ABLFL", *("|".join(record) for record in records)])
    wrong = without = repeated = 0
    for subject, parameter, _, base, flag in records:
        baselines = [r[2] for r in records if r[:2] == (subject, parameter) and r[4] == "Y"]
        wrong += base != "" and len(baselines) == 1 and base != baselines[0]
        without += base != "" and not baselines
        repeated += flag == "Y" and len(baselines) > 1
    assert (count(report), count(lone), count(several)) == (wrong, without, repeated)


KEYS = st.lists(st.tuples(st.sampled_from(["01", "02"]), st.integers(1, 3)), max_size=8)


@given(KEYS, KEYS)
def test_records_are_matched_by_their_keys(left: list[tuple[str, int]], right: list[tuple[str, int]]) -> None:
    def code(keys: list[tuple[str, int]]) -> list:  # type: ignore[type-arg]
        subjects = pd.Series([subject for subject, _ in keys], dtype="str")
        return [code_series(subjects), code_series(pd.Series([float(number) for _, number in keys], dtype="float64"))]

    expected = [right.index(key) if key in right else -1 for key in left]
    assert match_records(code(left), code(right)).tolist() == expected


@given(st.lists(st.tuples(st.sampled_from(["", "A", "B"]), st.sampled_from(["", "A", "B"])), min_size=1, max_size=8))
def test_copied_values(pairs: list[tuple[str, str]]) -> None:
    subjects = [f"{number:02d}" for number in range(len(pairs))]
    tables = {
        "ADSL": ["USUBJID|TRT01A", *(f"{s}|{there}" for s, (_, there) in zip(subjects, pairs, strict=True))],
        "ADAE": ["USUBJID|AESEQ|TRT01A", *(f"{s}|1|{here}" for s, (here, _) in zip(subjects, pairs, strict=True))],
        "DM": ["USUBJID|AGE", *(f"{s}|1" for s in subjects)],
    }
    assert count(run("ADSRC001", **tables)) == sum(here != there for here, there in pairs)


def test_the_pilot_study() -> None:
    """All that the rules say of the public analysis datasets: one term that the terminology writes otherwise."""
    folder = golden_folder()
    names = {"ADSL": "adsl", "ADAE": "adae", "ADTR": "adtr_onco"}
    own = [_read(folder / "adam" / f"{file}.csv", name) for name, file in names.items()]
    names = {"DM": "dm", "AE": "ae", "EX": "ex", "TR": "tr_onco_recist"}
    beside = [_read(folder / "sdtm" / f"{file}.csv", name) for name, file in names.items()]
    report = check_datasets(own, ADAM_STANDARD, ADAM_TERMINOLOGY, created="2026-01-31", beside=beside)
    # the files have no labels
    found = {(p.code, p.place.dataset, p.place.variable): p.count for p in report.problems if p.code[:7] != "ADSRC00"}
    assert found == {("ADVAR019", "ADAE", "ADURU"): 718}
    assert {p.code for p in report.problems} == {"ADVAR019", "ADSRC003", "ADSRC004"}
    assert len(report.run) == 109


def _read(path, name: str) -> Dataset:  # type: ignore[no-untyped-def]
    frame = read_golden(path)
    analysis = is_analysis_name(name)
    numbers = [column for column in ("NADIR", "CHGNAD", "PCHGNAD") if column in frame]
    header = "|".join(frame.columns)
    empty = make_analysis_dataset(name, header, other_type=numbers) if analysis else make_dataset(name, header)
    for column in (column for column in empty.columns if column.numeric):
        kind = name_date_kind(column.name) if analysis else ""
        frame[column.name] = [read_number(cell, kind) for cell in frame[column.name]]
        frame[column.name] = frame[column.name].astype("float64")
    return replace(empty, frame=frame)


NAMES = [
    "STUDYID",
    "USUBJID",
    "AESEQ",
    "AETERM",
    "AESTDTC",
    "ASTDT",
    "AENDT",
    "ASTDTM",
    "ASTDTF",
    "ASTDY",
    "TRTSDT",
    "SAFFL",
    "SAFFN",
    "PARAMCD",
    "PARAM",
    "AVAL",
    "AVALC",
    "BASE",
    "CHG",
    "PCHG",
    "ABLFL",
    "AVISIT",
    "AVISITN",
    "CNSR",
    "STARTDT",
    "ADT",
    "ADY",
    "SRCDOM",
    "SRCVAR",
    "SRCSEQ",
    "ASEQ",
    "TRTEMFL",
    "ADURN",
    "ADURU",
]
CELLS = st.sampled_from(["", "1", "2", "0"])


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_whatever_columns_there_are_no_rule_breaks_down(data: st.DataObject) -> None:
    """Columns left out, of the wrong type, without records: a rule finds something, nothing, or says why it cannot."""

    def draw(name: str) -> Dataset:
        names = data.draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
        rows = data.draw(st.lists(st.lists(CELLS, min_size=len(names), max_size=len(names)), max_size=4))
        flipped = data.draw(st.lists(st.sampled_from(names), unique=True))
        text = "\n".join(["|".join(names), *("|".join(row) for row in rows)])
        make = make_analysis_dataset if is_analysis_name(name) else make_dataset
        return make(name, text, other_type=flipped)

    own = [draw(name) for name in ("ADSL", "ADAE", "ADTTE")]
    beside = [draw(name) for name in ("DM", "AE")]
    report = check_datasets(own, ADAM_STANDARD, ADAM_TERMINOLOGY, created="2026-01-31", beside=beside)
    assert {*report.run, *report.not_run} == {rule for rule, known in RULES.items() if known.analysis}
    assert all(str(problem) for problem in report.problems)
