"""The little study with its raw export, for tests of the account."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import write_tiny_raw, write_tiny_study


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the study `tiny` and its export `raw`."""
    write_tiny_study(tmp_path)
    write_tiny_raw(tmp_path)
    return tmp_path
