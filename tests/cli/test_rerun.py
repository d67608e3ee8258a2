"""cdisc-conv run, once more: what is skipped, what is made again, and why."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from studies import edit, read_tree

from cdisc_conv.keeping import VARIABLE

UP_TO_DATE = re.compile(
    r"nothing changed since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d; the package in out is up to date "
    r"\(--fresh makes it again\)\n"
)


@pytest.fixture
def kept(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache" / "runs"


def run(cli, *more: str):
    return cli("run", "tiny", "--raw", "raw", "--out", "out", *more)


def says(result) -> list[str]:
    """What is on stderr beside the steps and what was made, checked and drawn again."""
    lines = (line for line in result.stderr.splitlines() if not line.startswith("["))
    return [line for line in lines if " variables" not in line and "described again" not in line]


def test_a_run_after_nothing_changed_is_skipped_and_prints_the_same(cli, tmp_path, kept):
    edit(tmp_path / "raw" / "dm.csv", "002,Screening,F", "002,Screening,Q")
    first, before = run(cli), read_tree(tmp_path / "out")
    again = run(cli)
    assert says(first) == []
    assert UP_TO_DATE.fullmatch(again.stderr)
    assert (first.exit_code, again.exit_code) == (1, 1)
    assert again.stdout == first.stdout
    assert read_tree(tmp_path / "out") == before


def test_what_is_kept_is_private_and_lies_outside_of_the_package(cli, kept):
    run(cli)
    assert kept.stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in kept.iterdir()] == [0o600]


def test_fresh_makes_everything_again(cli, kept):
    run(cli)
    again = run(cli, "--fresh")
    assert says(again) == []
    assert "reading the raw export" in again.stderr
    assert UP_TO_DATE.fullmatch(run(cli).stderr)


def test_nothing_is_kept_where_the_user_wants_nothing_kept(cli, monkeypatch):
    monkeypatch.setenv(VARIABLE, "")
    run(cli)
    assert "reading the raw export" in run(cli).stderr


def test_a_raw_file_that_changed_is_named(cli, tmp_path, kept):
    run(cli)
    edit(tmp_path / "raw" / "dm.csv", "002,Screening,F", "002,Screening,M")
    again = run(cli)
    assert says(again) == ["changed since the last run: raw/dm.csv"]
    assert again.stderr.endswith("made again: 1 of 48 variables (DM.SEX); the rest is as before\n")
    assert UP_TO_DATE.fullmatch(run(cli).stderr)


def test_a_mapping_file_that_changed_and_one_that_was_added_are_named(cli, tmp_path, kept):
    run(cli)
    edit(tmp_path / "tiny" / "sdtm" / "dm.yaml", "{constant: CHN}", "{constant: DEU}")
    (tmp_path / "raw" / "lb.csv").write_text("SUBJID\n")
    again = run(cli)
    assert says(again) == ["changed since the last run: raw/lb.csv, tiny/sdtm/dm.yaml"]
    assert re.search(
        r"\ndescribed again: 1 of 2 datasets \(DM\); "
        r"checked again: \d+ of \d+ rules by dataset \(DM VAR001, DM VAR002, DM VAR003 and \d+ more\); "
        r"drawn again: 1 of 1 pages and documents \(sdtm/define.xml\); written again: 1 of 3 files \(sdtm/dm.xpt\)\n"
        r"made again: 1 of 48 variables \(DM.COUNTRY\); the rest is as before\n$",
        again.stderr,
    )
    assert "ACC003" in again.stdout


@pytest.mark.parametrize("name", ["manifest.json", "sdtm/dm.xpt", "report/index.html"])
def test_a_package_that_was_changed_is_made_again(cli, tmp_path, kept, name):
    run(cli)
    before = read_tree(tmp_path / "out")
    path = tmp_path / "out" / name
    path.write_bytes(path.read_bytes() + b" ")
    again = run(cli)
    assert says(again) == [f"changed since the last run: out/{name}"]
    assert again.stderr.endswith("all 48 variables are as before\n")
    assert read_tree(tmp_path / "out") == before


def test_a_file_that_is_missing_from_the_package_is_made_again(cli, tmp_path, kept):
    run(cli)
    (tmp_path / "out" / "sdtm" / "ae.xpt").unlink()
    assert says(run(cli)) == ["changed since the last run: out/sdtm/ae.xpt"]
    assert (tmp_path / "out" / "sdtm" / "ae.xpt").is_file()


def test_another_request_is_another_run(cli, kept):
    run(cli)
    assert "reading the raw export" in run(cli, "--datasets", "DM").stderr
    again = run(cli)
    assert says(again) == ["changed since the last run: out/manifest.json"]


def test_a_layer_that_now_comes_before_the_shipped_one_counts(cli, tmp_path, kept):
    layer = tmp_path / "library" / "people.yaml"
    layer.parent.mkdir()
    layer.write_text("variables:\n  COUNTRY: {constant: CHN}\n")
    edit(tmp_path / "tiny" / "sdtm" / "dm.yaml", "dataset: DM\n", "dataset: DM\nextends: library/people\n")
    run(cli)
    assert UP_TO_DATE.fullmatch(run(cli).stderr)
    edit(layer, "CHN", "DEU")
    assert says(run(cli)) == ["changed since the last run: library/people.yaml"]


@pytest.mark.parametrize("damage", ["cut short", "edited", "of nothing"])
def test_a_damaged_record_is_made_anew_with_a_message(cli, tmp_path, kept, damage):
    run(cli)
    [path] = kept.iterdir()
    content = path.read_bytes()
    path.write_bytes({"cut short": content[:-9], "edited": content.replace(b"DM", b"DN"), "of nothing": b""}[damage])
    again = run(cli)
    assert says(again) == [f"cdisc-conv: '{path}', which an earlier run kept, was damaged: it is made anew"]
    assert UP_TO_DATE.fullmatch(run(cli).stderr)


def test_a_folder_that_others_may_write_to_is_not_used(cli, kept):
    run(cli)
    kept.chmod(0o777)
    again = run(cli)
    assert says(again) == [
        f"cdisc-conv: nothing is kept for the next run: '{kept}' cannot be used (others may write to it: delete it)"
    ]
    assert again.exit_code == 0


def test_a_link_in_place_of_the_folder_is_not_used(cli, tmp_path, kept):
    kept.parent.mkdir()
    (tmp_path / "elsewhere").mkdir()
    kept.symlink_to(tmp_path / "elsewhere")
    assert says(run(cli)) == [
        f"cdisc-conv: nothing is kept for the next run: '{kept}' cannot be used (it is not a folder)"
    ]
    assert os.listdir(tmp_path / "elsewhere") == []


def test_a_run_that_was_killed_goes_on_from_what_it_kept(cli, tmp_path, kept, monkeypatch):
    monkeypatch.setattr("cdisc_conv.package.run.fill_package", lambda *arguments: 1 / 0)
    assert run(cli).exit_code == 2
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, str(kept.parent))
    again = run(cli)
    assert again.stderr.endswith("all 48 variables are as before\n")
    whole = cli("run", "tiny", "--raw", "raw", "--out", "whole", "--fresh")
    assert whole.stdout.replace("whole", "out") == again.stdout
    assert read_tree(tmp_path / "whole") == read_tree(tmp_path / "out")


def test_what_is_made_of_kept_variables_has_the_same_bytes(cli, tmp_path, kept):
    run(cli)
    edit(tmp_path / "raw" / "ae.csv", "07-JAN-2022", "31-FEB-2022")
    edit(tmp_path / "tiny" / "sdtm" / "dm.yaml", "{copy: AGE}", "{expr: number(AGE) + 1}")
    again = run(cli)
    assert "AE.AESTDTC" in again.stderr
    whole = cli("run", "tiny", "--raw", "raw", "--out", "whole", "--fresh")
    assert (whole.stdout.replace("whole", "out"), whole.exit_code) == (again.stdout, again.exit_code)
    assert read_tree(tmp_path / "whole") == read_tree(tmp_path / "out")


def test_ranges_are_taken_over_with_the_same_bytes(cli, tmp_path, kept):
    run(cli, "--ranges", "3")
    edit(tmp_path / "raw" / "dm.csv", "002,Screening,F", "002,Screening,Q")
    again = run(cli, "--ranges", "3")
    assert again.stderr.endswith(
        "made again: 1 of 3 ranges (2), in these 1 of 48 variables (DM.SEX); the rest is as before\n"
    )
    whole = cli("run", "tiny", "--raw", "raw", "--out", "whole", "--fresh")
    assert (whole.stdout.replace("whole", "out"), whole.exit_code) == (again.stdout, again.exit_code)
    assert read_tree(tmp_path / "whole") == read_tree(tmp_path / "out")


def test_a_run_that_failed_keeps_nothing(cli, tmp_path, kept):
    edit(tmp_path / "tiny" / "sdtm" / "dm.yaml", "{copy: AGE}", "{copy: AGEE}")
    assert run(cli).exit_code == 2
    assert list(kept.iterdir()) == []


def test_that_nothing_changed_is_found_without_a_heavy_import(cli, kept):
    run(cli)
    code = (
        "import sys\n"
        "from cdisc_conv.cli import main\n"
        "sys.argv = ['cdisc-conv', 'run', 'tiny', '--raw', 'raw', '--out', 'out']\n"
        "try:\n"
        "    main()\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        "heavy = ('pandas', 'numpy', 'pyarrow', 'lxml', 'yaml', 'jinja2')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert UP_TO_DATE.fullmatch(done.stderr)
    assert done.stdout.rstrip().endswith("[]")
