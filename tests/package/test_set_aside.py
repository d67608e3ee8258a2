"""Rules that explanations.yaml sets aside are not asked by a run either, and it says so."""

from __future__ import annotations

import pytest
from studies import write_tiny_raw, write_tiny_study

from cdisc_conv.package.run import run_study


@pytest.fixture
def folder(tmp_path):
    """The tiny study with a rule of its own that every subject breaks."""
    write_tiny_study(tmp_path)
    write_tiny_raw(tmp_path)
    rule = "{id: OWN001, title: None is young, severity: error, datasets: [DM], fails: AGE > 0, message: AGE is wrong}"
    (tmp_path / "tiny" / "checks.yaml").write_text(f"rules:\n  - {rule}\n", encoding="utf-8")
    return tmp_path


def run(folder, explanations):
    (folder / "tiny" / "explanations.yaml").write_text(explanations, encoding="utf-8")
    problems = run_study(folder / "tiny", folder / "raw", folder / "out").problems
    return [
        str(one).split("tiny/")[-1] for one in problems if one.code.startswith(("OWN", "EXPL", "SPEC", "DEF", "VAR"))
    ]


def test_a_rule_is_asked_until_it_is_set_aside(folder):
    assert [line.split(":")[0] for line in run(folder, "explanations: []\n") if "OWN001" in line] == ["DM rows 1, 2, 3"]
    found = run(folder, "set_aside:\n  - rule: OWN001\n    reason: ages are as collected\n")
    assert found == [
        "explanations.yaml:2: EXPL005 OWN001 is set aside and not asked: ages are as collected",
    ]


def test_a_rule_that_there_is_not_and_rules_of_cdisc(folder):
    found = run(
        folder,
        "set_aside:\n  - {rule: OWN002, reason: not ours}\n  - {rule: CORE-000001, reason: asked by check alone}\n",
    )
    assert [line for line in found if "EXPL" in line] == [
        "explanations.yaml:2: EXPL001 there is no rule OWN002 (did you mean OWN001?)",
    ]


def test_a_file_that_cannot_be_read_sets_nothing_aside(folder):
    found = run(folder, "set_aside:\n  - {rule: OWN001}\n")
    assert any("OWN001 AGE is wrong" in line for line in found)
    assert [line for line in found if "SPEC" in line] == [
        "explanations.yaml:2: SPEC002 a file of explanations needs 'reason'"
    ]
