"""docs/expressions.md is made from the table of functions."""

from pathlib import Path

from cdisc_conv.expr.docs import build_page
from cdisc_conv.expr.functions.table import FUNCTIONS

PAGE = Path(__file__).parents[2] / "docs" / "expressions.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == build_page(), "run: python -m cdisc_conv.expr.docs docs/expressions.md"


def test_every_function_is_documented_with_an_example() -> None:
    assert [function.name for function in FUNCTIONS.values() if not (function.doc and function.examples)] == []
