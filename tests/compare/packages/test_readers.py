"""The same data in every format that can be read are equal."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from cdisc_conv.compare.packages.run import compare_paths
from cdisc_conv.datafiles.read import list_datasets
from cdisc_conv.problems import ProblemsError
from cdisc_conv.xpt import write_xpt

FRAME = pd.DataFrame(
    {"USUBJID": ["01", "02", "03"], "AETERM": ["Nausea", "", "Rash"], "AESTDY": [3.0, float("nan"), -1.0]}
)
COLUMNS = [
    {"itemOID": f"IT.AE.{name}", "name": name, "label": name.title(), "dataType": kind}
    for name, kind in (("USUBJID", "string"), ("AETERM", "string"), ("AESTDY", "double"))
]
HEAD = {
    "datasetJSONCreationDateTime": "2026-01-31T00:00:00",
    "datasetJSONVersion": "1.1.0",
    "itemGroupOID": "IG.AE",
    "records": 3,
    "name": "AE",
    "label": "Adverse Events",
    "columns": COLUMNS,
}
ROWS = [["01", "Nausea", 3.0], ["02", "", None], ["03", "Rash", -1.0]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    FRAME.to_csv(tmp_path / "ae.csv", index=False)
    FRAME.to_parquet(tmp_path / "ae.parquet")
    write_xpt(FRAME, tmp_path / "ae.xpt", name="AE", label="Adverse Events")
    (tmp_path / "ae.json").write_text(json.dumps({**HEAD, "rows": ROWS}), encoding="utf-8")
    lines = "\n".join(json.dumps(line) for line in [HEAD, *ROWS])
    (tmp_path / "ae.ndjson").write_text(lines + "\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["ae.csv", "ae.parquet", "ae.json", "ae.ndjson"])
def test_values_are_equal_whatever_the_format(folder: Path, name: str) -> None:
    (found,) = compare_paths(folder / "ae.xpt", folder / name).datasets
    assert found.matched == 3
    assert found.equal_values


def test_a_differing_value_is_found_across_formats(folder: Path) -> None:
    path = folder / "ae.ndjson"
    path.write_text(path.read_text(encoding="utf-8").replace("-1.0", "-2.0"), encoding="utf-8")
    (found,) = compare_paths(folder / "ae.parquet", path).datasets
    assert found.cells[["variable", "base", "other", "difference"]].values.tolist() == [["AESTDY", "-1", "-2", -1.0]]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("A,B", {"A": [], "B": []}),
        ("\r\n\nA,B\n1,2\n", {"A": ["1"], "B": ["2"]}),
        ("A,B\n1," + "x" * 1_100_000 + "\n2,y\n", {"A": ["1", "2"], "B": ["x" * 1_100_000, "y"]}),
    ],
)
def test_csv_files_as_they_come(tmp_path: Path, text: str, columns: dict[str, list[str]]) -> None:
    (tmp_path / "ae.csv").write_bytes(text.encode())
    table = list_datasets(tmp_path / "ae.csv")[0].read()
    assert {name: table.columns[name].to_pylist() for name in table.names} == columns


def test_a_csv_file_whose_first_line_has_no_end(tmp_path: Path) -> None:
    (tmp_path / "ae.csv").write_text("{" + "x" * 200_000)
    with pytest.raises(ProblemsError) as error:
        list_datasets(tmp_path / "ae.csv")[0].read()
    (problem,) = error.value.problems
    assert problem.message == "the first line names no columns"


def test_a_transport_file_that_is_cut_off_is_compared_as_far_as_it_goes(folder: Path) -> None:
    whole = (folder / "ae.xpt").read_bytes()
    (folder / "ae.xpt").write_bytes(whole[: -80 + 40])
    found = compare_paths(folder / "ae.xpt", folder / "ae.csv")
    assert [(one.matched, one.only_other_count) for one in found.datasets] == [(2, 1)]
    assert [str(note) for note in found.notes] == [
        f"{folder / 'ae.xpt'}: XPT026 byte 1232: the file ends within observation 3 of AE, of which 8 of 16 bytes are "
        "there and are dropped; what comes before it is read (records are missing: get the file again, whole)"
    ]
