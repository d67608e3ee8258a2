"""Dataset files read some records at a time hold what they hold read at once; what is wrong is said in both ways."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cdisc_conv.datafiles import pieces
from cdisc_conv.datafiles.pieces import measure, read_pieces
from cdisc_conv.datafiles.read import DatasetFile, list_datasets
from cdisc_conv.datafiles.table import Table
from cdisc_conv.problems import ProblemsError
from cdisc_conv.xpt import write_xpt

ROWS = 60
FRAME = pd.DataFrame(
    {
        "USUBJID": [f"S-{number % 7:02}" for number in range(ROWS)],
        "AETERM": [f'Rash ],[ "{number}"' if number % 5 else "" for number in range(ROWS)],
        "AESEQ": [float(number) if number % 11 else np.nan for number in range(ROWS)],
    }
)
COLUMNS = [
    {"itemOID": name, "name": name, "label": name.title(), "dataType": kind, "length": 30 if kind == "string" else None}
    for name, kind in (("USUBJID", "string"), ("AETERM", "string"), ("AESEQ", "decimal"))
]
RECORDS = [
    [subject, term, None if number != number else str(number)]
    for subject, term, number in FRAME.itertuples(index=False)
]
FACTS = {"datasetJSONVersion": "1.1.0", "records": ROWS, "name": "AE", "label": "Adverse", "columns": COLUMNS}


def write(folder: Path, ending: str) -> Path:
    path = folder / f"ae{ending}"
    lines = "\n".join(json.dumps(each) for each in (FACTS, *RECORDS)) + "\n"
    match ending:
        case ".xpt":
            write_xpt(FRAME, path, name="AE", label="Adverse")
        case ".csv":
            path.write_text("\ufeff" + FRAME.to_csv(index=False, sep=";"), encoding="utf-8")
        case ".parquet":
            FRAME.to_parquet(path, row_group_size=13)
        case ".json":
            path.write_text(json.dumps({**FACTS, "rows": RECORDS, "more": [[1], [2]]}, indent=1))
        case ".ndjson":
            path.write_text(lines)
        case ".dsjc":
            path.write_bytes(zlib.compress(lines.encode()))
    return path


def describe(tables: list[Table]) -> tuple[object, ...]:
    first = tables[0]
    columns = {}
    for name in first.names:
        parts = [
            values.tolist() if isinstance(values, np.ndarray) else values.cast(pa.large_string()).to_pylist()
            for values in (table.columns[name] for table in tables)
        ]
        columns[name] = [None if value != value else value for part in parts for value in part]
    rows = sum(table.rows for table in tables)
    return first.name, first.label, first.variables, first.codec, first.nulls, first.special, rows, columns


@pytest.mark.parametrize("ending", [".xpt", ".csv", ".parquet", ".json", ".ndjson", ".dsjc"])
def test_pieces_hold_what_the_whole_does(tmp_path: Path, ending: str) -> None:
    (file,) = list_datasets(write(tmp_path, ending))
    whole = file.read()
    assert whole.rows == ROWS
    assert describe(list(read_pieces(file, None, measure(file)))) == describe([whole])
    for most in (300, 900):
        tables = list(read_pieces(file, None, most))
        assert len(tables) > 1
        assert describe(tables) == describe([whole])


def test_sas_datasets_are_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = Path(__file__).resolve().parents[4] / "shared" / "reference" / "samples" / "sas_raw"
    if not samples.is_dir():
        pytest.skip("there is no SAS dataset here")
    monkeypatch.setattr(pieces, "_FIRST_ROWS", 2)
    (file,) = list_datasets(samples / "pyreadstat__sample.sas7bdat")
    tables = list(read_pieces(file, None, 1))
    assert [table.rows for table in tables] == [2, 1, 1, 1]
    assert describe(tables) == describe([file.read()])


def test_datasets_without_records_are_one_piece(tmp_path: Path) -> None:
    (tmp_path / "ae.csv").write_text("USUBJID,AETERM\n")
    write_xpt(FRAME.iloc[:0], tmp_path / "cm.xpt", name="CM")
    for name in ("ae.csv", "cm.xpt"):
        (file,) = list_datasets(tmp_path / name)
        assert [table.rows for table in read_pieces(file, None, 0)] == [0]


def test_text_beyond_utf_8_is_read_in_the_encoding_that_is_named(tmp_path: Path) -> None:
    write_xpt(FRAME.assign(AETERM="Ausschlag, größer"), tmp_path / "ae.xpt", name="AE", encoding="cp1252")
    (tmp_path / "cm.csv").write_bytes(FRAME.assign(AETERM="größer").to_csv(index=False).encode("cp1252"))
    for name in ("ae.xpt", "cm.csv"):
        (file,) = list_datasets(tmp_path / name)
        assert describe(list(read_pieces(file, "cp1252", 500))) == describe([file.read("cp1252")])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("ae.csv", "A,B\n" + "1,2\n" * 50 + "1,2,3\n", "the rows do not fit the header: Expected 2 columns, got 3"),
        ("ae.csv", "A,B\n" + "1,2\n" * 50 + '1,"2\n', "a quotation mark is not closed"),
        ("ae.csv", "A,B,A\n" + "1,2,3\n" * 50, "the column A is there 2 times"),
        ("ae.json", json.dumps({**FACTS, "rows": RECORDS[1:]}), "the file says 60 records, but holds 59"),
        ("ae.json", json.dumps({**FACTS, "rows": [*RECORDS, ["x"]]}), "record 61 has 1 values for 3 columns"),
        ("ae.json", json.dumps({**FACTS, "rows": [*RECORDS, ["x", 1, "y"]]}),
         'AESEQ in record 61 is "y", but its type is a number'),
        ("ae.ndjson", "\n".join(map(json.dumps, [FACTS, *RECORDS[:40]])) + "\n[1,",
         "the JSON is damaged or cut off: Expecting value, at character 4"),
    ],
    ids=["cells", "quote", "doubled", "few", "row", "value", "line"],
)  # fmt: skip
def test_what_is_wrong_is_said_as_of_the_whole(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_text(content)
    (file,) = list_datasets(tmp_path / name)
    told = []
    for most in (1 << 30, 200):
        with pytest.raises(ProblemsError) as error:
            list(read_pieces(file, None, most))
        told.append([problem.message for problem in error.value.problems])
    assert told[0] == told[1]
    assert told[0][0].startswith(message)


def test_json_that_is_cut_off_names_the_last_record(tmp_path: Path) -> None:
    path = tmp_path / "ae.json"
    path.write_text(json.dumps({**FACTS, "rows": RECORDS})[:-300])
    with pytest.raises(ProblemsError) as error:
        list(read_pieces(DatasetFile("AE", path), None, 400))
    assert error.value.problems[0].message.startswith("the JSON is damaged or cut off behind record ")
