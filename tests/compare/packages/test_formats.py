"""The same data are equal in every pair of formats: transport files 5 and 8, CSV, Parquet, Dataset-JSON, NDJSON."""

from __future__ import annotations

import csv
import datetime
import itertools
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc_conv.compare.packages.run import Options, compare_paths
from cdisc_conv.xpt import XptVariable, write_xpt
from tests.reference_data import reference_file

MIDNIGHT = datetime.datetime(1960, 1, 1)
KINDS = ("text", "number", "whole", "day", "moment", "clock")
FORMS = {"day": "DATE9.", "moment": "DATETIME20.", "clock": "TIME8."}
JSON_TYPES = {
    "text": "string",
    "number": "double",
    "whole": "integer",
    "day": "date",
    "moment": "datetime",
    "clock": "time",
}

numbers = st.one_of(st.none(), st.decimals(-10_000, 10_000, places=3).map(float), st.floats(-1e15, 1e15).map(float))
numbers = numbers.map(lambda one: one if one is None or one == 0 or abs(one) > 1e-60 else 0.0)
records = st.lists(
    st.tuples(
        st.text("abc 1.-", max_size=8).map(str.strip),
        numbers,
        st.one_of(st.none(), st.integers(-(2**53), 2**53)),
        st.one_of(st.none(), st.dates(datetime.date(1600, 1, 1), datetime.date(9999, 12, 31))),
        st.one_of(st.none(), st.datetimes(datetime.datetime(1600, 1, 1)).map(lambda one: one.replace(microsecond=0))),
        st.one_of(st.none(), st.integers(0, 86_399)),
    ),
    min_size=1,
    max_size=6,
)

Records = Sequence[tuple[Any, ...]]


def count(value: Any, kind: str) -> float:
    """A value as SAS counts it."""
    if value is None:
        return np.nan
    if kind == "day":
        return float((value - MIDNIGHT.date()).days)
    return float((value - MIDNIGHT).total_seconds()) if kind == "moment" else float(value)


def write_word(value: Any, kind: str) -> str:
    """A value as pandas and people write it."""
    if value is None:
        return ""
    if kind == "clock":
        return f"{value // 3600:02}:{value // 60 % 60:02}:{value % 60:02}"
    return repr(value) if kind == "number" else str(value)


def columns_of(rows: Records) -> list[tuple[str, list[Any]]]:
    return list(zip(KINDS, map(list, zip(*rows, strict=True)), strict=True))


def make_sas_frame(rows: Records) -> pd.DataFrame:
    data: dict[str, Any] = {"KEY": pd.Series([str(number) for number in range(len(rows))], dtype="str")}
    for kind, values in columns_of(rows):
        text = kind == "text"
        data[kind.upper()] = (
            pd.Series(values, dtype="str") if text else np.array([count(one, kind) for one in values], dtype=float)
        )
    return pd.DataFrame(data)


def write_xpt_5(rows: Records, path: Path) -> None:
    frame = make_sas_frame(rows)
    variables = [
        XptVariable(name, numeric=frame[name].dtype.kind == "f", length=8 if frame[name].dtype.kind == "f" else 40,
                    format=FORMS.get(name.lower(), ""))
        for name in frame
    ]  # fmt: skip
    write_xpt(frame, path, name="AE", variables=variables)


def write_xpt_8(rows: Records, path: Path) -> None:
    forms = {name.upper(): form for name, form in FORMS.items()}
    pyreadstat.write_xport(make_sas_frame(rows), path, file_format_version=8, table_name="AE", variable_format=forms)


def write_csv(rows: Records, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["KEY", *map(str.upper, KINDS)])
        writer.writerows([number, *map(write_word, row, KINDS)] for number, row in enumerate(rows))


def write_parquet(rows: Records, path: Path) -> None:
    types = {"text": pa.string(), "number": pa.float64(), "whole": pa.int64(), "day": pa.date32(),
             "moment": pa.timestamp("s"), "clock": pa.time32("s")}  # fmt: skip
    table = {"KEY": pa.array([str(number) for number in range(len(rows))])}
    for kind, values in columns_of(rows):
        table[kind.upper()] = pa.array(values, types[kind])
    pq.write_table(pa.table(table), path)


def write_json(rows: Records, path: Path) -> None:
    columns = [{"itemOID": "IT.KEY", "name": "KEY", "label": "", "dataType": "string"}]
    for kind in KINDS:
        target = {"targetDataType": "integer", "displayFormat": FORMS[kind]} if kind in FORMS else {}
        columns.append({"itemOID": kind, "name": kind.upper(), "label": "", "dataType": JSON_TYPES[kind], **target})
    cells = [
        [str(number), *(one if kind in ("text", "number", "whole") else write_word(one, kind).replace(" ", "T") or None
                        for one, kind in zip(row, KINDS, strict=True))]
        for number, row in enumerate(rows)
    ]  # fmt: skip
    head = {"datasetJSONVersion": "1.1.0", "records": len(rows), "name": "AE", "label": "", "columns": columns}
    if path.suffix == ".json":
        path.write_text(json.dumps({**head, "rows": cells}), encoding="utf-8")
    else:
        path.write_text("".join(json.dumps(line) + "\n" for line in [head, *cells]), encoding="utf-8")


