"""The names that `import cdisc_conv` offers."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import write_tiny_raw, write_tiny_study

import cdisc_conv


def test_from_a_raw_export_to_a_transport_file_and_back(tmp_path: Path) -> None:
    study, problems = cdisc_conv.load_study(write_tiny_study(tmp_path))
    assert problems == []
    conversion = cdisc_conv.convert(study, write_tiny_raw(tmp_path))
    dm = conversion.datasets[0]
    cdisc_conv.write_xpt(dm.frame, tmp_path / "dm.xpt", name=dm.name, label=dm.label)
    back = cdisc_conv.read_xpt(tmp_path / "dm.xpt")
    assert (back.name, back.label) == ("DM", "Demographics")
    assert back.frame["USUBJID"].tolist() == dm.frame["USUBJID"].tolist()


def test_other_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="module 'cdisc_conv' has no attribute 'konvert'"):
        cdisc_conv.konvert  # noqa: B018
