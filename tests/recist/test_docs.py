"""docs/response-check.md says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

import cdisc_conv
from cdisc_conv.recist import read_settings
from cdisc_conv.recist.tables import read_published_tables

ROOT = Path(cdisc_conv.__file__).parent
PAGE = (ROOT.parent / "docs" / "response-check.md").read_text(encoding="utf-8")


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_published_tables() -> None:
    for number, table in read_published_tables().items():
        expected = [[str(row), *(word for word in words if word)] for row, words in enumerate(table["rows"], start=1)]
        section = PAGE.split(f"\nTable {number}, ")[1].split("\n\n")[1]
        rows = [cells(line) for line in section.splitlines()[2:]]
        assert [[cell.upper() for cell in row] for row in rows] == [[cell.upper() for cell in row] for row in expected]


def test_the_settings_of_the_example_exist() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    settings, problems = read_settings(yaml.safe_load(example)["settings"]["recist"])
    assert problems == ()
    assert settings.evaluator_id == "RADIOLOGIST 1"


def test_every_finding_is_listed() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "recist").rglob("*.py"))
    codes = set(re.findall(r'"(RECIST\d{3})"', source))
    assert codes == set(re.findall(r"^\| (RECIST\d{3}) ", PAGE, re.MULTILINE))
