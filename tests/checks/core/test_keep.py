"""Rules imported from folders, zips and files, kept, and read again."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from cdisc_conv.checks.core.rule.keep import import_rules, load_kept_rules
from cdisc_conv.problems import ProblemsError

RULE = """
Core: {{Id: {name}, Status: {status}}}
Rule Type: Record Data
Sensitivity: Record
Check: {{all: [{{name: AETERM, operator: {operator}}}]}}
Outcome: {{Message: There is no term}}
"""
TODAY = date(2026, 1, 31)


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDISC_CONV_DATA", str(tmp_path / "mine"))


def write_rule(path: Path, name: str, status: str = "Published", operator: str = "empty") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(RULE.format(name=name, status=status, operator=operator), encoding="utf-8")


def test_a_folder_is_kept_and_read_again(tmp_path: Path) -> None:
    write_rule(tmp_path / "rules" / "Published" / "A-1" / "rule.yml", "A-1")
    write_rule(tmp_path / "rules" / "Drafts" / "A-2" / "rule.yml", "A-2", "Draft")
    found = import_rules(tmp_path / "rules", today=TODAY)
    assert (found.label, found.holds) == ("rules 2026-01-31", "1 published rule and 1 draft")
    kept = load_kept_rules()
    assert kept is not None
    assert [(rule.id, rule.draft, rule.source) for rule in kept.rules] == [
        ("A-1", False, "Published/A-1/rule.yml"),
        ("A-2", True, "Drafts/A-2/rule.yml"),
    ]


def test_rules_of_the_study_come_before_those_of_the_user(tmp_path: Path) -> None:
    write_rule(tmp_path / "a.yml", "MINE")
    write_rule(tmp_path / "b.yml", "OURS")
    import_rules(tmp_path / "a.yml", version="9")
    import_rules(tmp_path / "b.yml", study=tmp_path / "study", version="1")
    kept = load_kept_rules(tmp_path / "study")
    assert kept is not None
    assert [rule.id for rule in kept.rules] == ["OURS"]


def test_the_newest_import_counts_and_an_older_one_can_be_asked_for(tmp_path: Path) -> None:
    write_rule(tmp_path / "a.yml", "OLD")
    import_rules(tmp_path / "a.yml", version="2025-01-01")
    write_rule(tmp_path / "a.yml", "NEW")
    import_rules(tmp_path / "a.yml", version="2026-01-01")
    newest, oldest = load_kept_rules(), load_kept_rules(version="2025-01-01")
    assert newest is not None and oldest is not None
    assert (newest.rules[0].id, oldest.rules[0].id) == ("NEW", "OLD")
    with pytest.raises(ProblemsError, match="CORE005 no rules 2024 are imported"):
        load_kept_rules(version="2024")


def test_nothing_is_imported() -> None:
    assert load_kept_rules() is None


def test_a_zip_is_read_without_unpacking_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "rules.zip", "w") as archive:
        archive.writestr("../../outside/rule.yml", RULE.format(name="A-1", status="Published", operator="empty"))
        archive.writestr("data/ae.csv", "USUBJID")
    found = import_rules(tmp_path / "rules.zip", today=TODAY)
    assert found.holds == "1 published rule"
    assert not (tmp_path.parent.parent / "outside").exists()


def test_a_zip_bomb_is_not_a_rule(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "rules.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rule.yml", " " * 30_000_000)
    with pytest.raises(ProblemsError) as error:
        import_rules(tmp_path / "rules.zip")
    assert [problem.message for problem in error.value.problems] == [
        "1 file is no rule: rule.yml: a rule file has a few kB, this has over 1 MB"
    ]


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "rules.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rule.yml", RULE)
    data = bytearray((tmp_path / "rules.zip").read_bytes())
    data[40:60] = bytes(20)
    (tmp_path / "rules.zip").write_bytes(bytes(data))
    with pytest.raises(ProblemsError, match="CORE001 the zip cannot be read"):
        import_rules(tmp_path / "rules.zip")


def test_what_is_wrong_with_some_does_not_keep_the_others_out(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    write_rule(folder / "a" / "rule.yml", "A-1")
    write_rule(folder / "b" / "rule.yml", "A-1")
    write_rule(folder / "c" / "rule.yml", "A-3", operator="sounds_like")
    write_rule(folder / "d" / "rule.yml", "A-4", operator="")
    (folder / "workflow.yml").write_text("name: build\n", encoding="utf-8")
    (folder / "broken.yml").write_text("Core: [\n", encoding="utf-8")
    found = import_rules(folder, today=TODAY)
    assert found.holds == "2 published rules"
    assert [str(problem) for problem in found.problems] == [
        "b/rule.yml: CORE003 rule A-1 is there twice, in a/rule.yml too, which is taken",
        f"{folder}: CORE001 2 files are no rule: broken.yml: this is not valid YAML (line 1); workflow.yml: this is no "
        "rule: it has no 'Core' with the rule's 'Id'",
        f"{folder}: CORE002 1 rule is left out: d/rule.yml: rule A-4 is not finished: a condition has no operator",
        f"{folder}: CORE004 a rule uses the operator 'sounds_like', which this version does not know",
    ]


def test_the_same_version_with_other_rules_is_not_replaced_in_silence(tmp_path: Path) -> None:
    write_rule(tmp_path / "a.yml", "A-1")
    import_rules(tmp_path / "a.yml", today=TODAY)
    write_rule(tmp_path / "a.yml", "A-2")
    with pytest.raises(ProblemsError, match="STD004 rules 2026-01-31 was imported before with other content"):
        import_rules(tmp_path / "a.yml", today=TODAY)
    assert import_rules(tmp_path / "a.yml", today=TODAY, replace=True).kept.value == "replaced"
