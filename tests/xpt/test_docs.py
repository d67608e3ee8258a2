"""The examples of docs/transport-files.md run, and its tables name every code."""

import doctest
import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "transport-files.md"
SOURCES = Path(__file__).parents[2] / "cdisc_conv" / "xpt"


def test_examples(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    results = doctest.testfile(str(DOCS), module_relative=False, encoding="utf-8")
    assert (results.failed, results.attempted > 5) == (0, True)


def test_every_code_is_in_the_tables():
    raised = set().union(*(re.findall(r'"(XPT\d{3})"', path.read_text("utf-8")) for path in SOURCES.glob("*.py")))
    assert raised == set(re.findall(r"^\| (XPT\d{3}) \|", DOCS.read_text("utf-8"), flags=re.M))
