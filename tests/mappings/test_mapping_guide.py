"""The examples of docs/mapping-guide.md are mappings that can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cdisc_conv.spec.datasets import read_dataset
from cdisc_conv.spec.model import Family
from cdisc_conv.spec.variables import read_variables
from cdisc_conv.spec.yaml_nodes import Node, read_yaml_text
from cdisc_conv.standards import load_standard, load_terminology

GUIDE = Path(__file__).parents[2] / "docs" / "mapping-guide.md"
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
FAMILY = Family("sdtm", load_standard("sdtmig", "3.4"), load_terminology("sdtm", "2025-03-28"))
SECTIONS = ("variables", "supplemental", "working")


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.partition("\n")[0] for example in EXAMPLES])
def test_an_example_can_be_read(example: str) -> None:
    node = read_yaml_text(example, "mapping-guide.md")
    problems: list = []
    if node.get("dataset") is not None and node.get("extends") is None:
        assert read_dataset(node, FAMILY, {}, "STUDY", problems) is not None
    elif any(node.get(name) is not None for name in SECTIONS):
        for name in SECTIONS:
            read_variables(node.get(name), name, problems)
    elif all(name.isupper() for name, _ in node.items()):
        read_variables(Node(dict(node.items()), node.file, node.line), "example", problems)
    assert [str(problem) for problem in problems] == []
