"""Damaged manifests, lineages and records end trace and compare in one message, never in a traceback."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from studies import write_tiny_raw, write_tiny_study

from cdisc_conv.compare.packages.recorded import read_recorded
from cdisc_conv.package.reading.trace import trace_records
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import ProblemsError

WRONG: tuple[Any, ...] = (None, 5, "x", [], ["x"], {}, {"x": 5}, {"x": {}}, [[1]], True)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    run_study(write_tiny_study(folder), raw=write_tiny_raw(folder), out=folder / "out")
    return folder / "out"


@pytest.fixture
def copy(package: Path, tmp_path: Path) -> Path:
    shutil.copytree(package, tmp_path / "raw" / "out")
    return tmp_path / "raw" / "out"


def places(data: Any, depth: int) -> list[tuple[Any, ...]]:
    """Ways to what a document holds, the first entry of each list and the first two of each object."""
    keys = (
        list(data)[: 12 if depth == 5 else 2]
        if isinstance(data, dict)
        else [0]
        if isinstance(data, list) and data
        else []
    )
    found: list[tuple[Any, ...]] = [(key,) for key in keys]
    return found + [(key, *rest) for key in keys if depth for rest in places(data[key], depth - 1)]


@pytest.mark.parametrize("name", ["manifest.json", "report/lineage.json"])
def test_no_wrong_type_makes_a_traceback(copy: Path, name: str) -> None:
    whole = json.loads((copy / name).read_text(encoding="utf-8"))
    refused, codes = 0, set()
    for way in places(whole, 5):
        for wrong in WRONG[:: 1 if len(way) < 3 else 4]:
            damaged = json.loads(json.dumps(whole))
            inner = damaged
            for key in way[:-1]:
                inner = inner[key]
            inner[way[-1]] = wrong
            (copy / name).write_text(json.dumps(damaged), encoding="utf-8")
            for call in (lambda: trace_records(copy, "AE", limit=1), lambda: read_recorded(copy).versions()):
                try:
                    call()
                except ProblemsError as error:
                    codes |= {problem.code for problem in error.problems}
                    refused += 1
    assert codes - {"TRC002"} == {"TRC001", "TRC006", "WHY001", "WHY002"} - (
        {"TRC001", "WHY001"} if "lineage" in name else set()
    )
    assert refused > 50


def test_the_message_names_the_place(copy: Path) -> None:
    path = copy / "report" / "lineage.json"
    lineage = json.loads(path.read_text(encoding="utf-8"))
    lineage["variables"]["AE.AETERM"]["entries"] = "none"
    path.write_text(json.dumps(lineage), encoding="utf-8")
    with pytest.raises(ProblemsError) as error:
        trace_records(copy, "AE")
    assert [str(one) for one in error.value.problems] == [
        f"TRC006 '{path}' is damaged, at variables.AE.AETERM.entries: input should be a valid list "
        "(run the study again, or take the package from where it is whole)"
    ]
    path.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(ProblemsError, match=r"TRC006 .* cannot be read: it is not JSON"):
        trace_records(copy, "AE")
    with pytest.raises(ProblemsError, match=r"WHY002 .* cannot be read: it is not JSON"):
        read_recorded(copy)


def test_damaged_records(copy: Path) -> None:
    path = copy / "report" / "records" / "ae.parquet"
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(ProblemsError, match=r"TRC006 .*ae.parquet' cannot be read: "):
        trace_records(copy, "AE")
    pq.write_table(pa.table({"record": [1]}), path)
    with pytest.raises(ProblemsError, match=r"TRC006 .*: it has not the columns record, source and row"):
        trace_records(copy, "AE")
    pq.write_table(pa.table({"record": ["x"], "source": ["form ae"], "row": [1]}), path)
    with pytest.raises(ProblemsError, match=r"TRC006"):
        trace_records(copy, "AE")
