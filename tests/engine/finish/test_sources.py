"""Records made from records point at the final record numbers of their source dataset."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc_conv.dataset import Dataset, Records
from cdisc_conv.engine.finish.sources import renumber_sources


def made_from(record: list[int], source: list[str], row: list[int]) -> Dataset:
    frame = pd.DataFrame({"record": record, "source": pd.Categorical(source), "row": row})
    return Dataset("RS", "Response", pd.DataFrame(), (), records=Records(frame))


def test_rows_of_a_source_dataset_follow_its_order():
    dataset = made_from([0, 0, 1], ["dataset TU", "dataset TU", "form rs"], [1, 3, 3])
    renumbered = renumber_sources(dataset, {"TU": np.array([2, 0, 1])}.get)
    assert renumbered.records.frame.to_dict("list") == {
        "record": [0, 0, 1],
        "source": ["dataset TU", "dataset TU", "form rs"],
        "row": [2, 3, 3],
    }


def test_forms_and_unknown_datasets_stay():
    dataset = made_from([0, 1], ["form rs", "dataset XX"], [7, 8])
    renumbered = renumber_sources(dataset, {"TU": np.array([0])}.get)
    assert renumbered.records.frame["row"].tolist() == [7, 8]
