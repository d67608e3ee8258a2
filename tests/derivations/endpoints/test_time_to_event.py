"""time_to_event."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc_conv.derivations.base import Kind, Reach
from cdisc_conv.problems import Severity
from tests.derivations.rows import FakeRows, FakeWords, Report, derive, make, method, refusal

START = 20000
PD = {"from": "ADRS", "where": 'PARAMCD == "PD"', "description": "Progression", "sequence": "ASEQ"}
DEATH = {"from": "ADSL", "date": "DTHDT", "description": "Death"}
LAST = {"from": "ADRS", "where": 'PARAMCD == "OVR"', "description": "Last assessment", "sequence": "ASEQ"}
BEGIN = {"from": "ADSL", "date": "TRTSDT", "description": "Start of treatment", "cnsr": 2, "date_description": "Day 1"}
ENTRY: dict[str, Any] = {"start": "TRTSDT", "events": [PD, DEATH], "censors": [LAST, BEGIN]}
ADEQUATE = {**LAST, "description": "Last adequate assessment"}
ASKED = {**ENTRY, "assessments": ADEQUATE}


def subject(pd: int | None = None, death: int | None = None, visits: list[int] | None = None, **more: Any) -> FakeRows:
    """One subject, by days after the start."""
    adsl = {"USUBJID": ["01", "ZZ"], "TRTSDT": [START, 1], "DTHDT": [None if death is None else START + death, 2]}
    records = [("OVR", day) for day in visits or []] + ([] if pd is None else [("PD", pd)])
    adrs = {
        "USUBJID": [*["01"] * len(records), "ZZ"],
        "PARAMCD": [*(name for name, _ in records), "PD"],
        "ADT": [*(START + day for _, day in records), 1],
        "ASEQ": [*range(1, len(records) + 1), 1],
    }
    columns = {"USUBJID": ["01"], "TRTSDT": [START], **more}
    return FakeRows(columns, tables={"ADSL": adsl, "ADRS": adrs}, variable="ADT", dataset="ADTTE")


def ends(rows: FakeRows, entry: dict[str, Any]) -> tuple[int, int, str]:
    """The day after the start, CNSR and EVNTDESC of one subject."""
    parts = make(time_to_event=entry).companions("ADT")
    day = derive(rows, time_to_event=entry)[0]
    return day - START, int(parts["CNSR"].derive(rows).iloc[0]), parts["EVNTDESC"].derive(rows).iloc[0]


def brought(rows: FakeRows, entry: dict[str, Any]) -> dict[str, Any]:
    values = {name: part.derive(rows).iloc[0] for name, part in make(time_to_event=entry).companions("ADT").items()}
    return {name: None if value != value else value for name, value in values.items()}


def test_the_earliest_event_wins_over_any_censoring() -> None:
    assert ends(subject(pd=40, death=60, visits=[20, 40, 80]), ENTRY) == (40, 0, "Progression")
    assert ends(subject(pd=70, death=60, visits=[20]), ENTRY) == (60, 0, "Death")
    assert ends(subject(pd=60, death=60), ENTRY) == (60, 0, "Progression")
    assert ends(subject(pd=60, death=60), {**ENTRY, "events": [DEATH, PD]}) == (60, 0, "Death")


def test_without_event_the_latest_censoring_counts() -> None:
    assert ends(subject(visits=[20, 60, 40]), ENTRY) == (60, 1, "Last assessment")
    assert ends(subject(), ENTRY) == (0, 2, "Start of treatment")
    assert ends(subject(visits=[0]), ENTRY) == (0, 2, "Start of treatment")
    assert ends(subject(visits=[0]), {**ENTRY, "censors": [BEGIN, LAST]}) == (0, 1, "Last assessment")
    assert ends(subject(visits=[-3]), ENTRY) == (0, 2, "Start of treatment")


def test_what_comes_along() -> None:
    entry = {**ENTRY, "unit": "days"}
    assert brought(subject(pd=40, visits=[20, 40]), entry) == {
        "STARTDT": START,
        "CNSR": 0,
        "SRCSEQ": 3,
        "AVAL": 41,
        "EVNTDESC": "Progression",
        "CNSDTDSC": "",
        "SRCDOM": "ADRS",
        "SRCVAR": "ADT",
    }
    assert brought(subject(), {**ENTRY, "start": "TRTSDT"}) == {
        "STARTDT": START,
        "CNSR": 2,
        "SRCSEQ": None,
        "EVNTDESC": "Start of treatment",
        "CNSDTDSC": "Day 1",
        "SRCDOM": "ADSL",
        "SRCVAR": "TRTSDT",
    }
    named = {**ENTRY, "censors": [{**LAST, "domain": "RS", "variable": "RSDTC"}], "unit": "months"}
    found = brought(subject(visits=[20, 59, 59]), named)
    assert (found["SRCDOM"], found["SRCVAR"], found["SRCSEQ"], found["CNSDTDSC"]) == (
        "RS",
        "RSDTC",
        3,
        "Last assessment",
    )
    assert found["AVAL"] == 60 / 30.4375


def test_a_date_before_the_start_is_reported() -> None:
    rows = subject(pd=-4)
    assert ends(rows, ENTRY) == (0, 0, "Progression")
    assert rows.reports == [
        Report(
            "TTE001",
            "'Progression' of subject 01 (ADRS.ADT) is dated before TRTSDT, so the time ends on its first day",
            [0],
            Severity.WARNING,
            hint="correct one of the dates, or the records of ADRS",
        )
    ]


def test_no_start_and_no_end() -> None:
    entry = {**ENTRY, "censors": [LAST]}
    rows = subject(pd=40)
    rows = FakeRows({"USUBJID": ["01", "02"], "TRTSDT": [None, START]}, tables=rows.tables)
    assert derive(rows, time_to_event=entry) == [None, None]
    assert [
        part.derive(rows).tolist()
        for name, part in make(time_to_event=entry).companions("ADT").items()
        if "DESC" in name
    ] == [["", ""]]
    assert rows.reports == [
        Report(
            "TTE002",
            "subject 01 has no TRTSDT, so there is no time to event",
            [0],
            Severity.WARNING,
            hint="leave such subjects out with 'where' of the block",
        ),
        Report(
            "TTE003",
            "subject 02 has neither an event nor a date of censoring",
            [1],
            Severity.WARNING,
            hint="add a censoring at the start as the first of 'censors'",
        ),
    ]


def test_an_event_without_a_date_is_reported() -> None:
    rows = subject(visits=[20])
    rows.tables["ADSL"]["DTHFL"] = ["Y", ""]
    dead = {**DEATH, "where": 'DTHFL == "Y"'}
    assert ends(rows, {**ENTRY, "events": [PD, dead]}) == (20, 1, "Last assessment")
    assert rows.reports == [
        Report(
            "TTE004",
            "'Death' of subject 01 has no complete date in ADSL.DTHDT and does not count",
            [0],
            Severity.WARNING,
            hint="complete the date, or narrow 'where'",
        )
    ]


def test_dates_of_tabulations() -> None:
    ds = {"USUBJID": ["01", "01"], "DSDECOD": ["DEATH", "DEATH"], "DSSTDTC": ["2022-03", "2022-03-01T12:00"]}
    rows = FakeRows({"USUBJID": ["01"], "RFXSTDTC": ["2022-01-01T08:00"]}, tables={"DS": ds})
    death = {"from": "DS", "where": 'DSDECOD == "DEATH"', "date": "DSSTDTC", "description": "Death"}
    entry = {"start": "RFXSTDTC", "events": [death], "censors": [death], "unit": "days"}
    assert derive(rows, time_to_event=entry) == [22705]
    assert brought(rows, entry)["AVAL"] == 60
    assert [report.code for report in rows.reports] == ["TTE004"]


MISSED = {"gap_days": 98, "description": "Missed assessments", "cnsr": 3}


def test_datetimes_count_by_their_days() -> None:
    day = 86_400.0
    tables = {
        "ADSL": {"USUBJID": ["01"], "DTHDTM": [(START + 60) * day + 80_000], "TRTSDT": [START], "DTHDT": [START + 99]},
        "ADRS": {"USUBJID": ["01"], "PARAMCD": ["OVR"], "ADT": [START + 30], "ASEQ": [1]},
    }
    columns = {"USUBJID": ["01"], "TRTSDTM": [START * day + 30_600]}
    rows = FakeRows(columns, tables=tables, variable="ADT", dataset="ADTTE")
    death = {**DEATH, "date": "DTHDTM"}
    entry = {"start": "TRTSDTM", "events": [death], "censors": [LAST], "unit": "days"}
    assert ends(rows, entry) == (60, 0, "Death")
    assert (brought(rows, entry)["STARTDT"], brought(rows, entry)["AVAL"]) == (START, 61)


def test_events_after_missed_assessments() -> None:
    entry = {**ASKED, "missed": MISSED}
    assert ends(subject(pd=140, visits=[42, 140]), entry) == (140, 0, "Progression")
    assert ends(subject(pd=141, visits=[42, 141]), entry) == (42, 3, "Missed assessments")
    assert ends(subject(pd=200, visits=[42, 150, 200]), entry) == (200, 0, "Progression")
    assert ends(subject(death=98), entry) == (98, 0, "Death")
    assert ends(subject(death=99), entry) == (0, 3, "Missed assessments")
    assert ends(subject(visits=[42, 200]), entry) == (200, 1, "Last assessment")
    planned = {"assessments": 2, "every": 42, "window": 14, "description": "Missed assessments", "cnsr": 3}
    for day, expected in [(140, (140, 0, "Progression")), (141, (42, 3, "Missed assessments"))]:
        assert ends(subject(pd=day, visits=[42, day]), {**ASKED, "missed": planned}) == expected


def test_where_a_rule_censors() -> None:
    entry = {**ASKED, "missed": MISSED, "start_description": "First dose", "unit": "days"}
    assert brought(subject(pd=160, visits=[20, 42, 160]), entry) == {
        "STARTDT": START,
        "CNSR": 3,
        "SRCSEQ": 2,
        "AVAL": 43,
        "EVNTDESC": "Missed assessments",
        "CNSDTDSC": "Last adequate assessment",
        "SRCDOM": "ADRS",
        "SRCVAR": "ADT",
    }
    found = brought(subject(death=160, visits=[-20]), entry)
    assert (found["AVAL"], found["CNSDTDSC"], found["SRCDOM"], found["SRCVAR"], found["SRCSEQ"]) == (
        1,
        "First dose",
        "ADSL",
        "TRTSDT",
        None,
    )


def test_another_therapy() -> None:
    entry = {**ASKED, "new_therapy": {"date": "NEWDT", "description": "New therapy", "cnsr": 4}}

    def after(therapy: int | None, **more: Any) -> tuple[int, int, str]:
        return ends(subject(**more, NEWDT=[None if therapy is None else START + therapy]), entry)

    assert after(50, pd=60, visits=[20, 40, 60]) == (40, 4, "New therapy")
    assert after(60, pd=60, visits=[20, 40, 60]) == (60, 0, "Progression")
    assert after(70, pd=60, visits=[20, 40, 60]) == (60, 0, "Progression")
    assert after(50, visits=[20, 50, 60]) == (50, 4, "New therapy")
    assert after(10, death=90, visits=[20]) == (0, 4, "New therapy")
    assert after(None, visits=[20, 40, 60]) == (60, 1, "Last assessment")


def test_without_assessments() -> None:
    rule = {"description": "Not assessed", "cnsr": 5, "baseline": 'MDISFL == "Y"'}
    entry = {**ASKED, "events": [PD, {**DEATH, "unassessed": True}], "unassessed": rule}

    def with_baseline(flag: str, **more: Any) -> tuple[int, int, str]:
        return ends(subject(**more, MDISFL=[flag]), entry)

    assert with_baseline("Y", pd=40, visits=[20, 40]) == (40, 0, "Progression")
    assert with_baseline("N", pd=40, visits=[20, 40]) == (0, 5, "Not assessed")
    assert with_baseline("N", pd=40, death=90, visits=[20, 40]) == (90, 0, "Death")
    assert with_baseline("Y", visits=[0]) == (0, 5, "Not assessed")
    assert with_baseline("Y", pd=40, visits=[0]) == (0, 5, "Not assessed")
    assert with_baseline("Y", death=40) == (40, 0, "Death")
    assert with_baseline("Y", visits=[1]) == (1, 1, "Last assessment")
    plain = {**ASKED, "unassessed": {"description": "Not assessed"}}
    assert ends(subject(death=40), plain) == (0, 1, "Not assessed")


def test_the_first_rule_that_applies_decides() -> None:
    entry = {
        **ASKED,
        "unassessed": {"description": "Not assessed", "cnsr": 5},
        "new_therapy": {"date": "NEWDT", "description": "New therapy", "cnsr": 4},
        "missed": MISSED,
    }
    assert ends(subject(pd=300, visits=[20, 300], NEWDT=[START + 200]), entry) == (20, 4, "New therapy")
    assert ends(subject(pd=300, visits=[20, 300], NEWDT=[START + 301]), entry) == (20, 3, "Missed assessments")
    assert ends(subject(pd=300, NEWDT=[START + 200]), entry) == (0, 5, "Not assessed")


def test_no_rows_and_empty_tables() -> None:
    none = FakeRows({"USUBJID": [], "TRTSDT": []}, tables=subject(pd=3).tables)
    assert derive(none, time_to_event={**ASKED, "missed": MISSED}) == []
    empty: dict[str, list[Any]] = {name: [] for name in ("USUBJID", "PARAMCD", "ADT", "ASEQ", "DTHDT", "TRTSDT")}
    rows = FakeRows({"USUBJID": ["01"], "TRTSDT": [START]}, tables={"ADRS": empty, "ADSL": empty})
    assert derive(rows, time_to_event={**ASKED, "missed": MISSED}) == [None]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"missed": MISSED},
            "'time_to_event': 'missed' needs 'assessments', which says where the adequate assessments are",
        ),
        ({"events": []}, "'time_to_event': 'events' is empty; it lists at least one source of dates"),
        (
            {"assessments": ADEQUATE, "missed": {"assessments": 2, "description": "x"}},
            "'missed' of 'time_to_event': say either 'gap_days', or 'assessments' and 'every' (and 'window' if there "
            "is one)",
        ),
        (
            {"assessments": ADEQUATE, "missed": {"gap_days": 2, "window": 3, "description": "x"}},
            "'missed' of 'time_to_event': say either 'gap_days', or 'assessments' and 'every' (and 'window' if there "
            "is one)",
        ),
        ({"events": [{"from": "ADSL", "date": "DTHDT"}]}, "'time_to_event' needs 'events.1.description'"),
    ],
)
def test_refused(change: dict[str, Any], message: str) -> None:
    assert refusal(time_to_event={**ENTRY, **change}) == message


def test_it_says_what_it_reads() -> None:
    rules = {
        "new_therapy": {"date": "NEWDT", "description": "New therapy"},
        "unassessed": {"description": "Not assessed", "baseline": 'MDISFL == "Y"'},
    }
    made = make(time_to_event={**ASKED, **rules})
    assert made.reads() == ("USUBJID", "TRTSDT", "NEWDT", "MDISFL")
    assert made.tables() == {
        "ADRS": ("USUBJID", "PARAMCD", "ADT", "ASEQ"),
        "ADSL": ("USUBJID", "DTHDT", "TRTSDT"),
    }
    assert made.actual_reach() is Reach.SUBJECT and made.reads_siblings() is False
    parts = made.companions("ADT")
    assert list(parts) == ["STARTDT", "CNSR", "SRCSEQ", "EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR"]
    assert [part.kind for part in parts.values()] == [*[Kind.NUMBER] * 3, *[Kind.TEXT] * 4]
    assert parts["CNSR"].reads() == made.reads() and parts["CNSR"].tables() == made.tables()
    assert "SRCSEQ" not in make(time_to_event={**ENTRY, "events": [DEATH], "censors": [BEGIN]}).companions("ADT")


TEXT = (
    "The date on which the time from AE.TRTSDT ends. Events: (1) Progression (ADRS.ADT of the subject's earliest "
    "record where ADRS.PARAMCD equals PD); (2) Death (ADSL.DTHDT). The earliest event ends the time, whatever the "
    "dates of "
    "censoring; of events on one date the one listed first counts. Without event the time is censored at the latest "
    "of: (1) Last assessment (ADRS.ADT of the subject's latest record where ADRS.PARAMCD equals OVR); (2) Start of "
    "treatment (ADSL.TRTSDT); of equal dates the one listed last counts. {rules}A date before AE.TRTSDT is set to "
    "AE.TRTSDT. Blank where AE.TRTSDT is missing, and where there is neither an event nor a date of censoring."
)


def test_it_describes_itself() -> None:
    assert method(time_to_event=ENTRY) == TEXT.format(rules="")
    planned = {"assessments": 2, "every": 42, "window": 14, "description": "Missed assessments"}
    entry = {
        **ASKED,
        "events": [PD, {**DEATH, "unassessed": True}],
        "missed": planned,
        "new_therapy": {"date": "NEWDT", "description": "New therapy"},
        "unassessed": {"description": "Not assessed", "baseline": 'MDISFL == "Y"'},
    }
    assert method(time_to_event=entry) == TEXT.format(
        rules="Before that, the first of these rules that applies decides: (1) Not assessed: unless AE.MDISFL equals "
        "Y, or where there is no adequate assessment after AE.TRTSDT, the time is censored at AE.TRTSDT, but Death "
        "still "
        "counts as an event; (2) New therapy: where AE.NEWDT is present and no event is on or before it, the time is "
        "censored at the last adequate assessment on or before AE.NEWDT; (3) Missed assessments: an event more than 98 "
        "days (2 planned assessments every 42 days and 14 days of window) after the last adequate assessment before it "
        "(after AE.TRTSDT where there is none) does not count, and the time is censored at that assessment. Adequate "
        "assessments are the subject's records in ADRS where ADRS.PARAMCD equals OVR, dated by ADRS.ADT, on or after "
        "AE.TRTSDT; where there is none, the time is censored at AE.TRTSDT. "
    )
    assert "an event more than 98 days after the last" in method(time_to_event={**ASKED, "missed": MISSED})


def test_what_comes_along_describes_itself() -> None:
    parts = make(time_to_event={**ASKED, "missed": MISSED, "unit": "months"}).companions("ADT")
    assert {name: part.method(FakeWords()) for name, part in parts.items()} == {
        "STARTDT": "AE.TRTSDT, the start of the time to event.",
        "CNSR": "By what ends the time on AE.ADT: 0 for Progression and Death; 1 for Last assessment; 2 for Start of "
        "treatment; 3 for Missed assessments.",
        "SRCSEQ": "ADRS.ASEQ of the record that gives AE.ADT; blank where it has none.",
        "AVAL": "AE.ADT − AE.STARTDT + 1, divided by 30.4375 (months).",
        "EVNTDESC": "The event or the reason of censoring that ends the time on AE.ADT: Progression, Death, Last "
        "assessment, Start of treatment or Missed assessments.",
        "CNSDTDSC": "What the date of censoring is, by what ends the time on AE.ADT: blank for Progression and Death; "
        "Last assessment for Last assessment; Day 1 for Start of treatment; Last adequate assessment for Missed "
        "assessments; Start for Missed assessments (at the start).",
        "SRCDOM": "The dataset of the date, by what ends the time on AE.ADT: ADRS for Progression, Last assessment and "
        "Missed assessments; ADSL for Death, Start of treatment and Missed assessments (at the start).",
        "SRCVAR": "The variable of the date, by what ends the time on AE.ADT: ADT for Progression, Last assessment and "
        "Missed assessments; DTHDT for Death; TRTSDT for Start of treatment and Missed assessments (at the start).",
    }


def test_what_a_rule_censors_at_the_start_says_so() -> None:
    parts = make(time_to_event={**ASKED, "unassessed": {"description": "Not assessed"}}).companions("ADT")
    assert (
        parts["CNSDTDSC"]
        .method(FakeWords())
        .endswith("Day 1 for Start of treatment; Start for Not assessed (at the start).")
    )


DAY = st.one_of(st.none(), st.integers(-5, 300))
RECORD = st.tuples(st.sampled_from(["A", "B", "C"]), st.sampled_from(["PD", "OVR"]), st.integers(-5, 300))
RULES = {**ASKED, "missed": MISSED, "new_therapy": {"date": "NEWDT", "description": "New therapy", "cnsr": 4}}


@dataclass
class SharingRows(FakeRows):
    """Rows that share what several variables are made of, as those of a run do."""

    shared: dict[Hashable, Any] = field(default_factory=dict)

    def share(self, key: Hashable, make: Callable[[], Any]) -> Any:
        if key not in self.shared:
            self.shared[key] = make()
        return self.shared[key]


def outcomes(
    names: list[str],
    records: list[tuple[str, str, int]],
    deaths: dict[str, int | None],
    therapies: dict[str, int | None],
    entry: dict[str, Any],
) -> list[tuple[Any, ...]]:
    def day(value: int | None) -> int | None:
        return None if value is None else START + value

    adrs = {
        "USUBJID": [*(name for name, _, _ in records), "ZZ"],
        "PARAMCD": [*(code for _, code, _ in records), "PD"],
        "ADT": [*(START + value for _, _, value in records), 1],
        "ASEQ": [*(value for _, _, value in records), 1],
    }
    adsl = {
        "USUBJID": [*names, "ZZ"],
        "TRTSDT": [*[START] * len(names), 1],
        "DTHDT": [*(day(deaths.get(name)) for name in names), 1],
    }
    columns = {"USUBJID": names, "TRTSDT": [START] * len(names), "NEWDT": [day(therapies.get(name)) for name in names]}
    rows = SharingRows(columns, tables={"ADRS": adrs, "ADSL": adsl})
    time = make(time_to_event={**entry, "unit": "days"})
    made = [time.derive(rows), *(part.derive(rows).fillna(-1) for part in time.companions("ADT").values())]
    return list(zip(*(values.tolist() for values in made), strict=True))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(RECORD, max_size=10),
    st.dictionaries(st.sampled_from("ABC"), DAY),
    st.dictionaries(st.sampled_from("ABC"), DAY),
    st.randoms(use_true_random=False),
)
def test_laws(
    records: list[tuple[str, str, int]], deaths: dict[str, int | None], therapies: dict[str, int | None], random: Any
) -> None:
    names = ["A", "B", "C"]
    for entry in (ENTRY, RULES):
        whole = outcomes(names, records, deaths, therapies, entry)
        assert outcomes(names, random.sample(records, len(records)), deaths, therapies, entry) == whole
        for name, expected in zip(names, whole, strict=True):
            own = [record for record in records if record[0] == name]
            assert outcomes([name], own, deaths, therapies, entry) == [expected]
            events = [day for _, code, day in own if code == "PD"]
            events += [deaths[name]] if deaths.get(name) is not None else []
            date, start, cnsr, aval = expected[0], expected[1], expected[2], expected[4]
            assert date >= start and aval == date - start + 1
            assert cnsr > 0 or date == max(START, START + min(events))
            if entry is ENTRY:
                assert (cnsr == 0) == bool(events)


def test_the_imputation_flag_of_the_date_comes_along() -> None:
    entry = {**ENTRY, "events": [PD, {**DEATH, "flag": "DTHDTF"}]}

    def flag(rows: FakeRows) -> str:
        rows.tables["ADSL"]["DTHDTF"] = ["D", "M"]  # type: ignore[index]
        return str(brought(rows, entry)["ADTF"])

    assert flag(subject(death=60, visits=[20])) == "D"
    assert flag(subject(pd=40, death=60)) == ""
    assert flag(subject(visits=[20])) == ""
    assert flag(subject(death=-3)) == ""
    assert "ADTF" not in brought(subject(death=60), ENTRY)


def test_the_flag_describes_itself() -> None:
    part = make(time_to_event={**ENTRY, "events": [{**DEATH, "flag": "DTHDTF"}]}).companions("ADT")["ADTF"]
    assert part.method(FakeWords()) == (
        "ADSL.DTHDTF of the record that gives AE.ADT; blank where it has none, and where the date is the start."
    )


def test_the_imputation_flag_of_the_start_comes_along() -> None:
    entry = {**ENTRY, "start_flag": "TRTSDTF", "events": [PD, {**DEATH, "flag": "DTHDTF"}]}

    def flags(rows: FakeRows) -> tuple[str, str]:
        rows.tables["ADSL"]["DTHDTF"] = ["D", "M"]  # type: ignore[index]
        made = brought(rows, entry)
        return str(made["STARTDTF"]), str(made["ADTF"])

    assert flags(subject(death=60, visits=[20], TRTSDTF=["M"])) == ("M", "D")
    assert flags(subject(pd=40, TRTSDTF=["M"])) == ("M", "")
    assert flags(subject(death=-3, TRTSDTF=["M"])) == ("M", "M")
    assert flags(subject(visits=[20], TRTSDTF=[""])) == ("", "")
    assert "STARTDTF" not in brought(subject(death=60), ENTRY)


def test_the_flag_of_the_start_describes_itself() -> None:
    parts = make(time_to_event={**ENTRY, "start_flag": "TRTSDTF"}).companions("ADT")
    assert parts["STARTDTF"].method(FakeWords()) == "AE.TRTSDTF, the imputation flag of the start of the time to event."
    assert parts["ADTF"].method(FakeWords()) == "AE.TRTSDTF where AE.ADT is the start; blank elsewhere."
    both = {**ENTRY, "start_flag": "TRTSDTF", "events": [{**DEATH, "flag": "DTHDTF"}]}
    assert make(time_to_event=both).companions("ADT")["ADTF"].method(FakeWords()) == (
        "ADSL.DTHDTF of the record that gives AE.ADT; blank where it has none; AE.TRTSDTF where the date is the start."
    )
