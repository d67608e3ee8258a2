"""What the engine tests share: a study as a few lines of YAML, its raw forms as tables, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd
import pytest
import yaml
from ranges_alike import list_differences
from studies import write_files

from cdisc_conv.dataset import Dataset
from cdisc_conv.engine.convert import Conversion, convert_frames
from cdisc_conv.engine.plan.graph import plan_study
from cdisc_conv.engine.ranges.range import Division
from cdisc_conv.spec.load import load_study
from cdisc_conv.spec.model import Study

STUDY = """\
study: S1
title: A study for tests
created: 2026-01-31T12:00:00
raw: {subject: SUBJID, home: dm}
variables: {USUBJID: {copy: raw.SUBJID}}
"""
Table = Mapping[str, Sequence[str]]


def frame_of(table: Table) -> pd.DataFrame:
    """A raw form from its columns."""
    return pd.DataFrame({name: pd.Series(list(values), dtype="str") for name, values in table.items()})


class Lab:
    """Loads and converts small studies in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(
        self, forms: Mapping[str, Table | str], datasets: Mapping[str, str], study: str = "", forms_yaml: str = ""
    ) -> Study:
        """The study with one mapping per dataset; forms are described by their tables unless `forms_yaml` does it."""
        described = {
            name: {"label": f"Form {name}", "columns": {column: f"Field {column}" for column in table}}
            for name, table in forms.items()
        }
        folder = self._folder / "study"
        mappings = {f"sdtm/{name.lower()}.yaml": f"dataset: {name}\n{text}" for name, text in datasets.items()}
        forms_text = forms_yaml or yaml.safe_dump({"forms": described}, allow_unicode=True, sort_keys=False)
        write_files(folder, {"study.yaml": STUDY + study, "forms.yaml": forms_text, **mappings})
        loaded, problems = load_study(folder)
        assert [str(problem) for problem in problems] == []
        return loaded

    def convert(
        self,
        forms: Mapping[str, Table],
        datasets: Mapping[str, str],
        study: str = "",
        forms_yaml: str = "",
        given: Mapping[str, pd.DataFrame] | None = None,
        only: Sequence[str] = (),
        ranges: Sequence[int] = (2, 50),
    ) -> Conversion:
        """What becomes of the forms, which is the same in one range of subjects and in several."""
        loaded = self.load(forms, datasets, study, forms_yaml)
        plan, wanted = plan_study(loaded), list(only) or list(loaded.datasets)
        frames = {name: frame_of(table) for name, table in forms.items()}
        made = convert_frames(loaded, plan, frames, given or {}, wanted)
        for count in ranges:
            divided = convert_frames(loaded, plan, frames, given or {}, wanted, division=Division(count))
            assert list_differences(made, divided) == []
        return made


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


@pytest.fixture
def records() -> Callable[..., list[tuple]]:
    """The records of a dataset as tuples of some of its variables."""

    def read(conversion: Conversion, dataset: str, *names: str) -> list[tuple]:
        found = named(conversion, dataset)
        return list(found.frame[list(names)].itertuples(index=False, name=None))

    return read


@pytest.fixture
def dataset() -> Callable[[Conversion, str], Dataset]:
    """A finished dataset by name."""
    return named


def named(conversion: Conversion, name: str) -> Dataset:
    """A finished dataset by name."""
    return next(dataset for dataset in conversion.datasets if dataset.name == name)
