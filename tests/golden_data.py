"""Where the public golden datasets are, for the tests that compare with them; they skip where there are none."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest


def golden_folder() -> Path:
    """The folder with raw/, sdtm/ and adam/: CDISC_CONV_GOLDEN, else beside the checkout; skips the test without it."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "reference" / "golden"
    folder = Path(os.environ.get("CDISC_CONV_GOLDEN", beside))
    if not folder.is_dir():
        pytest.skip("the golden datasets are not here; set CDISC_CONV_GOLDEN to their folder")
    return folder


def read_golden(path: Path) -> pd.DataFrame:
    """A golden CSV with every cell as text."""
    return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8")
