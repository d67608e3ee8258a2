"""cdisc-conv demo and simulate, on a few subjects of the shipped study."""

from __future__ import annotations

from studies import read_tree


def test_demo_makes_a_package_beside_its_raw_data(cli, tmp_path):
    result = cli("demo", "out", "--subjects", "12", "--seed", "3")
    assert result.exit_code == 0
    assert (tmp_path / "out" / "raw" / "SYNTHETIC.txt").is_file()
    assert (tmp_path / "out" / "sdtm" / "dm.xpt").is_file()
    assert (tmp_path / "out" / "sdtm" / "define.xml").is_file()
    last = result.stdout.splitlines()[-1]
    assert last == "the findings are there on purpose: the synthetic data are as untidy as real ones"
    first = read_tree(tmp_path / "out")
    assert cli("demo", "out", "--subjects", "12", "--seed", "3").exit_code == 0
    assert read_tree(tmp_path / "out") == first
    assert not any(b".partial" in content or str(tmp_path).encode() in content for content in first.values())


def test_demo_traces_into_its_own_raw_folder(cli):
    assert cli("demo", "out", "--subjects", "12", "--seed", "3").exit_code == 0
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


def test_define_and_report_say_that_the_data_are_synthetic(cli, tmp_path):
    assert cli("demo", "out", "--subjects", "5").exit_code == 0
    said = "Synthetic data: simulated from the protocol; no value comes from a real person."
    assert said in (tmp_path / "out" / "sdtm" / "define.html").read_text(encoding="utf-8")
    assert said in (tmp_path / "out" / "report" / "index.html").read_text(encoding="utf-8")
