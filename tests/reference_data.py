"""Where the public reference files are, for the tests that read them; they skip where there are none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def reference_file(*parts: str) -> Path:
    """A file or folder of the reference, in CDISC_CONV_REFERENCE or beside the checkout; skips the test without it."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "reference"
    path = Path(os.environ.get("CDISC_CONV_REFERENCE", beside)).joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the reference has no {'/'.join(parts)} here; set CDISC_CONV_REFERENCE to its folder")
    return path
