"""Responses and times to event of the public oncology data, against what is known of the public analysis datasets."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[2]))

from golden_data import golden_folder, read_golden

from cdisc_conv.columns.sas_dates import to_iso_dates, to_sas_days
from tests.derivations.rows import FakeRows, make

ELIGIBLE = 'PARAMCD == "OVR" and ANL01FL == "Y" and ANL02FL == "Y"'
FROM = {"from": "self", "where": ELIGIBLE, "start": "RANDDT"}
ORDERED = {"from": "self", "order": ["ADT", "RSSEQ"], "bring": "ADT"}
PARAMETERS: dict[str, dict[str, Any]] = {
    "PD": {"occurrence": {**ORDERED, "where": 'PARAMCD == "OVR" and AVALC == "PD" and ANL01FL == "Y"'}},
    "RSP": {"occurrence": {**ORDERED, "where": f'{ELIGIBLE} and AVALC in ("CR", "PR")'}},
    "CB": {"clinical_benefit": FROM},
    "CCB": {"clinical_benefit": {**FROM, "confirmed": True}},
    "CRSP": {"confirmed_response": FROM},
    "BOR": {"best_response": FROM},
    "CBOR": {"best_response": {**FROM, "confirmed": True}},
    "DEATH": {"occurrence": {"from": "ADSL", "where": 'DTHDT != ""', "bring": {"ADT": "DTHDT"}}},
    "LSTA": {
        "occurrence": {
            **ORDERED,
            "where": 'PARAMCD == "OVR" and ANL01FL == "Y"',
            "keep": "last",
            "take": "AVALC",
        }
    },
}


def numbers(series: pd.Series) -> list[float | None]:
    return [None if value != value else float(value) for value in series]


@cache
def subjects() -> dict[str, list[Any]]:
    adsl = read_golden(golden_folder() / "adam" / "adsl.csv")
    dates = {name: numbers(to_sas_days(adsl[name])) for name in ("RANDDT", "DTHDT", "LSTALVDT")}
    return {"USUBJID": adsl["USUBJID"].tolist(), **dates}


@cache
def overall_responses() -> dict[str, list[Any]]:
    """OVR: the investigator's, a missing day as the last of its month, with the flags of the golden rules."""
    rs = read_golden(golden_folder() / "sdtm" / "rs_onco_recist.csv")
    rs = rs[(rs["RSTESTCD"] == "OVRLRESP") & (rs["RSEVAL"] == "INVESTIGATOR")].reset_index(drop=True)
    months = rs["RSDTC"].str.len() == 7
    last = (pd.to_datetime(rs["RSDTC"][months]) + pd.offsets.MonthEnd(0)).dt.strftime("%Y-%m-%d")
    rs["ADT"] = to_sas_days(rs["RSDTC"].mask(months, last.reindex(rs.index).fillna("")).astype("str"))
    rs["RSSEQ"] = rs["RSSEQ"].astype(float)
    rs = rs.sort_values(["USUBJID", "ADT", "RSSEQ"]).reset_index(drop=True)
    start = dict(zip(subjects()["USUBJID"], subjects()["RANDDT"], strict=True))
    in_time = rs["ADT"].to_numpy() >= np.array([start[name] for name in rs["USUBJID"]], dtype=float)
    assert not rs.duplicated(["USUBJID", "ADT"]).any()  # so no worst of a day is to be found here
    progressed = (rs["RSSTRESC"] == "PD").astype(int)
    before = progressed.groupby(rs["USUBJID"]).cumsum() - progressed
    return {
        "USUBJID": rs["USUBJID"].tolist(),
        "PARAMCD": ["OVR"] * len(rs),
        "AVALC": rs["RSSTRESC"].tolist(),
        "ADT": numbers(rs["ADT"]),
        "RSSEQ": rs["RSSEQ"].tolist(),
        "ANL01FL": np.where(in_time, "Y", "").tolist(),
        "ANL02FL": np.where(before == 0, "Y", "").tolist(),
    }


@cache
def parameters() -> pd.DataFrame:
    """One record per subject and parameter."""
    rows = FakeRows(subjects(), tables={"self": overall_responses(), "ADSL": subjects()})
    made = []
    for code, entry in PARAMETERS.items():
        derivation = make(**entry)
        dates = derivation.companions("AVALC")["ADT"].derive(rows)
        made.append(
            pd.DataFrame(
                {"USUBJID": subjects()["USUBJID"], "PARAMCD": code, "AVALC": derivation.derive(rows), "ADT": dates}
            )
        )
    assert rows.reports == []
    return pd.concat(made, ignore_index=True)


