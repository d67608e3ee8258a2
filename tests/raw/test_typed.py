"""Formats with types: Parquet, SAS transport files, SAS data sets, Dataset-JSON. Their values as text."""

from __future__ import annotations

import datetime
import gzip
import json
import zlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reference_data import reference_file

from cdisc_conv.raw import FormSource, RawForm, read_form
from cdisc_conv.raw.typed import json_stream
from cdisc_conv.xpt import XptVariable, make_missing, write_xpt


def read(folder: Path, name: str, **settings: Any) -> tuple[RawForm, list[str]]:
    form, problems = read_form(FormSource("ae", name, **settings), folder)
    assert form is not None, problems
    return form, [str(problem) for problem in problems]


def refuse(folder: Path, name: str, **settings: Any) -> str:
    form, problems = read_form(FormSource("ae", name, **settings), folder)
    assert form is None
    (problem,) = problems
    return str(problem)


def test_parquet(folder: Path) -> None:
    table = pa.table(
        {
            "TEXT": ["001", None, "é"],
            "FLOAT": [2.0, None, 0.1],
            "INT": [1, None, -3],
            "DEC": [Decimal("1.50"), None, Decimal("0.00")],
            "DAY": [datetime.date(2024, 1, 5), None, datetime.date(1899, 12, 31)],
            "WHEN": [datetime.datetime(2024, 1, 5, 10, 30), None, datetime.datetime(2024, 1, 5, 10, 30, 0, 250000)],
            "FLAG": [True, None, False],
            "CODE": pa.array(["a", None, "b"]).dictionary_encode(),
        }
    )
    pq.write_table(table, folder / "ae.parquet")
    form, problems = read(folder, "ae.parquet")
    assert problems == []
    assert form.frame.to_dict("list") == {
        "TEXT": ["001", "", "é"],
        "FLOAT": ["2", "", "0.1"],
        "INT": ["1", "", "-3"],
        "DEC": ["1.50", "", "0.00"],
        "DAY": ["2024-01-05", "", "1899-12-31"],
        "WHEN": ["2024-01-05T10:30:00", "", "2024-01-05T10:30:00.25"],
        "FLAG": ["true", "", "false"],
        "CODE": ["a", "", "b"],
    }
    assert set(map(str, form.frame.dtypes)) == {"str"}


def test_parquet_that_is_damaged_or_nested(folder: Path) -> None:
    pq.write_table(pa.table({"A": [[1, 2]]}), folder / "ae.parquet")
    assert refuse(folder, "ae.parquet") == (
        "raw/ae.parquet: RAW003 form 'ae' has values in A that are no single ones: list<element: int64> "
        "(write one column for each part)"
    )
    (folder / "ae.parquet").write_bytes((folder / "ae.parquet").read_bytes()[:60])
    assert refuse(folder, "ae.parquet").startswith("raw/ae.parquet: RAW003 form 'ae' is a damaged Parquet file: ")


def test_transport_files_with_a_catalogue(folder: Path) -> None:
    frame = pd.DataFrame(
        {
            "SEX": ["1", "2", ""],
            "SEV": [1.0, make_missing(".U"), np.nan],
            "DAT": [23380.0, np.nan, -1.5],
            "TIM": [34200.0, np.nan, 86399.5],
        }
    )
    variables = [
        XptVariable("SEX", numeric=False, length=1, label="Sex", format="$SX1."),
        XptVariable("SEV", numeric=True, length=8, format="SEVF3."),
        XptVariable("DAT", numeric=True, length=8, format="DATE9."),
        XptVariable("TIM", numeric=True, length=8, format="TIME8."),
    ]
    write_xpt(frame, folder / "ae.xpt", name="AE", variables=variables)
    catalogue = pd.DataFrame(
        {
            "FMTNAME": ["SX", "SX", "SEVF", "SEVF"],
            "START": ["1", "2", "1", ".U"],
            "LABEL": ["Male", "Female", "MILD", "Unknown"],
            "TYPE": ["C", "C", "N", "N"],
        }
    )
    write_xpt(catalogue, folder / "formats.xpt", name="FORMATS")
    form, problems = read(folder, "ae.xpt", metadata=("formats.xpt",))
    assert problems == []
    assert form.frame.to_dict("list") == {
        "SEX": ["1", "2", ""],
        "SEV": ["1", ".U", ""],
        "DAT": ["2024-01-05", "", "1959-12-30"],
        "TIM": ["09:30:00", "", "23:59:59.5"],
    }
    assert form.labels == {"SEX": "Sex"}
    assert form.values == {"SEX": {"1": "Male", "2": "Female"}, "SEV": {"1": "MILD", ".U": "Unknown"}}


