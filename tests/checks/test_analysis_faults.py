"""Faults planted one by one into sound analysis datasets: what is found, and that nothing else is."""

from __future__ import annotations

import pytest

from tests.checks.test_analysis import ADAM, SDTM, check, make_analysis, make_beside, tell

FAULTS = {
    # what: dataset, text before, text after, rules that tell of it
    "subject in ADAE but not in ADSL": ("ADAE", "S|S-02|", "S|S-09|", {"ADSL003", "ADOCC016", "ADOCC017"}),
    "enrolled subject not in ADSL": ("ADSL", "S|S-02|02", "S|S-03|02", {"ADSL003", "ADSL004", "ADSL005"}),
    "two studies": ("ADAE", "S|S-02|", "T|S-02|", {"ADSL007"}),
    "population flag blank": ("ADSL", "|Y|XELOX|XELOX|2022-03-01", "||XELOX|XELOX|2022-03-01", {"ADFLG001"}),
    "not treated, but safe": ("ADSL", "|2022-03-02|2022-05-02|", "|||", {"ADSL010", "ADSRC001", "ADTTE014"}),
    "end before start": ("ADAE", "|2022-06-02|80", "|2022-05-02|80", {"ADDAT001", "ADOCC014"}),
    "negative duration": ("ADAE", "|80|14|", "|80|-14|", {"ADOCC012", "ADOCC014"}),
    "imputed without a flag": ("ADAE", "|2022-03-01|D|", "|2022-03-01||", {"ADDAT009"}),
    "imputed beyond the month": (
        "ADAE", "|2022-03-01|D|2022-03-20|1|20|DAYS|", "|2022-04-01|D||32|||", {"ADDAT008"},
    ),
    "day 0": ("ADAE", "|2022-03-20|1|", "|2022-03-20|0|", {"ADDAT010"}),
    "copied value changed": ("ADAE", "|1|nausea|", "|1|NAUSEA|", {"ADSRC002"}),
    "several baselines": ("ADTR", "|-10|-20||TR", "|-10|-20|Y|TR", {"ADBDS009", "ADBDS026"}),
    "base of another record": ("ADTR", "|40|50|-10|-20|", "|40|80|-40|-50|", {"ADBDS010", "ADBDS013"}),
    "change not derived": ("ADTR", "|50|-10|-20|", "|50|10|-20|", {"ADBDS014"}),
    "percent rounded": ("ADTR", "|50|-10|-20|", "|50|-10|-20.1|", {"ADBDS015"}),
    "change without a baseline": ("ADTR", "|40|50|-10|-20|", "|40||-10|-20|", {"ADBDS016"}),
    "two names of a parameter": ("ADTR", "|WEEK 6|1|Lesion 1 (mm)", "|WEEK 6|1|Lesion 1", {"ADBDS003"}),
    "sequence number twice": ("ADTR", "|XELOX|2|2022-04-10", "|XELOX|1|2022-04-10", {"ADBDS008"}),
    "no such source record": ("ADTR", "|TR|TRSTRESN|2", "|TR|TRSTRESN|7", {"ADSRC007"}),
    "no such source variable": ("ADTR", "|TR|TRSTRESN|2", "|TR|TRSTRES|2", {"ADSRC006"}),
    "no such source": ("ADTR", "|TR|TRSTRESN|2", "|TX|TRSTRESN|2", {"ADSRC005"}),
    "event before the start": (
        "ADTTE", "|2022-03-01|2022-06-01|", "|2022-06-02|2022-06-01|", {"ADTTE006", "ADTTE008", "ADTTE014"},
    ),
    "negative time": ("ADTTE", "|OS|93|1|", "|OS|-93|1|", {"ADTTE005", "ADTTE008"}),
    "negative censor": ("ADTTE", "|OS|93|1|", "|OS|93|-1|", {"ADTTE002"}),
    "event not described": ("ADTTE", "|0|Death|", "|0||", {"ADTTE009"}),
    "censoring not described": ("ADTTE", "|Alive|Date Last Known Alive|", "|Alive||", {"ADTTE010"}),
    "dead, but alive in ADSL": (
        "ADSL", "|2022-05-02|Y|2022-06-02|", "|2022-05-02|||", {"ADONC006"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_nothing_else(fault: str) -> None:
    dataset, before, after, rules = FAULTS[fault]
    assert ADAM[dataset].count(before) == 1, "the fault is planted in one place"
    planted = make_analysis(**{dataset: ADAM[dataset].replace(before, after)})
    found = {problem.code for problem in check(planted).problems}
    assert found == rules


def test_an_event_lost_on_the_way_is_found() -> None:
    lost = SDTM["AE"].rstrip() + "\n        S|AE|S-02|2|pain|Pain|2022-05-21|"
    assert tell(check(make_analysis(), make_beside(AE=lost))) == [
        "warning ADAE.AESEQ: ADOCC017 1 record of AE not found here: subject S-02 AESEQ 2 (take in all records of "
        "subjects in ADSL, and leave out by flags)"
    ]
