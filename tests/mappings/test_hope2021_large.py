"""HOPE2021-Thal-AGC at 10,000 subjects: whatever the seed makes of them, no error is found and no natural key repeats.

Each run takes minutes and 6 GB of memory, so that these tests are asked for by their marker: pytest -m large.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

DEMO = "import sys; from cdisc_conv.cli import main; sys.argv[1:] = {arguments}; main()"
KEYS = {"KEY001"}


@pytest.mark.large
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_error_and_no_repeated_key(seed: int, tmp_path: Path) -> None:
    """In a process of its own, which gives its memory back."""
    out = tmp_path / "out"
    arguments = ["demo", str(out), "--subjects", "10000", "--seed", str(seed)]
    subprocess.run([sys.executable, "-c", DEMO.format(arguments=arguments)], check=True, capture_output=True)
    found = json.loads((out / "report" / "findings.json").read_text(encoding="utf-8"))["findings"]
    assert len(found) > 100
    serious = [problem for problem in found if problem["severity"] == "error" or problem["code"] in KEYS]
    assert serious == []