def test_a_transport_file_that_is_cut_off(folder: Path) -> None:
    write_xpt(pd.DataFrame({"A": ["x" * 50] * 10}), folder / "ae.xpt", name="AE")
    (folder / "ae.xpt").write_bytes((folder / "ae.xpt").read_bytes()[:-90])
    form, problems = read(folder, "ae.xpt")
    assert form is not None
    assert len(form.frame) == 9
    assert [str(problem) for problem in problems] == [
        "raw/ae.xpt: XPT026 form 'ae': byte 1330: the file ends within observation 10 of AE, of which 20 of 50 "
        "bytes are there and are dropped; what comes before it is read (records are missing: get the file again, whole)"
    ]


def test_a_catalogue_that_is_none(folder: Path) -> None:
    write_xpt(pd.DataFrame({"A": ["x"]}), folder / "ae.xpt", name="AE")
    assert refuse(folder, "ae.xpt", metadata=("ae.xpt",)) == (
        "raw/ae.xpt: RAW003 form 'ae' has the format catalogue ae.xpt, which cannot be read: it has no columns "
        "FMTNAME, START, LABEL (give a .sas7bcat file, or what PROC FORMAT writes with CNTLOUT)"
    )
    assert refuse(folder, "ae.xpt", metadata=("formats.sas7bcat",)) == (
        "raw/formats.sas7bcat: RAW001 form 'ae' has no file formats.sas7bcat in raw (the files are ae.xpt)"
    )


def test_sas_data_sets() -> None:
    folder = reference_file("samples", "sas_raw")
    form, problems = read(folder, "haven__hadley.sas7bdat", metadata=("haven__formats.sas7bcat",))
    assert problems == []
    assert form.frame["workshop"].tolist()[:4] == ["1", "2", "1", "2"]
    assert form.values == {"workshop": {"1": "R", "2": "SAS"}, "gender": {"f": "Female", "m": "Male"}}
    form, _ = read(folder, "pyreadstat__sample_bincompressed.sas7bdat")
    plain, _ = read(folder, "pyreadstat__sample.sas7bdat")
    assert form.frame.equals(plain.frame)
    assert form.frame.iloc[1].tolist() == ["b", "1.2", "1880-05-06", "1880-05-06T10:10:10", "2", "2", "23:10:10"]
    form, _ = read(folder, "pyreadstat__missing_test.sas7bdat")
    assert form.frame.iloc[0].tolist() == [".A", ".B", ".C", ".X", ".Y", ".Z", "._", "", "1"]


def test_sas_data_sets_that_are_damaged_or_of_another_encoding(folder: Path) -> None:
    data = (reference_file("samples", "sas_raw") / "pyreadstat__sample.sas7bdat").read_bytes()
    (folder / "ae.sas7bdat").write_bytes(data[:70_000])
    assert refuse(folder, "ae.sas7bdat").startswith("raw/ae.sas7bdat: RAW003 form 'ae' is a damaged SAS data set: ")
    (folder / "ae.sas7bdat").write_bytes(data[:100])
    assert refuse(folder, "ae.sas7bdat").startswith("raw/ae.sas7bdat: RAW003 form 'ae' is a damaged SAS data set: ")
    changed = data.replace(b"a       ", b"\xff\xfe      ", 1)
    if changed != data:
        (folder / "ae.sas7bdat").write_bytes(changed)
        form, problems = read_form(FormSource("ae", "ae.sas7bdat", encoding="utf-16"), folder)
        assert form is None or not problems


