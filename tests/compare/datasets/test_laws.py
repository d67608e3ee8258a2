"""Laws of a comparison: a dataset equals itself, order alone changes nothing, planted differences are all found."""

from __future__ import annotations

import random

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.compare import compare

records = st.lists(
    st.tuples(st.sampled_from(["", "Nausea", "Pain"]), st.one_of(st.none(), st.integers(-5, 5))),
    min_size=1,
    max_size=12,
)


def frame_of(rows: list) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "USUBJID": pd.Series([f"{number:03d}" for number in range(len(rows))], dtype="str"),
            "AETERM": pd.Series([term for term, _ in rows], dtype="str"),
            "AESTDY": pd.Series([float("nan") if day is None else float(day) for _, day in rows]),
        }
    )


@given(records)
def test_a_dataset_equals_itself(rows: list) -> None:
    frame = frame_of(rows)
    found = compare(frame, frame.copy(), keys=["USUBJID"])
    assert found.equal
    assert found.matched == len(rows)


@given(records, st.randoms())
def test_the_order_of_records_and_variables_changes_nothing_but_the_order(rows: list, chance: random.Random) -> None:
    frame = frame_of(rows)
    order, names = list(range(len(rows))), list(frame)
    chance.shuffle(order)
    chance.shuffle(names)
    shuffled = frame.take(order)[names].reset_index(drop=True)
    found = compare(frame, shuffled, keys=["USUBJID"])
    assert found.equal
    assert found.records_in_order == (order == sorted(order))
    assert compare(frame, shuffled, keys=["USUBJID"], order=True).equal == (
        order == sorted(order) and names == list(frame)
    )


@given(records, st.data())
def test_as_many_differences_are_found_as_were_planted(rows: list, data: st.DataObject) -> None:
    base = frame_of(rows)
    other = base.copy()
    planted = data.draw(st.sets(st.integers(0, len(rows) - 1)))
    for place in planted:
        other.loc[place, "AETERM"] = base.loc[place, "AETERM"] + "!"
    for found in (compare(base, other, keys=["USUBJID"]), compare(other, base, keys=["USUBJID"])):
        assert found.differing_cells == len(planted)
        assert sorted(found.cells["USUBJID"]) == [f"{place:03d}" for place in sorted(planted)]
        assert (found.only_base_count, found.only_other_count) == (0, 0)


@given(records, st.data())
def test_records_on_one_side_only_are_told(rows: list, data: st.DataObject) -> None:
    base = frame_of(rows)
    gone = data.draw(st.sets(st.integers(0, len(rows) - 1)))
    other = base.drop(index=list(gone)).reset_index(drop=True)
    found = compare(base, other, keys=["USUBJID"])
    assert sorted(found.only_base["USUBJID"]) == [f"{place:03d}" for place in sorted(gone)]
    assert compare(other, base, keys=["USUBJID"]).only_other_count == len(gone)
