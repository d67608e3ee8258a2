"""How much of the public pilot's SDTM comes out right before anybody has touched the draft.

Compared are the variables that come from the raw form (NOTES.md of the golden data), by subject and record; printed
with ``pytest -s``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest
from golden_data import golden_folder, read_golden

from cdisc_conv.draft.run import init_study
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import Severity
from cdisc_conv.xpt import read_xpt

FROM_RAW = {
    "DM": [
        "USUBJID",
        "SUBJID",
        "SITEID",
        "AGE",
        "SEX",
        "RACE",
        "ETHNIC",
        "ARM",
        "ARMCD",
        "ACTARM",
        "ACTARMCD",
        "COUNTRY",
        "DMDTC",
    ],
    "AE": [
        "AETERM",
        "AELLT",
        "AEDECOD",
        "AEHLT",
        "AEHLGT",
        "AEBODSYS",
        "AESOC",
        "AESEV",
        "AESER",
        "AESCAN",
        "AESCONG",
        "AESDISAB",
        "AESDTH",
        "AESHOSP",
        "AESLIFE",
        "AESOD",
        "AEREL",
        "AEOUT",
        "AEDTC",
        "AESTDTC",
        "AEENDTC",
    ],
    "EX": ["EXTRT", "EXDOSE", "EXDOSU", "EXDOSFRM", "EXDOSFRQ", "EXROUTE", "VISIT", "EXSTDTC", "EXENDTC"],
}
ORDER = {"DM": [], "AE": ["AEDECOD", "AESTDTC", "AEDTC", "AELLT", "AEENDTC", "AEOUT"], "EX": ["EXSTDTC", "EXTRT"]}
"""Beside the subject, what puts the records of both sides into one order."""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = golden_folder() / "raw"
    folder = tmp_path_factory.mktemp("init")
    outcome = init_study(raw, folder / "study")
    assert [str(one) for one in outcome.problems if one.severity is not Severity.NOTE] == []
    run_study(folder / "study", raw, folder / "out")
    return folder / "out"


def read_cells(path: Path, golden: Path, dataset: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ours and the golden records in one order, as text."""
    names, order = FROM_RAW[dataset], ORDER[dataset]
    wanted = read_golden(golden)
    made = pd.DataFrame(read_xpt(path).frame)
    made = made.reindex(columns=["USUBJID", *names]) if "USUBJID" not in names else made.reindex(columns=names)
    wanted = wanted[list(made.columns)]
    both = []
    for frame in (made, wanted):
        number = frame.get("EXDOSE", frame.get("AGE"))
        text = frame.astype("object").where(frame.notna(), "").astype(str)
        for name in ("EXDOSE", "AGE"):
            if name in text and number is not None:
                text[name] = pd.to_numeric(frame[name]).map(lambda value: "" if value != value else f"{value:g}")
        subject = text["USUBJID"].str.extract(r"(\d{3}-\d{4})$")[0]
        both.append(text.assign(KEY=subject).sort_values(["KEY", *order], kind="stable").reset_index(drop=True))
    return both[0], both[1]


@pytest.mark.parametrize("dataset", ["DM", "AE", "EX"])
def test_at_least_eight_of_ten_cells_are_right(package: Path, dataset: str) -> None:
    golden = golden_folder() / "sdtm" / f"{dataset.lower()}.csv"
    made, wanted = read_cells(package / "sdtm" / f"{dataset.lower()}.xpt", golden, dataset)
    assert made["KEY"].tolist() == wanted["KEY"].tolist()
    same = {name: float((made[name] == wanted[name]).mean()) for name in FROM_RAW[dataset]}
    share = sum(same.values()) / len(same)
    wrong = ", ".join(f"{name} {part:.0%}" for name, part in same.items() if part < 1)
    sys.stdout.write(f"\n{dataset}: {share:.1%} of {len(made) * len(same):,} cells are right; {wrong}\n")
    assert share >= 0.8
