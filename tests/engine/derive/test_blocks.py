"""Row sets: for_each, where, merge and group, and the raw rows behind each record."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.columns.rows import group_codes
from cdisc_conv.derivations.base import Ref
from cdisc_conv.engine.derive.blocks import BlockRows, make_rows
from cdisc_conv.expr import parse
from cdisc_conv.problems import Place
from cdisc_conv.spec.model import Block, Merge, Source, SourceKind

SOURCE = Source(SourceKind.FORM, "vs")


def rows_of(frame: pd.DataFrame, **parts: object) -> BlockRows:
    block = Block(SOURCE, Place(), **parts)  # type: ignore[arg-type]
    return make_rows(block, "form vs", len(frame), frame.__getitem__, lambda dates: dates)


def frame_of(**columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype="str")


def test_where_keeps_rows_and_names_those_it_leaves_out() -> None:
    rows = rows_of(frame_of(SUBJID=["1", "2", "3"], VSYN=["Y", "N", "Y"]), where=parse('VSYN == "Y"'))
    assert rows.column("SUBJID").tolist() == ["1", "3"]
    assert rows.source_rows().tolist() == [0, 2]
    assert {condition: left.tolist() for condition, left in rows.excluded.items()} == {'VSYN == "Y"': [1]}


def test_for_each_makes_one_record_per_entry_and_row() -> None:
    frame = frame_of(SUBJID=["1", "2"], HEIGHT=["170", ""], WEIGHT=["70", "80"])
    entries = (
        MappingProxyType({"VSTESTCD": "HEIGHT", "result": Ref("raw.HEIGHT")}),
        MappingProxyType({"VSTESTCD": "WEIGHT", "result": Ref("raw.WEIGHT")}),
    )
    rows = rows_of(frame, for_each=entries, where=parse('result != ""'))
    assert rows.column("VSTESTCD").tolist() == ["HEIGHT", "WEIGHT", "WEIGHT"]
    assert rows.column("result").tolist() == ["170", "70", "80"]
    assert rows.column("SUBJID").tolist() == ["1", "1", "2"]


def test_a_row_that_one_entry_uses_is_not_excluded_by_another() -> None:
    entries = (MappingProxyType({"result": Ref("raw.A")}), MappingProxyType({"result": Ref("raw.B")}))
    rows = rows_of(frame_of(A=["1", ""], B=["", ""]), for_each=entries, where=parse('result != ""'))
    assert [left.tolist() for left in rows.excluded.values()] == [[1]]


def test_a_name_of_for_each_is_a_number_where_all_that_is_filled_in_is_one() -> None:
    entries = (
        MappingProxyType({"N": 1, "MIXED": 1, "R": 2.5}),
        MappingProxyType({"M": 2, "MIXED": "b", "R": Ref("raw.A")}),
    )
    rows = rows_of(frame_of(A=["x"]), for_each=entries)
    assert rows.column("N").dtype == "float64"
    assert rows.column("N").fillna(-1).tolist() == [1.0, -1.0]
    assert rows.column("M").fillna(-1).tolist() == [-1.0, 2.0]
    assert rows.column("MIXED").tolist() == ["1", "b"]
    assert rows.column("R").tolist() == ["2.5", "x"]


def test_the_type_of_a_name_does_not_depend_on_the_data() -> None:
    entries = (MappingProxyType({"N": 1}), MappingProxyType({"N": Ref("raw.A")}))
    for values in ([], [""], ["x"]):
        assert rows_of(frame_of(A=values), for_each=entries).column("N").dtype == "str"


def test_records_can_be_written_out_without_a_source() -> None:
    entries = (MappingProxyType({"RDOMAIN": "TU"}), MappingProxyType({"RDOMAIN": "TR"}))
    block = Block(Source(SourceKind.NOTHING), Place(), for_each=entries)
    rows = make_rows(block, "nothing", 0, lambda name: pd.Series(dtype="str"), lambda dates: dates)
    assert rows.column("RDOMAIN").tolist() == ["TU", "TR"]


def test_group_makes_one_record_and_remembers_all_rows() -> None:
    frame = frame_of(SUBJID=["2", "1", "2", "1"], VISIT=["A", "A", "A", "B"], X=["p", "q", "r", "s"])
    rows = rows_of(frame, group=("SUBJID", "VISIT"))
    assert rows.column("X").tolist() == ["p", "q", "s"]
    record, source_row = rows.origins()
    assert sorted(zip(record.tolist(), source_row.tolist(), strict=True)) == [(0, 0), (0, 2), (1, 1), (2, 3)]


def intervals(*triples: tuple[str, str, str, str]) -> pd.DataFrame:
    return frame_of(**{name: [t[i] for t in triples] for i, name in enumerate(("SUBJID", "DOSE", "START", "END"))})


MERGE = Merge(by=("SUBJID", "DOSE"), start="START", end="END")


def test_a_group_looks_past_letter_case_and_blanks() -> None:
    frame = frame_of(SUBJID=["1", "1", "2"], SFUTRT=["apatinib", " Apatinib", "apatinib"])
    rows = rows_of(frame, group=("SUBJID", "SFUTRT"))
    assert rows.column("SFUTRT").tolist() == ["apatinib", "apatinib"]
    assert rows.source_rows().tolist() == [0, 2]


def test_adjoining_intervals_of_equal_dose_become_one() -> None:
    rows = rows_of(
        intervals(
            ("1", "100", "2022-01-01", "2022-01-10"),
            ("1", "100", "2022-01-11", "2022-01-20"),
            ("1", "50", "2022-01-21", "2022-01-30"),
            ("1", "100", "2022-02-01", "2022-02-05"),
        ),
        merge=MERGE,
    )
    found = sorted(zip(rows.column("DOSE"), rows.column("START"), rows.column("END"), strict=True))
    assert found == [
        ("100", "2022-01-01", "2022-01-20"),
        ("100", "2022-02-01", "2022-02-05"),
        ("50", "2022-01-21", "2022-01-30"),
    ]
    record, source_row = rows.origins()
    assert sorted(source_row.tolist()) == [0, 1, 2, 3]
    assert len(set(record.tolist())) == 3


def test_an_interval_inside_another_does_not_end_it() -> None:
    rows = rows_of(
        intervals(
            ("1", "100", "2022-01-01", "2022-01-20"),
            ("1", "100", "2022-01-05", "2022-01-06"),
            ("1", "100", "2022-01-21", "2022-01-25"),
        ),
        merge=MERGE,
    )
    assert rows.column("END").tolist() == ["2022-01-25"]


def test_partial_dates_are_never_merged() -> None:
    rows = rows_of(
        intervals(("1", "100", "2022-01-01", "2022-01"), ("1", "100", "2022-02-01", "2022-02-03")), merge=MERGE
    )
    assert rows.length == 2


def test_an_interval_without_an_end_does_not_part_its_neighbours() -> None:
    rows = rows_of(
        intervals(
            ("1", "100", "2022-01-01", "2022-01-20"),
            ("1", "100", "2022-01-05", "2022-01"),
            ("1", "100", "2022-01-21", "2022-01-25"),
        ),
        merge=MERGE,
    )
    found = sorted(zip(rows.column("START"), rows.column("END"), strict=True))
    assert found == [("2022-01-01", "2022-01-25"), ("2022-01-05", "2022-01")]


def test_days_may_lie_a_day_apart_and_no_more() -> None:
    rows = rows_of(
        intervals(("1", "1", "2022-01-01", "2022-01-01"), ("1", "1", "2022-01-03", "2022-01-03")), merge=MERGE
    )
    assert rows.length == 2


@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 9), st.integers(0, 3)), max_size=12), st.randoms())
def test_merging_does_not_depend_on_the_order_of_rows(triples: list, random) -> None:  # type: ignore[no-untyped-def]
    def merged(items: list) -> list:
        if not items:
            return []
        rows = rows_of(
            intervals(*(("1", dose, f"2022-01-{a + 1:02d}", f"2022-01-{a + 1 + n:02d}") for dose, a, n in items)),
            merge=MERGE,
        )
        return sorted(zip(rows.column("DOSE"), rows.column("START"), rows.column("END"), strict=True))

    shuffled = list(triples)
    random.shuffle(shuffled)
    assert merged(triples) == merged(shuffled)


@given(st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.sampled_from(["", "x"])), min_size=1))
def test_group_codes_are_equal_exactly_where_all_values_are(pairs: list[tuple[str, str]]) -> None:
    frame = frame_of(A=[a for a, _ in pairs], B=[b for _, b in pairs])
    codes = group_codes([frame["A"], frame["B"]], len(frame))
    for i, left in enumerate(pairs):
        for j, right in enumerate(pairs):
            assert (codes[i] == codes[j]) == (left == right)


def test_no_rows_at_all() -> None:
    rows = rows_of(
        frame_of(SUBJID=[], DOSE=[], START=[], END=[]), where=parse('DOSE == "1"'), merge=MERGE, group=("DOSE",)
    )
    assert rows.length == 0
    assert rows.column("DOSE").tolist() == []
    assert np.array_equal(rows.origins()[1], np.zeros(0))


def test_an_interval_that_ends_before_it_starts_stays_alone() -> None:
    frame = frame_of(SUBJID=["1", "1"], START=["2022-01-03", "2022-01-03"], END=["2022-01-02", "2022-01-01"])
    merge = Merge(by=("SUBJID",), start="START", end="END")
    assert [rows_of(frame, merge=merge).length, rows_of(frame[::-1].reset_index(drop=True), merge=merge).length] == [
        2,
        2,
    ]