FACTS = {
    "datasetJSONVersion": "1.1.0",
    "name": "AE",
    "records": 2,
    "columns": [{"name": "TERM", "label": "Term"}, {"name": "DOSE"}, {"name": "FLAG"}],
}
ROWS = '[["Rash", 1.50, null], ["é,\\"x\\"", 100000000000000000000, true]]'


def write_json(path: Path, style: str) -> None:
    facts = json.dumps(FACTS)
    lines = facts + "\n" + "\n".join(json.dumps(row) for row in json.loads(ROWS)).replace("1.5,", "1.50,") + "\n"
    texts = {
        "rows last": facts[:-1] + f', "rows": {ROWS}}}',
        "rows first": f'{{"datasetJSONVersion": "1.1.0", "rows": {ROWS}, ' + facts[1:],
        "lines": lines,
    }
    if style in texts:
        path.write_text("\ufeff" * (style == "lines") + texts[style], encoding="utf-8")
    else:
        path.write_bytes((gzip.compress if style == "gzip" else zlib.compress)(lines.encode()))


@pytest.mark.parametrize(
    ("style", "name"),
    [
        ("rows last", "ae.json"),
        ("rows first", "ae.json"),
        ("lines", "ae.ndjson"),
        ("lines", "ae.json"),
        ("gzip", "ae.dsjc"),
        ("zlib", "ae.dsjc"),
    ],
)
@pytest.mark.parametrize("block", [7, 1 << 20])
def test_dataset_json(folder: Path, style: str, name: str, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "_BLOCK", block)
    write_json(folder / name, style)
    form, problems = read(folder, name)
    assert problems == []
    assert form.frame.to_dict("list") == {
        "TERM": ["Rash", 'é,"x"'],
        "DOSE": ["1.50", "100000000000000000000"],
        "FLAG": ["", "true"],
    }
    assert form.labels == {"TERM": "Term"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"records": 2', '"records": 3', "RAW021 form 'ae' tells of 3 records, but has 2 "
         "(it was cut short, or put together wrongly; ask for the file again)"),
        ("null]", "null, 1]", "RAW003 form 'ae' is a damaged Dataset-JSON file: row 1 is no list of 3 values, one for "
         "each column (export it again)"),
        (', true]]}', "", "RAW003 form 'ae' is a damaged Dataset-JSON file: it is no JSON: Expecting ',' delimiter "
         "(export it again)"),
        ('"columns": [', '"colums": [', "RAW003 form 'ae' is a damaged Dataset-JSON file: it has no list of columns "
         "(export it again)"),
    ],
)  # fmt: skip
def test_dataset_json_with_faults(folder: Path, old: str, new: str, message: str) -> None:
    write_json(folder / "ae.json", "rows last")
    text = (folder / "ae.json").read_text()
    assert old in text
    (folder / "ae.json").write_text(text.replace(old, new))
    _, problems = read_form(FormSource("ae", "ae.json"), folder)
    assert [str(problem) for problem in problems] == [f"raw/ae.json: {message}"]


@pytest.mark.parametrize("name", ["dm", "ae", "ts", "suppdm"])
def test_the_same_dataset_in_each_form(name: str) -> None:
    folder = reference_file("samples", "dataset_json", "sdtm")
    first, _ = read(folder, f"{name}.json")
    for end in ("ndjson", "dsjc", "xpt"):
        other, problems = read(folder, f"{name}.{end}")
        assert problems == []
        assert other.frame.equals(first.frame)
