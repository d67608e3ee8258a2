"""The checks on the public pilot study: what they find there is really in those data."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from golden_data import golden_folder, read_golden

from cdisc_conv.checks import check_datasets
from cdisc_conv.problems import Severity
from tests.checks.conftest import STANDARD, TERMINOLOGY, make_dataset

NAMES = ("dm", "ae", "ex", "ds", "sv", "ts", "suppae", "suppdm")


def test_the_pilot_study() -> None:
    datasets = []
    for name in NAMES:
        frame = read_golden(golden_folder() / "sdtm" / f"{name}.csv")
        empty = make_dataset(name.upper(), "|".join(frame.columns))
        numeric = [column.name for column in empty.columns if column.numeric]
        frame[numeric] = frame[numeric].replace("", None).astype("float64")
        datasets.append(replace(empty, frame=frame))
    report = check_datasets(datasets, STANDARD, TERMINOLOGY, created="2026-01-31")
    found: Counter[tuple[str, str, str]] = Counter()
    for problem in report.problems:
        if problem.severity is not Severity.NOTE and problem.code != "VAR003":
            found[problem.code, problem.place.dataset, problem.place.variable] += problem.count
    assert found == {
        ("AE002", "AE", "AESER"): 36,  # not serious, although a criterion is met
        ("AE014", "AE", "AEENDTC"): 250,  # NOT RECOVERED/NOT RESOLVED with an end
        ("AE015", "AE", "AEENDTC"): 1,  # a suicide that ends the day before death
        ("CT004", "DS", "DSDECOD"): 290,  # FINAL LAB VISIT and the like, which no study.yaml declares here
        ("DAT005", "AE", "AESTDY"): 1,  # 366 on the day of RFSTDTC
        ("DAT017", "AE", "AESTDTC"): 2,  # July, recorded in June
        ("DM002", "DM", "ARMNRS"): 52,  # screen failures have an arm of that name, as before SDTMIG 3.3
        ("DM019", "DM", "RFXENDTC"): 6,
        ("DM022", "DM", "ACTARMCD"): 52,
        ("DM027", "DM", "RFICDTC"): 306,
        ("DM032", "DM", ""): 2,
        ("DS004", "DM", "USUBJID"): 306,
        ("EVT004", "EX", "EXENDTC"): 6,
        ("EXP001", "AE", "EPOCH"): 1,
        ("EXP001", "DS", "EPOCH"): 1,
        ("EXP001", "EX", "EPOCH"): 1,
        ("EXP002", "AE", "AEDTC"): 1,
        ("EXP002", "DS", "DSDTC"): 1,
        ("EXP002", "SV", "SVENDTC"): 1,
        ("EXP002", "SV", "SVSTDTC"): 1,
        ("ID011", "AE", "AETERM"): 460,  # events that were reported again at later visits
        ("REL015", "SUPPDM", "QNAM"): 508,
        ("TS011", "TS", "TSPARMCD"): 1,  # of what FDA asks for, 20 parameters are missing
        ("TS012", "TS", "TSPARMCD"): 2,
        ("TS013", "TS", "TSVAL"): 2,  # Phase II Trial; a sentence as dosing frequency
        ("TS015", "TS", "TSVAL"): 3,  # 50 years, no maximum, 26 weeks
        ("TS002", "TS", "TSPARMCD"): 2,  # AGESPAN is not in the terminology any more
        ("TS005", "TS", "TSPARMCD"): 1,  # no STYPE, SSTDTC, SENDTC
        ("TS003", "TS", "TSPARM"): 2,  # two parameters have been renamed since
        ("TXT002", "DS", "DSSPID"): 58,
        ("VAR007", "DM", "ARMNRS"): 1,
        ("VIS001", "SV", "VISIT"): 1,  # visit 9.1 is WEEK 14 (T) in most records
    }
