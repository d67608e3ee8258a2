"""epoch."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.derivations.base import Reach
from tests.derivations.rows import FakeRows, derive, make, method

EPOCHS = [
    {"epoch": "SCREENING", "start": "DM.RFICDTC"},
    {"epoch": "TREATMENT", "start": "DM.RFXSTDTC"},
    {"epoch": "FOLLOW-UP", "start": "DM.RFXENDTC", "days": 1},
]
DATES = [
    "2022-02-14",
    "2022-02-15",
    "2022-03-01",
    "2022-03-01T08:00",
    "2022-03-01T09:00",
    "2022-06-30",
    "2022-07-01",
    "2022-04",
    "2022-03",
    "2022",
    "",
]
EXPECTED = ["", "SCREENING", *["TREATMENT"] * 4, "FOLLOW-UP", "TREATMENT", "TREATMENT", "", ""]


def given_dates(dates: list[str], start: str = "2022-03-01T09:00") -> FakeRows:
    count = len(dates)
    columns = {"DM.RFICDTC": ["2022-02-15"] * count, "DM.RFXENDTC": ["2022-06-30"] * count}
    return FakeRows({"D": dates, "DM.RFXSTDTC": [start] * count, **columns})


def test_the_last_epoch_that_began() -> None:
    expected = [*EXPECTED]
    expected[3] = "SCREENING"  # an hour before the first dose
    assert derive(given_dates(DATES), epoch={"date": "D", "epochs": EPOCHS}) == expected


def test_without_a_time_of_the_first_dose_its_day_decides() -> None:
    assert derive(given_dates(DATES, "2022-03-01"), epoch={"date": "D", "epochs": EPOCHS}) == EXPECTED


def test_an_epoch_without_a_start_did_not_take_place() -> None:
    assert derive(given_dates(["2022-04-01", "2022-08-01"], ""), epoch={"date": "D", "epochs": EPOCHS}) == [
        "SCREENING",
        "FOLLOW-UP",
    ]


SE = {
    "USUBJID": ["02", "01", "01", "01"],
    "EPOCH": ["SCREENING", "TREATMENT", "SCREENING", "FOLLOW-UP"],
    "SESTDTC": ["2022-05-01", "2022-03-01T09:00", "2022-02-15", ""],
}


def test_epochs_of_the_subject_elements() -> None:
    subjects = ["01", "01", "01", "01", "02", "02", "03"]
    dates = ["2022-02-14", "2022-02-15", "2022-03-01T08:00", "2022-03-01", "2022-04-30", "2022-05-01", "2022-05-01"]
    rows = FakeRows({"USUBJID": subjects, "D": dates}, tables={"SE": SE})
    assert derive(rows, epoch="D") == ["", "SCREENING", "SCREENING", "TREATMENT", "", "SCREENING", ""]


def test_no_elements_and_no_rows() -> None:
    empty = {"SE": {"USUBJID": [], "EPOCH": [], "SESTDTC": []}}
    assert derive(FakeRows({"USUBJID": ["01"], "D": ["2022"]}, tables=empty), epoch="D") == [""]
    assert derive(FakeRows({"USUBJID": [], "D": []}, tables={"SE": SE}), epoch="D") == []


def test_epochs_of_sas_numbers() -> None:
    rows = FakeRows({"ADT": [22713.0, 22714.0, None], "ADSL.TRTSDTM": [22714 * 86400 + 3600.0] * 3})
    epochs = [{"epoch": "TREATMENT", "start": "ADSL.TRTSDTM"}]
    assert derive(rows, epoch={"date": "ADT", "epochs": epochs}) == ["", "TREATMENT", ""]


def test_epoch_says_what_it_reads() -> None:
    made = make(epoch={"date": "D", "epochs": EPOCHS})
    assert (made.reads(), made.tables()) == (("D", "DM.RFICDTC", "DM.RFXSTDTC", "DM.RFXENDTC"), {})
    assert made.actual_reach() is Reach.ROW
    elements = make(epoch="D")
    assert (elements.reads(), elements.tables()) == (("D", "USUBJID"), {"SE": ("USUBJID", "EPOCH", "SESTDTC")})


RULES = (
    "A date on the first day of an epoch is in it; where both have times, the times decide. Blank before the first "
    "start, where AE.D is missing, and where the days that a partial AE.D may stand for are not all in one epoch."
)


def test_epoch_describes_itself() -> None:
    assert method(epoch={"date": "D", "epochs": EPOCHS}) == (
        "The last epoch that began on or before AE.D. Epochs begin: SCREENING on DM.RFICDTC, TREATMENT on "
        f"DM.RFXSTDTC and FOLLOW-UP 1 day after DM.RFXENDTC. {RULES}"
    )
    assert method(epoch="D") == (
        f"EPOCH of the last element of the subject in SE that began (SE.SESTDTC) on or before AE.D. {RULES}"
    )


@given(st.lists(st.sampled_from([*DATES, "2022-02", "2022-03-01T09"]), min_size=1))
def test_both_ways_agree(dates: list[str]) -> None:
    elements = {
        "USUBJID": ["01"] * 2,
        "EPOCH": ["SCREENING", "TREATMENT"],
        "SESTDTC": ["2022-02-15", "2022-03-01T09:00"],
    }
    rows = FakeRows({**given_dates(dates).columns, "USUBJID": ["01"] * len(dates)}, tables={"SE": elements})
    assert derive(rows, epoch="D") == derive(rows, epoch={"date": "D", "epochs": EPOCHS[:2]})
