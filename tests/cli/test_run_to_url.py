"""`run --out URL`: the package of a folder, on shared storage."""

from __future__ import annotations

import pytest

from cdisc_conv.package.listing import read_manifest

pytest.importorskip("fsspec")


def read_datasets(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.xpt")}


def test_run_writes_to_a_url_what_it_writes_to_a_folder(cli, tmp_path):
    there, here = tmp_path / "shared" / "out", tmp_path / "here"
    result = cli("run", "tiny", "--raw", "raw", "--out", there.as_uri())
    assert f"files in {there.as_uri()}: " in result.output.replace("\n", "")
    assert result.output.rstrip().replace("\n", "").endswith(f"{there.as_uri()}/report/index.html")
    assert "package/package" not in result.output
    assert cli("run", "tiny", "--raw", "raw", "--out", here).exit_code == result.exit_code
    assert read_datasets(there) == read_datasets(here) != {}
    assert [entry["path"] for entry in read_manifest(there)["outputs"]] == [
        entry["path"] for entry in read_manifest(here)["outputs"]
    ]
    assert read_manifest(there)["raw"]["folder"] == "raw"
