"""cdisc-conv rules: import, list and show."""

from __future__ import annotations

import pytest

RULE = """
Authorities:
  - Organization: CDISC
    Standards: [{Name: SDTMIG, Version: "3.4", References: [{Rule Identifier: {Id: CG9001}}]}]
Core: {Id: X-1, Status: Published}
Rule Type: Record Data
Sensitivity: Record
Scope: {Classes: {Include: [EVENTS]}}
Operations: [{id: $n, operator: record_count, domain: DM, group: [USUBJID]}]
Check: {all: [{name: --TERM, operator: empty}, {any: [{name: $n, operator: less_than, value: 1}]}]}
Outcome: {Message: There is no term, Output Variables: [--TERM]}
"""


@pytest.fixture(autouse=True)
def _own_store(tmp_path, monkeypatch):
    monkeypatch.setenv("CDISC_CONV_DATA", str(tmp_path / "mine"))
    (tmp_path / "rule.yml").write_text(RULE, encoding="utf-8")


def test_import_with_the_study(cli, tmp_path):
    result = cli("rules", "import", "rule.yml", "--study", "tiny", "--version", "2026-08")
    assert (result.exit_code, result.stdout) == (
        0,
        "rules 2026-08: 1 published rule; kept in tiny/standards/rules-core-2026-08.txt\n",
    )
    assert (tmp_path / "tiny/standards/rules-core-2026-08.txt").is_file()


def test_list_before_anything_is_imported(cli):
    result = cli("rules", "list")
    assert (result.exit_code, result.stdout) == (
        1,
        "no rules are imported; 'cdisc-conv rules import FOLDER' keeps those that CDISC publishes\n",
    )


def test_list_and_show(cli):
    cli("rules", "import", "rule.yml", "--study", "tiny", "--version", "1")
    listed = cli("rules", "list", "SDTMIG 3.4", "--study", "tiny").stdout
    assert "X-1" in listed and "class EVENTS" in listed and "across datasets" not in listed
    assert cli("rules", "list", "SDTMIG 3.3", "--study", "tiny").stdout.splitlines()[0].split() != ["X-1"]
    assert cli("rules", "show", "cg9001", "--study", "tiny").stdout == (
        "X-1  There is no term\n"
        "  status: published\n"
        "  known as: CG9001\n"
        "  for: SDTMIG 3.4\n"
        "  type: Record Data\n"
        "  finds: one per record\n"
        "  about: class EVENTS\n"
        "  looks: within a subject\n"
        "  works out: $n = record_count by USUBJID\n"
        "  reports: --TERM\n"
        "  is wrong where\n"
        "    all of\n"
        "      --TERM empty\n"
        "      any of\n"
        "        $n less_than 1\n"
    )


def test_show_a_rule_that_is_not_there(cli):
    cli("rules", "import", "rule.yml", "--study", "tiny")
    result = cli("rules", "show", "X-2", "--study", "tiny")
    assert (result.exit_code, result.stderr) == (
        2,
        "1 error:\n  CORE005 no rule X-2 is imported (did you mean X-1?)\n",
    )


def test_import_of_what_is_no_rule(cli, tmp_path):
    (tmp_path / "other.yml").write_text("a: 1\n", encoding="utf-8")
    result = cli("rules", "import", "other.yml", "--study", "tiny")
    assert result.exit_code == 2
    assert "CORE001 1 file is no rule: other.yml: this is no rule: it has no 'Core'" in result.stderr
