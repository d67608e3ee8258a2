"""Sum of diameters, baseline, changes, nadir and flags against the public oncology data (SDIAM of ADTR).

From TR, TU and RS of the public pilot study and the randomisation dates. Differences: none.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.derivations.rows import FakeRows, derive, make
from tests.golden_data import golden_folder, read_golden

NUMBERS = ("AVAL", "BASE", "CHG", "PCHG", "NADIR", "CHGNAD", "PCHGNAD", "ADY")
TEXTS = ("ABLFL", "ANL01FL", "ANL02FL", "ANL03FL", "ANL04FL", "LSEXP", "LSASS")


def days(dates: pd.Series) -> pd.Series:
    """Days of dates, a missing day as the first of the month."""
    return (pd.to_datetime(dates.where(dates.str.len() != 7, dates + "-01")) - pd.Timestamp(1960, 1, 1)).dt.days * 1.0


def read_measurements() -> pd.DataFrame:
    """The investigator's target lesions with their location, sorted by assessment."""
    sdtm = golden_folder() / "sdtm"
    tr, tu = read_golden(sdtm / "tr_onco_recist.csv"), read_golden(sdtm / "tu_onco_recist.csv")
    tr = tr[(tr["TREVAL"] == "INVESTIGATOR") & (tr["TRGRPID"] == "TARGET") & tr["TRTESTCD"].isin(["LDIAM", "LPERP"])]
    where = tu[tu["TUEVAL"] == "INVESTIGATOR"][["USUBJID", "TULNKID", "TULOC"]].drop_duplicates()
    both = tr.merge(where, how="left", left_on=["USUBJID", "TRLNKID"], right_on=["USUBJID", "TULNKID"])
    both["ADT"] = days(both["TRDTC"])
    both["VISITNUM"] = both["VISITNUM"].astype(float)
    return both.sort_values(["USUBJID", "VISITNUM"], kind="stable", ignore_index=True)


def make_assessments(measurements: pd.DataFrame) -> FakeRows:
    """One record per subject and visit over its source rows."""
    record = measurements.groupby(["USUBJID", "VISITNUM"]).ngroup()
    keys = measurements.groupby(record)[["USUBJID", "VISITNUM"]].first()
    return FakeRows(
        {name: keys[name].tolist() for name in keys},
        groups=record.tolist(),
        group_rows={name: measurements[name].tolist() for name in measurements},
        variable="AVAL",
    )


def derive_sums(rows: FakeRows) -> dict[str, list]:
    entry = {
        "nodal": 'TULOC == "LYMPH NODE"',
        "baseline": 'VISIT == "SCREENING"',
        "expected_list": "LSEXP",
        "assessed_list": "LSASS",
    }
    made = make(sum_of_diameters=entry)
    lists = {name: each.derive(rows).tolist() for name, each in made.companions("AVAL").items()}
    return {
        **rows.columns,
        **lists,
        "PARAMCD": ["SDIAM"] * len(rows),
        "AVAL": derive(rows, sum_of_diameters=entry),
        "ADT": derive(rows, min="ADT"),
    }


def add_study_days(columns: dict[str, list]) -> None:
    """ADY by randomisation, and PDFL: the investigator's response of the same date is PD."""
    folder = golden_folder()
    subjects = read_golden(folder / "adam" / "adsl.csv").set_index("USUBJID")["RANDDT"]
    start = days(subjects.reindex(columns["USUBJID"]).reset_index(drop=True)).to_numpy()
    difference = np.array(columns["ADT"]) - start
    columns["RANDDT"] = start.tolist()
    columns["ADY"] = (difference + (difference >= 0)).tolist()
    rs = read_golden(folder / "sdtm" / "rs_onco_recist.csv")
    rs = rs[(rs["RSTESTCD"] == "OVRLRESP") & (rs["RSEVAL"] == "INVESTIGATOR") & (rs["RSSTRESC"] == "PD")]
    progressed = set(zip(rs["USUBJID"], days(rs["RSDTC"]), strict=True))
    pairs = zip(columns["USUBJID"], columns["ADT"], strict=True)
    columns["PDFL"] = ["Y" if pair in progressed else "" for pair in pairs]


def derive_analysis(columns: dict[str, list]) -> None:
    """The variables of the Basic Data Structure, each from those before it."""
    flagged = {"by": ["PARAMCD"], "order": ["ADT"]}
    assessed = 'ANL01FL == "Y" or PDFL == "Y"'
    entries = {
        "ANL01FL": {"expr": 'if(LSEXP == LSASS, "Y", "")'},
        "ABLFL": {"extreme": {"pick": "last", "value": "AVAL", **flagged, "where": "ADY <= 1"}},
        "BASE": {"baseline": "AVAL"},
        "CHG": {"change": {}},
        "PCHG": {"percent_change": {}},
        "NADIR": {"nadir": {"order": ["ADY"], "where": 'ANL01FL == "Y"'}},
        "CHGNAD": {"change": "NADIR"},
        "PCHGNAD": {"percent_change": "NADIR"},
        "ANL02FL": {
            "extreme": {"pick": "lowest", "value": "PCHG", **flagged, "where": 'ANL01FL == "Y" and ADT > RANDDT'}
        },
        "ANL03FL": {"until": {"event": 'PDFL == "Y"', "event_record": "exclude", **flagged, "where": assessed}},
        "ANL04FL": {"expr": f'if({assessed}, "Y", "")'},
    }
    for name, entry in entries.items():
        columns[name] = derive(FakeRows(columns), **entry)


@pytest.fixture(scope="module")
def both() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ours and the golden records of SDIAM in the same order."""
    rows = make_assessments(read_measurements())
    columns = derive_sums(rows)
    add_study_days(columns)
    derive_analysis(columns)
    golden = read_golden(golden_folder() / "adam" / "adtr_onco.csv")
    golden = golden[golden["PARAMCD"] == "SDIAM"].reset_index(drop=True)
    return pd.DataFrame(columns), golden


def test_there_are_the_same_assessments(both: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    ours, golden = both
    assert len(golden) == 25
    assert ours["USUBJID"].tolist() == golden["USUBJID"].tolist()
    assert ours["ADT"].tolist() == days(golden["ADT"]).tolist()


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers(both: tuple[pd.DataFrame, pd.DataFrame], name: str) -> None:
    ours, golden = both
    expected = pd.to_numeric(golden[name].replace("", None))
    assert ours[name].astype(float).tolist() == pytest.approx(expected.tolist(), rel=1e-14, nan_ok=True)


@pytest.mark.parametrize("name", TEXTS)
def test_texts(both: tuple[pd.DataFrame, pd.DataFrame], name: str) -> None:
    ours, golden = both
    assert ours[name].tolist() == golden[name].tolist()