WRITERS: dict[str, Callable[[Records, Path], None]] = {
    "ae5.xpt": write_xpt_5, "ae8.xpt": write_xpt_8, "ae.csv": write_csv, "ae.parquet": write_parquet,
    "ae.json": write_json, "ae.ndjson": write_json,
}  # fmt: skip


@pytest.mark.parametrize(("one", "two"), list(itertools.combinations(WRITERS, 2)))
@given(rows=records)
@settings(max_examples=8, deadline=None)
def test_the_same_data_are_equal_in_every_pair_of_formats(one: str, two: str, rows: Records) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in (one, two):
            WRITERS[file](rows, folder / file)
        (found,) = compare_paths(folder / one, folder / two, Options(keys=["KEY"])).datasets
    assert found.cells[["variable", "base", "other"]].values.tolist() == []
    assert (found.matched, found.equal_values) == (len(rows), True)


@pytest.mark.parametrize(("one", "two"), list(itertools.combinations(WRITERS, 2)))
def test_the_smallest_difference_is_found_in_every_pair_of_formats(tmp_path: Path, one: str, two: str) -> None:
    row = ("Pain", 0.1, 2**53, datetime.date(2020, 3, 17), datetime.datetime(2020, 3, 17, 10), 3723)
    changed = (
        "Pain.",
        0.10000000000000002,
        2**53 - 1,
        datetime.date(2020, 3, 18),
        datetime.datetime(2020, 3, 17, 10, 0, 1),
        3724,
    )
    WRITERS[one]([row], tmp_path / one)
    WRITERS[two]([changed], tmp_path / two)
    (found,) = compare_paths(tmp_path / one, tmp_path / two, Options(keys=["KEY"])).datasets
    assert found.variables.loc[found.variables["differing"] > 0, "variable"].tolist() == [
        kind.upper() for kind in KINDS
    ]


SAS_FILES = (
    *("haven__datetime", "haven__hadley", "pyreadstat__dates", "pyreadstat__sample"),
    *("pyreadstat__sample_bincompressed", "pyreadstat__test_data_linux", "pyreadstat__test_data_win"),
)


def write_copies(source: Path, folder: Path) -> tuple[pd.DataFrame, list[Path]]:
    """What pyreadstat reads of a SAS dataset, with its dates as dates, and files of that in other formats."""
    frame, _ = pyreadstat.read_sas7bdat(str(source))
    counted, facts = pyreadstat.read_sas7bdat(str(source), disable_datetime_conversion=True)
    frame.to_csv(folder / "x.csv", index=False)
    frame.to_parquet(folder / "x.parquet")
    written = {name: form for name, form in facts.original_variable_types.items() if form and not form.startswith("$")}
    pyreadstat.write_xport(counted, folder / "x.xpt", file_format_version=8, table_name="X", variable_format=written)
    return frame, [folder / name for name in ("x.csv", "x.parquet", "x.xpt")]


@pytest.mark.parametrize("name", SAS_FILES)
def test_a_sas_dataset_equals_its_copies_in_other_formats(tmp_path: Path, name: str) -> None:
    """No free program writes SAS7BDAT, so there are no made-up data here: these are files that SAS wrote."""
    source = reference_file("samples", "sas_raw", f"{name}.sas7bdat")
    frame, copies = write_copies(source, tmp_path)
    for copy in copies:
        (found,) = compare_paths(source, copy, Options()).datasets
        assert (copy.name, found.matched, found.equal_values) == (copy.name, len(frame), True)


def test_the_smallest_difference_from_a_sas_dataset_is_found(tmp_path: Path) -> None:
    source = reference_file("samples", "sas_raw", "pyreadstat__sample.sas7bdat")
    frame, _ = pyreadstat.read_sas7bdat(str(source))
    frame.loc[0, "mynum"] = np.nextafter(frame.loc[0, "mynum"], np.inf)
    frame["dtime"] = frame["dtime"] + pd.Timedelta(seconds=1)
    frame.to_parquet(tmp_path / "x.parquet")
    (found,) = compare_paths(source, tmp_path / "x.parquet", Options(keys=["mychar"])).datasets
    differing = found.variables[found.variables["differing"] > 0]
    assert differing[["variable", "differing"]].values.tolist() == [
        ["mynum", 1],
        ["dtime", int(frame["dtime"].notna().sum())],
    ]
