"""cdisc-conv demo and simulate, on a few subjects of the shipped study."""

from __future__ import annotations

import os

import pytest
from shared_packages import SEED, SUBJECTS
from studies import read_tree
from typer.testing import CliRunner

from cdisc_conv.cli import app


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A folder where the command has made `out`, and its result."""
    folder = tmp_path_factory.mktemp("demo")
    before = os.getcwd()
    os.chdir(folder)
    try:
        result = CliRunner().invoke(app, ["demo", "out", "--subjects", str(SUBJECTS), "--seed", str(SEED)])
    finally:
        os.chdir(before)
    return folder, result


def test_demo_makes_a_package_beside_its_raw_data(demo):
    folder, result = demo
    assert result.exit_code == 0
    made = read_tree(folder / "out")
    assert {"raw/SYNTHETIC.txt", "sdtm/dm.xpt", "sdtm/define.xml", "adam/adsl.xpt"} - made.keys() == set()
    last = result.stdout.splitlines()[-1]
    assert last == "the findings are there on purpose: the synthetic data are as untidy as real ones"
    assert not any(b".partial" in content or str(folder).encode() in content for content in made.values())


def test_demo_is_simulate_and_run(demo, demo_package):
    """The same bytes in another folder; the manifest names the raw folder, and the formats of the shared package."""
    folder, _ = demo
    made = read_tree(folder / "out")
    both = {**read_tree(demo_package / "out"), **{f"raw/{k}": v for k, v in read_tree(demo_package / "raw").items()}}
    more = {name for name in both if name.split("/")[1:2] in (["json"], ["ndjson"], ["dsjc"])}
    assert made.keys() == both.keys() - more
    assert {name for name in made if made[name] != both[name]} == {"manifest.json"}


def test_demo_traces_into_its_own_raw_folder(demo, cli, monkeypatch):
    monkeypatch.chdir(demo[0])
    result = cli("trace", "out", "DM", "--limit", "1")
    assert result.exit_code == 0
    assert "  form dm (Demographics), row " in result.stdout


def test_simulate_writes_one_file_per_form(cli, tmp_path):
    result = cli("simulate", "hope2021_thal_agc", "--subjects", "12", "--out", "made")
    assert result.exit_code == 0
    assert (tmp_path / "made" / "dm.csv").is_file()
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["form", "rows"]
    assert lines[-1].endswith("of synthetic data, no real subjects, in made")


def test_a_study_that_cannot_be_simulated(cli):
    result = cli("simulate", "tiny", "--out", "made")
    assert result.exit_code == 2
    assert "SIM001" in result.stderr


def test_zero_subjects_are_refused(cli):
    assert cli("simulate", "hope2021_thal_agc", "--subjects", "0", "--out", "made").exit_code == 2


def test_define_and_report_say_that_the_data_are_synthetic(demo):
    out = demo[0] / "out"
    said = "Synthetic data: simulated from the protocol; no value comes from a real person."
    assert said in (out / "sdtm" / "define.html").read_text(encoding="utf-8")
    assert said in (out / "report" / "index.html").read_text(encoding="utf-8")
