"""cdisc-conv lint."""

from __future__ import annotations

from studies import edit


def test_a_sound_mapping(cli):
    result = cli("lint", "tiny")
    assert (result.exit_code, result.stdout) == (0, "2 datasets and 2 forms of TINY-01 checked: no findings\n")


def test_all_findings_at_once_each_with_file_and_line(cli, tmp_path):
    edit(tmp_path / "tiny" / "sdtm" / "dm.yaml", "{term: SEX}", "{term: SEXX}")
    edit(tmp_path / "tiny" / "sdtm" / "ae.yaml", "{study_day: AESTDTC}", "{study_dey: AESTDTC}")
    result = cli("lint", "tiny")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "2 errors:"
    assert lines[1].startswith("  tiny/sdtm/ae.yaml:26: SPEC202 ")
    assert lines[1].endswith("(did you mean study_day?)")
    assert lines[2].startswith("  tiny/sdtm/dm.yaml:17: LINT")
    assert lines[2].endswith("(did you mean SEX?)")
    assert lines[3] == "2 datasets and 2 forms of TINY-01 checked: 2 errors, 0 warnings, 0 notes"


def test_an_unusable_study_ends_with_2(cli, tmp_path):
    (tmp_path / "tiny" / "study.yaml").write_text("study: [TINY", encoding="utf-8")
    result = cli("lint", "tiny")
    assert result.exit_code == 2
    assert result.stderr.startswith("1 error:\n  tiny/study.yaml:1: ")


def test_rules_of_the_study_are_checked_as_well(cli, tmp_path):
    (tmp_path / "tiny" / "checks.yaml").write_text("rules:\n  - {id: MY001, titel: Ages}\n", encoding="utf-8")
    result = cli("lint", "tiny")
    assert result.exit_code == 1
    assert "tiny/checks.yaml:2: " in result.stdout


def test_what_only_later_steps_read_is_checked_as_well(cli, tmp_path):
    edit(tmp_path / "tiny" / "study.yaml", "raw: {", "settings: {recist: {limit: 1}}\ndefine: {orginator: X}\nraw: {")
    (tmp_path / "tiny" / "simulation.yaml").write_text("seed: 1\n", encoding="utf-8")
    result = cli("lint", "tiny")
    assert result.exit_code == 1
    assert "PKG020 'define' has no 'orginator' (did you mean originator?)" in result.stdout
    assert "RECIST011 settings: recist: limit: there is no such setting (did you mean limits?)" in result.stdout
    assert "tiny/simulation.yaml:1: SPEC001 simulation.yaml has no 'seed' " in result.stdout
