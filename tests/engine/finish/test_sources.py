"""Records made from records point at the final record numbers of their source dataset."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cdisc_conv.columns.stored import Shelf, Stored, write_tables
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


LINES = pd.DataFrame(
    {
        "variable": pd.Categorical(["B", "A", "A", "A", "B"]),
        "record": [1, 1, 0, 2, 3],
        "source": pd.Categorical(["dataset TU", "dataset TU", "form rs", "dataset TU", "form ae"]),
        "row": [3, 1, 4, 2, 5],
    }
)


def test_tables_on_disk_are_renumbered_and_sorted_a_piece_at_a_time(tmp_path, monkeypatch):
    """Each piece has the records of a range; its texts are numbered in their own order."""
    parts = [LINES.iloc[:3].reset_index(drop=True), LINES.iloc[3:].reset_index(drop=True)]
    parts = [part.assign(source=part["source"].cat.remove_unused_categories()) for part in parts]
    pieces = [write_tables(tmp_path / str(number), {"": part}) for number, part in enumerate(parts)]
    (tmp_path / "shelf").mkdir()
    load = Stored.load

    def load_three(table):
        assert len(table) <= 3
        return load(table)

    def renumber(frame, shelf):
        made = Dataset("RS", "Response", pd.DataFrame(), (), records=Records(frame[["record", "source", "row"]], frame))
        return renumber_sources(made, {"TU": np.array([2, 0, 1])}.get, shelf).records

    held = renumber(LINES, Shelf())
    monkeypatch.setattr(Stored, "load", load_three)
    stored = renumber(Stored(tuple(pieces)), Shelf(tmp_path / "shelf"))
    assert stored.picked[["variable", "record", "source", "row"]].astype(str).to_dict("list") == {
        "variable": ["A", "A", "A", "B", "B"],
        "record": ["0", "1", "2", "1", "3"],
        "source": ["form rs", "dataset TU", "dataset TU", "dataset TU", "form ae"],
        "row": ["4", "3", "1", "2", "5"],
    }
    for one, other in ((held.frame, stored.frame), (held.picked, stored.picked)):
        names = list(one.columns)
        assert one.astype(str).to_dict("list") == other[names].astype(str).to_dict("list")
