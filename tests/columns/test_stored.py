"""Tables on disk: what is written comes back, column by column, file after file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_series_equal

from cdisc_conv.columns.stored import Shelf, Stored, divide, load, stream, write_tables

TEXTS = pd.Series(["Cough", "", "Fièvre"], dtype="str")


def write(folder: Path, *frames: pd.DataFrame) -> Stored:
    return Stored(tuple(write_tables(folder / f"{number}.arrow", {"": frame}) for number, frame in enumerate(frames)))


def test_a_table_comes_back_as_it_was(tmp_path):
    frame = pd.DataFrame(
        {
            "AETERM": TEXTS,
            "AESEQ": [1.0, float("nan"), -0.0],
            "row": pd.Series([3, 1, 2], dtype="int64"),
            "block": pd.Series([0, 1, 1], dtype="int32"),
            "read": [True, False, True],
            "source": pd.Categorical(["form ae", None, "form cm"]).set_categories(
                pd.Index(["form cm", "form vs", "form ae"], dtype="str")
            ),
        }
    )
    stored = write(tmp_path, frame)
    assert_frame_equal(stored.load(), frame)
    assert_frame_equal(write(tmp_path, frame.iloc[:0]).load(), frame.iloc[:0])


def test_a_table_is_asked_like_a_frame(tmp_path):
    stored = write(tmp_path, pd.DataFrame({"A": TEXTS, "B": [1.0, 2.0, 3.0]}), pd.DataFrame({"A": TEXTS, "B": 4.0}))
    assert (len(stored), list(stored.columns), "A" in stored, "C" in stored) == (6, ["A", "B"], True, False)
    assert_series_equal(stored["A"], pd.Series([*TEXTS, *TEXTS], name="A", dtype="str"))
    assert_frame_equal(stored[["B"]], pd.DataFrame({"B": [1.0, 2.0, 3.0, 4.0, 4.0, 4.0]}))
    assert_frame_equal(stored[["B", "A"]], pd.DataFrame({"B": [1.0, 2, 3, 4, 4, 4], "A": stored["A"]}))
    assert [frame["B"].tolist() for frame in stored.stream(["B"])] == [[1.0, 2.0, 3.0], [4.0, 4.0, 4.0]]
    with pytest.raises(KeyError, match="C"):
        stored["C"]


def test_few_texts_of_several_files_are_united_in_the_order_in_which_they_come(tmp_path):
    one = pd.DataFrame({"source": pd.Categorical(["form b", "form a"], ["form b", "form a"])})
    other = pd.DataFrame({"source": pd.Categorical(["form c", "form a"], ["form c", "form a"])})
    found = write(tmp_path, one, other)["source"]
    assert found.tolist() == ["form b", "form a", "form c", "form a"]
    assert list(found.cat.categories) == ["form b", "form a", "form c"]


def test_several_tables_of_the_same_records_share_a_file(tmp_path):
    piece = write_tables(
        tmp_path / "AE.arrow", {"frame ": pd.DataFrame({"A": TEXTS}), "supplemental ": pd.DataFrame({"A": [1.0, 2, 3]})}
    )
    frame, supplemental = Stored((piece,), "frame "), Stored((piece,), "supplemental ")
    assert (frame["A"].tolist(), supplemental["A"].tolist()) == (["Cough", "", "Fièvre"], [1.0, 2.0, 3.0])
    assert Stored((piece,), "other ").load().shape == (3, 0)


def test_some_columns_and_blank_ones(tmp_path):
    stored = write(tmp_path, pd.DataFrame({"A": TEXTS, "B": [1.0, 2.0, 3.0]}))
    assert list(stored.select(["B"]).columns) == ["B"]
    wider = stored.with_blank(["C"])
    assert list(wider.columns) == ["A", "B", "C"]
    assert wider["C"].tolist() == ["", "", ""]
    assert_frame_equal(wider[["C", "A"]], pd.DataFrame({"C": ["", "", ""], "A": TEXTS}, dtype="str"))
    assert [name for name, _ in wider.items()] == ["A", "B", "C"]
    assert [wider.is_numeric(name) for name in wider] == [False, True, False]


def test_records_are_divided_over_files_in_their_order(tmp_path):
    frames = [pd.DataFrame({"A": ["a", "b", "c"]}, dtype="str"), pd.DataFrame({"A": ["d", "e"]}, dtype="str")]
    pieces = divide(
        ({"": frame} for frame in frames), np.array([2, 0, 2, 0, 2]), [tmp_path / f"{n}.arrow" for n in range(3)]
    )
    assert [Stored((piece,))["A"].tolist() for piece in pieces] == [["b", "d"], [], ["a", "c", "e"]]


def test_a_shelf_has_a_folder_or_leaves_tables_where_they_are(tmp_path):
    frame = pd.DataFrame({"A": TEXTS})
    assert Shelf().put(frame) is frame
    shelf = Shelf(tmp_path)
    put = [shelf.put(frame), shelf.put(frame.iloc[:1])]
    assert [load(each)["A"].tolist() for each in put] == [["Cough", "", "Fièvre"], ["Cough"]]
    assert [len(piece) for piece in stream(put[0], ["A"])] == [3]
