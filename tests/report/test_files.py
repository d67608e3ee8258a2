"""findings.json, lineage.json and the records: what other programs read."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
from studies import edit

from cdisc_conv.package.run import run_study


def test_findings(folder):
    edit(folder / "raw" / "dm.csv", "002,Screening,F", "002,Screening,Q")
    run_study(folder / "tiny", folder / "raw", folder / "out")
    data = json.loads((folder / "out" / "report" / "findings.json").read_text(encoding="utf-8"))
    assert (data["schema"], data["study"]) == (1, "TINY-01")
    (finding,) = data["findings"]
    assert sum(data["count"].values()) == 1
    assert finding["code"] == "TERM001"
    assert finding["value"] == "Q"
    assert finding["place"] == {"form": "dm", "field": "SEX", "rows": [2], "dataset": "DM", "variable": "SEX"}
    assert set(finding) == {"code", "message", "severity", "place", "hint", "value", "count"}


def test_lineage(folder):
    run_study(folder / "tiny", folder / "raw", folder / "out")
    data = json.loads((folder / "out" / "report" / "lineage.json").read_text(encoding="utf-8"))
    assert data["raw"] == {"encoding": "utf-8", "delimiter": ","}
    assert data["forms"]["ae"]["fields"]["AESTDAT"] == {"label": "Start date", "pages": [], "used_by": ["AE.AESTDTC"]}
    assert data["datasets"]["SUPPAE"] == {
        "label": "Supplemental Qualifiers for AE",
        "keys": ["STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM"],
        "supplemental_to": "AE",
        "qualifiers": ["AENOTE"],
    }
    variable = data["variables"]["AE.AESTDY"]
    assert (variable["label"], variable["used_by"]) == ("Study Day of Start of Adverse Event", [])
    (entry,) = variable["entries"]
    assert entry.pop("method") != ""
    assert entry == {
        "records": 'form ae where AEYN == "Y"',
        "sources": ["form ae"],
        "derivation": "study_day",
        "mapped_at": "tiny/sdtm/ae.yaml:26",
        "entry": "{study_day: AESTDTC}",
        "reads": ["AE.AESTDTC", "DM.RFSTDTC"],
        "matched_by": ["DM.USUBJID", "AE.USUBJID"],
        "fields": ["ae.AESTDAT", "dm.DOSEDAT"],
        "row_fields": ["ae.AESTDAT"],
        "links": [["own", "AE.AESTDTC"], ["subject", "DM.RFSTDTC"]],
        "variants": [0],
    }


def test_records(folder):
    run_study(folder / "tiny", folder / "raw", folder / "out")
    table = pq.read_table(folder / "out" / "report" / "records" / "ae.parquet")
    assert table.to_pydict() == {
        "record": [1, 2, 3],
        "source": ["form ae"] * 3,
        "row": [2, 1, 3],
        "variant": [0, 0, 0],
        "read": [True, True, True],
        "variable": ["", "", ""],
    }
