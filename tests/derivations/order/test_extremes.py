"""extreme and until."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.derivations.rows import FakeRows, Report, derive, make, method, refusal

SCALE = ["NE", "CR", "PR", "SD", "NON-CR/NON-PD", "PD"]
OVR = {
    "USUBJID": ["01", "01", "01", "01", "02", "02"],
    "PARAMCD": ["OVR"] * 6,
    "ADT": [10, 10, 20, 30, 10, None],
    "RSSEQ": [1, 2, 3, 4, 1, 2],
    "AVAL": [3, 5, 3, 3, 2, 1],
    "AVALC": ["SD", "PD", "sd", "SD", "PR", "CR"],
}


def flags(rows: FakeRows, **entry: object) -> str:
    """The flags as one text, a dot where blank."""
    return "".join(value or "." for value in derive(rows, **entry))


def test_first_and_last() -> None:
    rows = FakeRows(OVR)
    assert flags(rows, extreme={"pick": "first", "order": ["ADT"]}) == "Y...Y."
    assert flags(rows, extreme={"pick": "last", "order": ["ADT"]}) == "...YY."
    assert flags(rows, extreme={"pick": "first", "order": ["ADT"], "ties": "last"}) == ".Y..Y."
    assert flags(rows, extreme={"pick": "first", "order": ["ADT"], "ties": "all"}) == "YY..Y."
    assert flags(rows, extreme="first") == "Y...Y."
    assert flags(rows, extreme="last") == "...Y.Y"


def test_a_record_without_an_order_is_taken_when_there_is_no_other() -> None:
    rows = FakeRows({"USUBJID": ["01", "01", "02"], "ADT": [None, 5, None], "X": ["1", "2", "3"]})
    assert flags(rows, extreme={"pick": "first", "order": ["ADT"]}) == ".YY"
    assert flags(rows, extreme={"pick": "last", "order": ["ADT"]}) == ".YY"


def test_the_last_with_a_value_on_or_before_a_day_is_the_baseline() -> None:
    rows = FakeRows(
        {
            "USUBJID": ["01"] * 5,
            "PARAMCD": ["A", "A", "A", "B", "B"],
            "ADY": [-7, 1, 2, -3, 5],
            "AVAL": [70, None, 69, 120, 130],
        }
    )
    entry = {"pick": "last", "value": "AVAL", "by": ["PARAMCD"], "order": ["ADY"], "where": "ADY <= 1"}
    assert flags(rows, extreme=entry) == "Y..Y."


def test_lowest_and_highest() -> None:
    rows = FakeRows(OVR)
    assert flags(rows, extreme={"pick": "lowest", "value": "AVAL"}) == "Y....Y"
    assert flags(rows, extreme={"pick": "highest", "value": "AVAL"}) == ".Y..Y."
    lowest = {"pick": "lowest", "value": "AVAL", "order": ["ADT"]}
    assert flags(rows, extreme={**lowest, "ties": "last"}) == "...Y.Y"
    assert flags(rows, extreme={**lowest, "ties": "all"}) == "Y.YY.Y"
    assert flags(rows, extreme={**lowest, "where": "ADT > 10"}) == "..Y..."
    assert rows.reports == []


def test_numbers_may_be_written_as_text() -> None:
    rows = FakeRows({"USUBJID": ["01"] * 3, "ATOXGR": ["2", "10", ""]})
    assert flags(rows, extreme={"pick": "highest", "value": "ATOXGR"}) == ".Y."


def test_the_worst_by_a_scale() -> None:
    rows = FakeRows(OVR)
    entry = {"pick": "worst", "value": "AVALC", "scale": SCALE, "by": ["ADT"], "order": ["RSSEQ"], "ties": "last"}
    assert flags(rows, extreme=entry) == ".YYYYY"
    assert flags(rows, extreme={**entry, "by": []}) == ".Y..Y."


def test_values_outside_the_scale_are_reported() -> None:
    rows = FakeRows({"USUBJID": ["01", "01", "02"], "AVALC": ["PD", "CHECK", ""]})
    assert flags(rows, extreme={"pick": "worst", "value": "AVALC", "scale": ["SD", "PD"]}) == "Y.."
    assert flags(rows, extreme={"pick": "lowest", "value": "AVALC"}) == "..."
    assert [(r.code, r.message, r.rows, r.value, r.hint) for r in rows.reports] == [
        (
            "EXTR001",
            "1 value of AVALC is not in the scale, and its record does not count",
            [1],
            "CHECK",
            "the scale is SD, PD",
        ),
        (
            "EXTR001",
            "2 values of AVALC are not numbers, and their records do not count",
            [0, 1],
            "PD",
            "give a numeric column, or 'pick: worst' with 'scale'",
        ),
    ]


def test_up_to_an_event() -> None:
    rows = FakeRows(OVR)
    entry = {"event": 'AVALC == "PD"', "by": ["PARAMCD"], "order": ["ADT", "RSSEQ"]}
    assert flags(rows, until=entry) == "YY..Y."
    assert flags(rows, until={**entry, "event_record": "exclude"}) == "Y...Y."
    assert flags(rows, until={**entry, "order": ["ADT"]}) == "YY..Y."
    assert flags(rows, until={**entry, "order": ["ADT"], "event_record": "exclude"}) == "....Y."
    assert flags(rows, until={**entry, "where": "AVAL == 5"}) == ".Y...."


def test_an_event_without_a_date_is_reported() -> None:
    rows = FakeRows(OVR)
    assert flags(rows, until={"event": "AVAL == 1", "order": ["ADT"]}) == "YYYYY."
    assert rows.reports == [
        Report(
            "UNTL001",
            "1 record that meets AVAL == 1 has no ADT, cannot be placed and does not end the flag",
            [5],
            rows.reports[0].severity,
            hint="complete ADT, or order by another column",
        )
    ]


def test_no_records() -> None:
    rows = FakeRows({name: [] for name in OVR})
    assert derive(rows, extreme={"pick": "worst", "value": "AVALC", "scale": SCALE, "order": ["ADT"]}) == []
    assert derive(rows, extreme={"pick": "first", "ties": "all", "order": ["ADT"]}) == []
    assert derive(rows, until={"event": 'AVALC == "PD"', "order": ["ADT"]}) == []


def test_what_is_refused() -> None:
    assert refusal(extreme="lowest") == (
        "'extreme': 'pick: lowest' needs 'value', the column whose lowest value is sought"
    )
    assert refusal(extreme={"pick": "worst", "value": "AVALC"}) == (
        "'extreme': 'pick: worst' goes with 'scale', the values from best to worst; no other pick does"
    )
    assert refusal(extreme={"pick": "worst", "value": "AVALC", "scale": ["SD", "sd"]}) == (
        "'extreme': 'scale' names a value twice"
    )
    assert refusal(extreme={"pick": "first", "ties": "all"}) == (
        "'extreme': 'ties' of 'pick: first' needs 'order', in which records may be equal"
    )


def test_what_they_read() -> None:
    entry = {"pick": "lowest", "value": "PCHG", "by": ["PARAMCD"], "order": ["ADT"], "where": 'ANL01FL == "Y"'}
    assert make(extreme=entry).reads() == ("PCHG", "PARAMCD", "ADT", "ANL01FL")
    assert make(until={"event": 'AVALC == "PD"', "order": ["ADT"]}).reads() == ("AVALC", "ADT")
    assert make(extreme=entry).reads_siblings()


def test_extreme_describes_itself() -> None:
    assert method(extreme="first") == (
        "Y on the first record in the order of the source data for each subject; blank on all other records."
    )
    assert method(
        extreme={"pick": "last", "value": "AVAL", "by": ["PARAMCD"], "order": ["ADT"], "where": "ADY <= 1"}
    ) == (
        "Y on the last record by AE.ADT for each subject and AE.PARAMCD; blank on all other records. Only records "
        "where AE.ADY is at most 1 and that have AE.AVAL count. Of records that are equal in this the last in the "
        "order of the source data is flagged. A record without AE.ADT is taken only when there is no other."
    )
    assert method(extreme={"pick": "worst", "value": "AVALC", "scale": ["SD", "PD"], "order": ["ADT", "RSSEQ"]}) == (
        "Y on the record with the worst AE.AVALC for each subject; blank on all other records. From best to worst the "
        "values are SD and PD. Only records that have AE.AVALC count. Of several such records the first by AE.ADT and "
        "AE.RSSEQ is flagged, and of those that are equal in this too the first in the order of the source data. A "
        "record without AE.ADT or AE.RSSEQ is taken only when there is no other."
    )
    assert method(extreme={"pick": "highest", "value": "AVAL", "ties": "all"}) == (
        "Y on the record with the highest AE.AVAL for each subject; blank on all other records. Only records that have "
        "AE.AVAL count. Of several such records all are flagged."
    )
    assert method(extreme={"pick": "first", "order": ["ADT"], "ties": "all"}) == (
        "Y on the first record by AE.ADT for each subject; blank on all other records. Of several such records all are "
        "flagged. A record without AE.ADT is taken only when there is no other."
    )


def test_until_describes_itself() -> None:
    assert method(until={"event": 'AVALC == "PD"', "order": ["ADT", "RSSEQ"], "by": ["PARAMCD"]}) == (
        "Y on the records up to and including the first record, by AE.ADT and AE.RSSEQ, where AE.AVALC equals PD, for "
        "each subject and AE.PARAMCD; records equal to it in these count as that record. Where there is no such "
        "record, Y on all records. Blank on all others, and where AE.ADT or AE.RSSEQ is missing."
    )
    assert method(until={"event": "AVAL == 5", "order": ["ADT"], "event_record": "exclude", "where": "AVAL > 0"}) == (
        "Y on the records strictly before the first record, by AE.ADT, where AE.AVAL equals 5, for each subject; "
        "records equal to it in this count as that record. Where there is no such record, Y on all records. Blank on "
        "all others, and where AE.ADT is missing. Only records where AE.AVAL is greater than 0 are flagged."
    )


RECORDS = st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 5), st.integers(0, 3)), min_size=1)


def of_records(records: list[tuple[str, int, int]]) -> FakeRows:
    return FakeRows(
        {
            "USUBJID": [subject for subject, _, _ in records],
            "ADT": [day for _, day, _ in records],
            "AVAL": [value for _, _, value in records],
        }
    )


@given(RECORDS)
def test_each_group_has_one_flag_and_it_is_extreme(records: list[tuple[str, int, int]]) -> None:
    made = derive(of_records(records), extreme={"pick": "highest", "value": "AVAL", "order": ["ADT"]})
    for subject in {record[0] for record in records}:
        mine = [(value, -day) for s, day, value in records if s == subject]
        flagged = [
            (value, -day) for (s, day, value), flag in zip(records, made, strict=True) if s == subject and flag == "Y"
        ]
        assert flagged == [max(mine)]


@given(RECORDS)
def test_until_splits_the_records_at_the_event(records: list[tuple[str, int, int]]) -> None:
    rows = of_records(records)
    with_event = derive(rows, until={"event": "AVAL == 3", "order": ["ADT"]})
    without = derive(rows, until={"event": "AVAL == 3", "order": ["ADT"], "event_record": "exclude"})
    for (subject, day, _), first, second in zip(records, with_event, without, strict=True):
        events = [d for s, d, value in records if s == subject and value == 3]
        assert (first == "Y") == (not events or day <= min(events))
        assert (second == "Y") == (not events or day < min(events))
