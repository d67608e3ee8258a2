"""The study that the issue's command simulates, once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from cdisc_conv.simulate import simulate_study

STUDY = Path(__file__).parents[2] / "mappings" / "hope2021_thal_agc"


@pytest.fixture(scope="session")
def study_dir() -> Path:
    return STUDY


@pytest.fixture(scope="session")
def raw() -> dict[str, pd.DataFrame]:
    """106 subjects, seed 1."""
    return simulate_study(STUDY, subjects=106, seed=1)


@pytest.fixture(scope="session")
def many() -> dict[str, pd.DataFrame]:
    """Enough subjects to meet with rare things."""
    return simulate_study(STUDY, subjects=1500, seed=2)


@pytest.fixture(scope="session")
def read_dates() -> Callable[[pd.Series], pd.Series]:
    """DD-MON-YYYY to dates; blank and partial dates to missing."""

    def read(column: pd.Series) -> pd.Series:
        complete = column.where((column != "") & ~column.str.startswith("UN-"))
        return pd.to_datetime(complete, format="%d-%b-%Y")

    return read
