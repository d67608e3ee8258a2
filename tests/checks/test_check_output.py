"""What `check` writes: nothing from the data steers a page, a workbook or a terminal; SARIF as 2.1.0 has it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from lxml import html
from typer.testing import CliRunner

import cdisc_conv as cc
from cdisc_conv.checks.output import workbook, write_reports
from cdisc_conv.checks.output.sarif import make_sarif
from cdisc_conv.cli import app

HOSTILE = "=HYPERLINK(1)</script><img src=x onerror=alert(1)>\x1b[2J"
DM = f"STUDYID,DOMAIN,USUBJID,SUBJID,SEX\nS,DM,01,01,{HOSTILE}\n"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "dm.csv").write_text(DM, encoding="utf-8")
    return tmp_path / "package"


def test_the_page_holds_hostile_values_as_text(package: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    write_reports(cc.check(package), {"html": page})
    text = page.read_text(encoding="utf-8")
    root = html.fromstring(text)
    assert "\x1b" not in text
    assert root.xpath("//img") == []
    (data,) = root.xpath("//script[@id='data']/text()")
    found = [one for one in json.loads(data)["findings"] if one["rule"] == "CT001"]
    assert found[0]["records"]["values"][0][1].startswith("=HYPERLINK(1)</script><img")


def test_the_workbook_holds_no_formula(package: Path, tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    write_reports(cc.check(package), {"xlsx": book})
    with zipfile.ZipFile(book) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert len(sheets) == 6
    assert not any(b"<f>" in sheet for sheet in sheets)
    assert any(b"=HYPERLINK" in sheet for sheet in sheets)


def test_the_workbook_says_where_a_sheet_was_full(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    book = tmp_path / "book.xlsx"
    write_reports(cc.check(package), {"xlsx": book})
    with zipfile.ZipFile(book) as archive:
        sheets = {name: archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name}
    findings = sheets["xl/worksheets/sheet3.xml"]
    assert findings.count("<row ") == 1 + 3
    assert "and more than a sheet holds; the JSON (--json) has everything" in findings
    assert "and more" not in sheets["xl/worksheets/sheet5.xml"]


def test_sarif_has_what_the_standard_asks_for(package: Path) -> None:
    (package / "explanations.yaml").write_text(
        "explanations:\n  - {rule: CT001, dataset: DM, reason: the site's word}\n"
    )
    log = make_sarif(cc.check(package))
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert log["version"] == "2.1.0"
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
    (explained,) = (result for result in run["results"] if result["ruleId"] == "CT001")
    assert explained["suppressions"] == [{"kind": "external", "justification": "the site's word"}]
    assert explained["locations"] == [
        {
            "physicalLocation": {"artifactLocation": {"uri": "dm.csv"}},
            "logicalLocations": [{"fullyQualifiedName": "DM.SEX"}],
        }
    ]


def test_the_console_says_the_answer_first_and_shows_no_control_characters(package: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(package)])
    assert result.exit_code == 1
    assert result.stdout.startswith(
        "Can this be submitted? NO: it would be rejected before anybody reads it: there is no"
    )
    assert "\x1b" not in result.stdout
    assert "rules could not be asked:" in result.stdout


def test_exit_codes(package: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(app, ["check", str(tmp_path / "none")]).exit_code == 2
    assert runner.invoke(app, ["check", str(package), "--sdtmig", "1"]).exit_code == 2
    assert runner.invoke(app, ["check", str(package), "--html", str(tmp_path / "no" / "page.html")]).exit_code == 2
    earlier = tmp_path / "earlier.json"
    assert runner.invoke(app, ["check", str(package), "--json", str(earlier)]).exit_code == 1
    again = runner.invoke(app, ["check", str(package), "--against", str(earlier)])
    assert again.exit_code == 0
    assert again.stdout.rstrip().endswith(f"known, 0 no more since {earlier}")
