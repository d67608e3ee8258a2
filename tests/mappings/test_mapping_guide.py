"""The examples of the pages about mappings are mappings that can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cdisc_conv.spec.mapping.datasets import read_dataset
from cdisc_conv.spec.mapping.variables import read_variables
from cdisc_conv.spec.model import Family
from cdisc_conv.spec.yaml.nodes import Node, read_yaml_text
from cdisc_conv.standards import load_standard, load_terminology

DOCS = Path(__file__).parents[2] / "docs"
SDTM = Family("sdtm", load_standard("sdtmig", "3.4"), load_terminology("sdtm", "2025-03-28"))
ADAM = Family("adam", load_standard("adamig", "1.3"), load_terminology("adam", "2025-03-28"))
PAGES = {"mapping-guide.md": SDTM, "analysis-datasets.md": ADAM}
EXAMPLES = [
    pytest.param(example, page, id=f"{page} {example.partition(chr(10))[0]}")
    for page in PAGES
    for example in re.findall(
        r"^```yaml\n(.*?)^```", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
]
SECTIONS = ("variables", "supplemental", "working")


@pytest.mark.parametrize(("example", "page"), EXAMPLES)
def test_an_example_can_be_read(example: str, page: str) -> None:
    node = read_yaml_text(example, page)
    problems: list = []
    if node.get("dataset") is not None and node.get("extends") is None:
        assert read_dataset(node, PAGES[page], {}, "STUDY", {}, problems) is not None
    elif any(node.get(name) is not None for name in SECTIONS):
        for name in SECTIONS:
            read_variables(node.get(name), name, problems)
    elif all(name.isupper() for name, _ in node.items()):
        read_variables(Node(dict(node.items()), node.file, node.line), "example", problems)
    assert [str(problem) for problem in problems] == []