def values(code: str) -> dict[str, tuple[str, str]]:
    """Value and date of the subjects that have one."""
    found = parameters()[parameters()["PARAMCD"] == code]
    assert len(found) == 306
    found = found[~found["AVALC"].isin(["", "N", "MISSING"])]
    return dict(zip(found["USUBJID"], zip(found["AVALC"], to_iso_dates(found["ADT"]), strict=True), strict=True))


def test_responses() -> None:
    assert values("CRSP") == {"01-701-1118": ("Y", "2014-04-23")}
    assert values("CBOR")["01-701-1118"] == ("PR", "2014-04-23")
    assert {name: value for name, (value, _) in values("BOR").items()} == {
        "01-701-1015": "CR",
        "01-701-1028": "PD",
        "01-701-1034": "NON-CR/NON-PD",
        "01-701-1097": "NE",
        "01-701-1115": "CR",
        "01-701-1118": "PR",
        "01-701-1130": "SD",
        "01-701-1133": "CR",
    }
    assert {name for name, (value, _) in values("CBOR").items() if value == "SD"} == {
        "01-701-1015",
        "01-701-1115",
        "01-701-1130",
        "01-701-1133",
    }
    assert (len(values("PD")), len(values("RSP")), len(values("CB")), len(values("CCB"))) == (3, 4, 6, 6)
    assert (len(values("DEATH")), len(values("LSTA"))) == (3, 8)
    assert values("CB")["01-701-1034"] == ("Y", "2014-08-12")  # on day 42 exactly


def time_to_event(rows: FakeRows, **parameters_of: Any) -> pd.DataFrame:
    adrs = {
        "USUBJID": parameters()["USUBJID"].tolist(),
        "PARAMCD": parameters()["PARAMCD"].tolist(),
        "AVALC": parameters()["AVALC"].tolist(),
        "ADT": numbers(parameters()["ADT"]),
    }
    rows.tables = {"ADRS": adrs, "ADSL": subjects()}
    derivation = make(time_to_event={**parameters_of, "unit": "days"})
    frame = pd.DataFrame({"ADT": derivation.derive(rows)})
    for name, part in derivation.companions("ADT").items():
        frame[name] = part.derive(rows)
    assert (frame["AVAL"] >= 1).all() and rows.reports == []
    return frame.assign(USUBJID=rows.columns["USUBJID"])


PD = {"from": "ADRS", "where": 'PARAMCD == "PD" and AVALC == "Y"', "description": "Disease Progression"}
DEATH = {"from": "ADRS", "where": 'PARAMCD == "DEATH" and AVALC == "Y"', "description": "Death"}
LAST = {"from": "ADRS", "where": 'PARAMCD == "LSTA"', "description": "Last Tumor Assessment"}
ALIVE = {"from": "ADSL", "date": "LSTALVDT", "description": "Alive"}
RANDOMIZED = {"from": "ADSL", "date": "RANDDT", "description": "Randomization"}


def randomized() -> FakeRows:
    places = [place for place, date in enumerate(subjects()["RANDDT"]) if date is not None]
    return FakeRows({name: [column[place] for place in places] for name, column in subjects().items()})


def test_overall_survival() -> None:
    made = time_to_event(randomized(), start="RANDDT", events=[DEATH], censors=[ALIVE, RANDOMIZED])
    assert made["EVNTDESC"].value_counts().to_dict() == {"Alive": 248, "Death": 3, "Randomization": 3}
    # Two were last known alive before their randomization, one on its day.
    assert made.loc[made["EVNTDESC"] == "Randomization", "USUBJID"].tolist() == [
        "01-705-1018",
        "01-705-1382",
        "01-708-1236",
    ]


def test_progression_free_survival_and_duration_of_response() -> None:
    made = time_to_event(randomized(), start="RANDDT", events=[PD, DEATH], censors=[LAST, RANDOMIZED])
    assert made["EVNTDESC"].value_counts().to_dict() == {
        "Randomization": 243,
        "Last Tumor Assessment": 5,
        "Disease Progression": 3,
        "Death": 3,
    }
    responders = values("RSP")
    dates = numbers(to_sas_days(pd.Series([date for _, date in responders.values()], dtype="str")))
    rows = FakeRows({"USUBJID": list(responders), "ADT": dates})
    made = time_to_event(rows, start="raw.ADT", events=[PD, DEATH], censors=[LAST], start_domain="ADRS")
    assert list(zip(made["USUBJID"], made["CNSR"], made["AVAL"], strict=True)) == [
        ("01-701-1015", 1, 1),
        ("01-701-1115", 1, 22),
        ("01-701-1118", 1, 43),
        ("01-701-1133", 0, 43),
    ]
