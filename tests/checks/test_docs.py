"""docs/checks.md is made from the rules and the check functions."""

from pathlib import Path

from cdisc_conv.checks import load_shipped_rules
from cdisc_conv.checks.docs import build_page
from cdisc_conv.checks.registry import load_checks

PAGE = Path(__file__).parents[2] / "docs" / "checks.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == build_page(), "run: python -m cdisc_conv.checks.docs docs/checks.md"


def test_every_rule_has_an_id_of_its_own() -> None:
    ids = [rule.id for rule in load_shipped_rules()]
    assert [one for one in sorted(set(ids)) if ids.count(one) > 1] == []


def test_every_rule_has_a_source_and_a_title() -> None:
    assert [rule.id for rule in load_shipped_rules() if not (rule.source and rule.title)] == []


def test_every_check_function_is_documented_and_used() -> None:
    used = {rule.check for rule in load_shipped_rules()}
    assert [name for name, function in load_checks().items() if not function.doc or name not in used] == []
