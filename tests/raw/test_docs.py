"""docs/raw-data.md lists what cdisc_conv.raw lists."""

from __future__ import annotations

import re
from pathlib import Path

import cdisc_conv.raw
from cdisc_conv.raw import load_readers
from cdisc_conv.raw.shaping.headers import ROLES

PAGE = (Path(__file__).parents[2] / "docs" / "raw-data.md").read_text(encoding="utf-8")


def test_every_finding_is_documented() -> None:
    listed = re.findall(r"^\| (RAW\d+) \| (.*?) \| (.*?) \|$", cdisc_conv.raw.__doc__ or "", re.MULTILINE)
    assert len(listed) > 30
    assert [f"| {code} | {severity} | {what} |" for code, what, severity in listed] == [
        line for line in PAGE.splitlines() if line.startswith("| RAW")
    ]


def test_every_code_of_the_sources_is_listed() -> None:
    package = Path(cdisc_conv.raw.__file__).parent
    used = {code for path in package.rglob("*.py") for code in re.findall(r'"(RAW\d\d\d)"', path.read_text())}
    assert used <= set(re.findall(r"RAW\d\d\d", cdisc_conv.raw.__doc__ or ""))


def test_every_format_and_header_row_is_documented() -> None:
    assert [name for name in load_readers() if f"| `{name}` |" not in PAGE] == []
    assert [role for role in ROLES if f"`{role}`" not in PAGE] == []
