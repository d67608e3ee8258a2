"""Damaged and hostile files end in one message that says what is wrong where, never in a traceback."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cdisc_conv.compare.packages.run import Options, compare_paths
from cdisc_conv.problems import ProblemsError

COLUMNS = [
    {"itemOID": "IT.A", "name": "A", "label": "Text", "dataType": "string"},
    {"itemOID": "IT.B", "name": "B", "label": "Number", "dataType": "integer"},
]
HEAD: dict[str, Any] = {"datasetJSONVersion": "1.1.0", "records": 1, "name": "AE", "label": "x", "columns": COLUMNS}
WHAT = " (is it Dataset-JSON 1.1?)"


def refusal(path: Path) -> str:
    """What is said of a file that cannot be compared, without its folder."""
    with pytest.raises(ProblemsError) as error:
        compare_paths(path, path)
    assert len({str(problem) for problem in error.value.problems}) == 1
    return str(error.value.problems[0]).replace(f"{path.parent}/", "")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ('[["\\ud800", 1]]', 'A in record 1 is "\\ud800", which is not Unicode text'),
        ('[[{"a": 1}, 1]]', 'A in record 1 is {"a": 1}, but its type is text'),
        ('[["a", [1]]]', "B in record 1 is [1], but its type is a number"),
        ('[["a", "x"]]', 'B in record 1 is "x", but its type is a number'),
        ('[["a", true]]', "B in record 1 is true, but its type is a number"),
        ('[["a", 1e400]]', "B in record 1 is Infinity, but its type is a number"),
        ('[["a", NaN]]', "the JSON cannot be read: NaN is not a number of JSON"),
        (f'[["a", {"9" * 5000}]]', "the JSON cannot be read: a number has more than 4,300 digits"),
        ("[5]", "record 1 has no list of values for 2 columns"),
        ("{}", "'rows' is not a list"),
    ],
)
def test_rows_of_dataset_json(tmp_path: Path, rows: str, message: str) -> None:
    path = tmp_path / "ae.json"
    path.write_text(json.dumps(HEAD)[:-1] + f', "rows": {rows}}}', encoding="utf-8")
    said = refusal(path)
    assert said in (f"ae.json: CMP001 {message}{WHAT}", f"ae.json: CMP001 {message}")


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ({"label": 5}, "'label' of the file is 5, not a text"),
        ({"name": ["AE"]}, "'name' of the file is [\"AE\"], not a text"),
        ({"label": "\udfff"}, "'label' of the file is \"\\udfff\", which is not Unicode text"),
        ({"records": "many"}, "'records' is \"many\", not a whole number"),
        ({"columns": 5}, "the file has no 'columns' with names"),
        ({"columns": []}, "the file has no 'columns' with names"),
        ({"columns": [{"name": 5}]}, "'name' of column 1 is 5, not a text"),
        ({"columns": [{"name": "A", "dataType": ["x"]}]}, "'dataType' of A is [\"x\"], not a text"),
        ({"columns": [{"name": "A", "length": "x"}]}, "'length' of A is \"x\", not a whole number"),
        ({"columns": [{"name": "A", "displayFormat": 9}]}, "'displayFormat' of A is 9, not a text"),
        ({"columns": [{"name": "A", "label": {}}]}, "'label' of A is {}, not a text"),
    ],
)
def test_heads_of_dataset_json(tmp_path: Path, head: dict[str, Any], message: str) -> None:
    path = tmp_path / "ae.json"
    path.write_text(json.dumps({**HEAD, **head, "rows": [["a"] if "columns" in head else ["a", 1]]}), encoding="utf-8")
    assert refusal(path) == f"ae.json: CMP001 {message}{WHAT}"


def test_whole_numbers_and_decimals_of_dataset_json_keep_their_digits(tmp_path: Path) -> None:
    columns = [*COLUMNS, {"itemOID": "IT.C", "name": "C", "label": "", "dataType": "decimal"}]
    for name, last in (("one", "3"), ("two", "2")):
        rows = [["a", 9007199254740990 + int(last), f"0.1000000000000000055{last}"]]
        (tmp_path / f"{name}.json").write_text(json.dumps({**HEAD, "columns": columns, "rows": rows}), encoding="utf-8")
    (found,) = compare_paths(tmp_path / "one.json", tmp_path / "two.json", Options(keys=["A"])).datasets
    assert found.cells[["variable", "base", "other"]].values.tolist() == [
        ["B", "9007199254740993", "9007199254740992"],
        ["C", "0.10000000000000000553", "0.10000000000000000552"],
    ]


@pytest.mark.parametrize("nested", [False, True])
def test_parquet_with_text_that_is_not_utf8(tmp_path: Path, nested: bool) -> None:
    texts = pa.StringArray.from_buffers(2, pa.py_buffer(struct.pack("<3i", 0, 2, 4)), pa.py_buffer(b"ok\xff\xfe"))
    path = tmp_path / "ae.parquet"
    pq.write_table(pa.table({"A": pa.ListArray.from_arrays([0, 1, 2], texts) if nested else texts}), path)
    assert refusal(path) == "ae.parquet: CMP001 the column A holds text that is not UTF-8 (is it whole?)"


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ae.csv")
    pipe = "CMP001 this is a pipe or a device, not a file (save its content in a file first)"
    assert refusal(tmp_path / "ae.csv") == f"ae.csv: {pipe}"
    assert refusal(tmp_path).endswith(f"/ae.csv: {pipe}") or refusal(tmp_path) == f"ae.csv: {pipe}"
    assert refusal(tmp_path / "a\0b.csv").endswith("CMP001 there is no such file or folder (check the spelling)")
