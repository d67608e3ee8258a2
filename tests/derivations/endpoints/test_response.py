"""best_response, confirmed_response, clinical_benefit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc_conv.problems import Severity
from tests.derivations.rows import FakeRows, FakeWords, Report, derive, make, method, refusal

START = 20000
FROM = {"from": "self"}
FULL = {**FROM, "start": "TRTSDT"}


def subject(*assessments: tuple[int | None, str], start: int | None = START, **more: Any) -> FakeRows:
    """One subject with the responses of some days after the start."""
    columns = {"USUBJID": ["01"], "TRTSDT": [start], **more}
    return FakeRows(columns, tables={"self": table({"01": list(assessments)})})


def table(subjects: dict[str, list[tuple[int | None, str]]]) -> dict[str, list[Any]]:
    """OVR records; one of a subject nobody asks for keeps the dates numeric where there is no other."""
    records = [(name, day, response) for name, listed in subjects.items() for day, response in listed]
    records.append(("ZZ", 1, "CR"))
    return {
        "USUBJID": [name for name, _, _ in records],
        "ADT": [None if day is None else START + day for _, day, _ in records],
        "AVALC": [response for _, _, response in records],
        "RSSEQ": list(range(1, len(records) + 1)),
    }


def best(rows: FakeRows, **parameters: Any) -> tuple[str, int | None]:
    """The best response and its day after the start."""
    entry = {**FULL, **parameters}
    value = derive(rows, best_response=entry)[0]
    day = make(best_response=entry).companions("AVALC")["ADT"].derive(rows).iloc[0]
    return value, None if day != day else int(day) - START


def confirmed(*assessments: tuple[int, str], **parameters: Any) -> int | None:
    """The day of the response that is confirmed."""
    rows = subject(*assessments)
    entry = {**FROM, **parameters}
    value = derive(rows, confirmed_response=entry)[0]
    day = make(confirmed_response=entry).companions("AVALC")["ADT"].derive(rows).iloc[0]
    assert (value == "Y") == (day == day)
    return None if day != day else int(day) - START


def test_the_best_response_is_the_earliest_of_its_category() -> None:
    assert best(subject((21, "SD"), (42, "PR"), (63, "PR"), (84, "PD"))) == ("PR", 42)
    assert best(subject((21, "PR"), (42, "CR"), (63, "CR"))) == ("CR", 42)
    assert best(subject((21, "PD"))) == ("PD", 21)
    assert best(subject()) == ("MISSING", None)


def test_stable_disease_needs_its_days() -> None:
    assert best(subject((41, "SD"))) == ("NE", 41)
    assert best(subject((42, "SD"))) == ("SD", 42)
    assert best(subject((21, "SD"), (50, "SD"))) == ("SD", 50)
    assert best(subject((21, "SD"), (42, "PD"))) == ("PD", 42)
    assert best(subject((21, "SD"), (42, "PD")), sd_days=21) == ("SD", 21)
    assert best(subject((41, "NON-CR/NON-PD"))) == ("NE", 41)
    assert best(subject((42, "NON-CR/NON-PD"))) == ("NON-CR/NON-PD", 42)


def test_not_evaluable() -> None:
    assert best(subject((21, "NE"))) == ("NE", 21)
    assert best(subject((21, "NE"), (42, "PD"))) == ("PD", 42)
    assert best(subject((21, "MISSING"), (42, ""))) == ("MISSING", None)
    assert best(subject((21, "MISSING")), missing="NOT DONE") == ("NOT DONE", None)


def test_categories_may_be_left_out_and_ordered() -> None:
    rows = subject((42, "NON-CR/NON-PD"), (63, "PD"))
    assert best(rows) == ("NON-CR/NON-PD", 42)
    assert best(rows, categories=["CR", "PR", "SD", "PD", "NE"]) == ("PD", 63)
    assert best(rows, categories=["CR", "PR", "SD"]) == ("MISSING", None)
    assert best(rows, categories=["PD", "NON-CR/NON-PD"]) == ("PD", 63)


def test_nothing_counts_after_progression_nor_before_the_start_nor_after_the_end() -> None:
    assert best(subject((21, "PD"), (42, "CR"), (84, "CR"))) == ("PD", 21)
    assert best(subject((-1, "CR"), (0, "NE"))) == ("NE", 0)
    rows = subject((21, "NE"), (42, "PR"), (43, "CR"), NEWTHDT=[START + 42])
    assert best(rows, until="NEWTHDT") == ("PR", 42)
    assert best(subject((42, "PR"), NEWTHDT=[None]), until="NEWTHDT") == ("PR", 42)


def test_what_does_not_count_is_reported() -> None:
    rows = subject((-5, "CR"), (None, "CR"), (21, "CRR"), (42, "PR"), (42, "SD"))
    assert best(rows) == ("SD", 42)
    assert rows.reports == [
        Report(
            "RESP001",
            "'CRR' is not an overall response of RECIST 1.1, and does not count",
            [0],
            value="CRR",
            hint="self.AVALC is one of CR, PR, SD, NON-CR/NON-PD, PD or NE",
        ),
        Report(
            "RESP002",
            "responses of subject 01 have no complete date in self.ADT and do not count",
            [0],
            Severity.WARNING,
            hint="add the date, or leave them out with 'where'",
        ),
        Report(
            "RESP003",
            "responses of subject 01 are dated before TRTSDT and do not count",
            [0],
            Severity.WARNING,
            hint="correct self.ADT or TRTSDT",
        ),
        Report(
            "RESP004",
            "subject 01 has different responses on one date; the worst one counts",
            [0],
            Severity.WARNING,
            hint="say with 'where' which one is analysed",
        ),
    ]


def test_without_a_start_no_disease_is_stable() -> None:
    rows = subject((60, "SD"), start=None)
    assert best(rows) == ("NE", 60)
    assert rows.reports == [
        Report(
            "RESP006",
            "subject 01 has responses but no TRTSDT, so how long a disease was stable is not known",
            [0],
            Severity.WARNING,
            hint="add TRTSDT, or leave such subjects out",
        )
    ]
    assert best(subject((60, "PR"), start=None)) == ("PR", 60)


def test_dates_of_tabulations() -> None:
    rs = {"USUBJID": ["01", "01"], "RSSTRESC": ["SD", "PR"], "RSDTC": ["2022-02-12", "2022-02"]}
    rows = FakeRows({"USUBJID": ["01"], "RFXSTDTC": ["2022-01-01"]}, tables={"RS": rs})
    entry = {"from": "RS", "response": "RSSTRESC", "date": "RSDTC", "start": "RFXSTDTC"}
    assert derive(rows, best_response=entry) == ["SD"]
    assert make(best_response=entry).companions("AVALC")["ADT"].derive(rows).tolist() == [22688]
    assert [report.code for report in rows.reports] == ["RESP002"]


def test_one_record_per_subject() -> None:
    rows = FakeRows({"USUBJID": ["01", "01"], "TRTSDT": [1, 2]}, tables={"self": table({})})
    assert derive(rows, best_response=FULL) == ["MISSING", "MISSING"]
    assert rows.reports == [
        Report(
            "RESP005",
            "subject 01 has several records that differ in TRTSDT; the first one counts",
            [0, 1],
            hint="make this variable in a block with one record per subject",
        )
    ]


def test_the_worst_of_a_date_counts() -> None:
    for responses, expected in [
        (["CR", "NE"], "CR"),
        (["CR", "PR"], "PR"),
        (["PR", "SD"], "SD"),
        (["SD", "NON-CR/NON-PD"], "NON-CR/NON-PD"),
        (["NON-CR/NON-PD", "PD"], "PD"),
    ]:
        for order in (responses, responses[::-1]):
            assert best(subject(*((50, each) for each in order))) == (expected, 50)


def test_values_of_the_record_come_along() -> None:
    rows = subject((21, "PR"), (21, "PR"), (42, "SD"))
    made = make(best_response={**FULL, "order": "RSSEQ", "bring": {"RSSEQ": "RSSEQ", "DT": "ADT"}})
    companions = made.companions("AVALC")
    assert {name: each.derive(rows).tolist() for name, each in companions.items()} == {
        "ADT": [START + 21],
        "RSSEQ": [1],
        "DT": [START + 21],
    }


@pytest.mark.parametrize(
    ("assessments", "expected"),
    [
        ([(0, "PR"), (28, "PR")], 0),
        ([(0, "PR"), (27, "PR")], None),
        ([(0, "PR"), (27, "PR"), (28, "PR")], 0),
        ([(0, "PR"), (14, "PR"), (42, "CR")], 0),
        ([(0, "CR"), (28, "CR")], 0),
        ([(0, "CR"), (28, "PR")], None),
        ([(0, "CR"), (14, "PR"), (28, "CR")], None),
        ([(0, "CR"), (14, "SD"), (28, "CR")], None),
        ([(0, "PR"), (14, "CR"), (28, "CR")], 0),
        ([(0, "PR"), (14, "CR"), (28, "PR")], None),
        ([(0, "PR"), (14, "CR"), (28, "PR"), (60, "CR")], 28),
        ([(0, "PR"), (14, "SD"), (28, "PR")], None),
        ([(0, "PR"), (14, "NE"), (28, "PR")], 0),
        ([(0, "PR"), (10, "NE"), (20, "NE"), (28, "PR")], None),
        ([(0, "CR"), (14, "NE"), (28, "CR")], 0),
        ([(0, "CR"), (10, "NE"), (20, "NE"), (28, "CR")], None),
        ([(0, "PR"), (14, "NON-CR/NON-PD"), (28, "PR")], None),
        ([(0, "PR"), (20, "PD"), (40, "PR")], None),
        ([(0, "PR"), (20, "SD"), (40, "PR"), (70, "PR")], 40),
        ([(0, "SD"), (20, "PR"), (41, "NE"), (62, "PR")], 20),
        ([], None),
    ],
)
def test_confirmation(assessments: list[tuple[int, str]], expected: int | None) -> None:
    assert confirmed(*assessments) == expected


def test_settings_of_the_confirmation() -> None:
    two = [(0, "PR"), (10, "NE"), (20, "NE"), (28, "PR")]
    assert confirmed(*two, not_evaluable_between=2) == 0
    assert confirmed((0, "PR"), (14, "NE"), (28, "PR"), not_evaluable_between=0) is None
    assert confirmed((0, "PR"), (21, "PR"), interval=21) == 0
    assert confirmed((0, "PR"), (1, "PR"), interval=0) == 0
    assert confirmed((0, "PR"), interval=0) is None
    assert confirmed((0, "PR"), (57, "PR"), max_interval=56) is None
    assert confirmed((0, "PR"), (56, "PR"), max_interval=56) == 0
    assert confirmed((0, "PR"), (14, "SD"), (28, "PR"), stable_between=1) == 0
    assert confirmed((0, "CR"), (14, "SD"), (28, "CR"), stable_between=1) is None
    assert confirmed((0, "PR"), (14, "PR"), (28, "PR"), next_visit=True) is None
    assert confirmed((0, "PR"), (14, "NE"), (28, "PR"), next_visit=True) == 0


def test_an_unconfirmed_response_becomes_stable_disease_or_not_evaluable() -> None:
    assert best(subject((21, "PR"), (42, "SD"), (63, "PD")), confirmed=True) == ("SD", 42)
    assert best(subject((42, "PR"), (63, "PD")), confirmed=True) == ("SD", 42)
    assert best(subject((42, "PR")), confirmed=True, unconfirmed="NE") == ("NE", 42)
    assert best(subject((21, "PR")), confirmed=True) == ("NE", 21)
    assert best(subject((21, "PR"), (42, "PD")), confirmed=True) == ("PD", 42)
    assert best(subject((21, "PR"), (42, "PR"), (63, "CR")), confirmed=True) == ("PR", 21)
    assert best(subject((21, "PR"), (42, "CR"), (70, "CR")), confirmed=True) == ("CR", 42)


@pytest.mark.parametrize(
    ("first", "second", "late", "early"),
    [
        ("CR", "CR", "CR", "CR"),
        ("CR", "PR", "SD", "NE"),
        ("CR", "SD", "SD", "NE"),
        ("CR", "PD", "SD", "PD"),
        ("CR", "NE", "SD", "NE"),
        ("PR", "CR", "PR", "PR"),
        ("PR", "PR", "PR", "PR"),
        ("PR", "SD", "SD", "NE"),
        ("PR", "PD", "SD", "PD"),
        ("PR", "NE", "SD", "NE"),
        ("NE", "NE", "NE", "NE"),
    ],
)
def test_two_responses_as_in_table_3_of_recist(first: str, second: str, late: str, early: str) -> None:
    """`late`: the least duration of stable disease is met at the first assessment; `early`: at none.

    Where the paper leaves a choice (CR then PR is SD, PD or PR; CR then SD is SD, else PD) responses decide: PD only
    where one was given.
    """
    rows = subject((42, first), (84, second))
    assert best(rows, confirmed=True)[0] == late
    assert best(rows, confirmed=True, sd_days=100)[0] == early


def test_clinical_benefit() -> None:
    def benefit(*assessments: tuple[int | None, str], **more: Any) -> tuple[str, int | None]:
        rows, entry = subject(*assessments), {**FULL, **more}
        day = make(clinical_benefit=entry).companions("AVALC")["ADT"].derive(rows).iloc[0]
        return derive(rows, clinical_benefit=entry)[0], None if day != day else int(day) - START

    assert benefit((21, "PR"), (42, "PD")) == ("Y", 21)
    assert benefit((21, "PR"), (42, "PD"), confirmed=True) == ("N", None)
    assert benefit((21, "PR"), (42, "SD"), confirmed=True) == ("Y", 42)
    assert benefit((21, "PR"), (50, "PR"), confirmed=True) == ("Y", 21)
    assert benefit((21, "SD"), (42, "SD")) == ("Y", 42)
    assert benefit((21, "SD"), (42, "PD")) == ("N", None)
    assert benefit((42, "NE")) == ("N", None)
    assert benefit((42, "NON-CR/NON-PD")) == ("Y", 42)
    assert benefit((42, "NON-CR/NON-PD"), lasting=["SD"]) == ("N", None)
    assert benefit((42, "SD"), (168, "SD"), days=168) == ("Y", 168)
    assert benefit((42, "SD"), no="") == ("Y", 42)


def test_no_rows_and_no_records() -> None:
    for name in ("best_response", "clinical_benefit", "confirmed_response"):
        none = FakeRows({"USUBJID": [], "TRTSDT": []}, tables={"self": table({"01": [(1, "CR")]})})
        assert derive(none, **{name: FULL}) == []
    assert derive(subject(), clinical_benefit=FULL) == ["N"]


def test_refused() -> None:
    assert refusal(best_response={**FULL, "interval": 21}) == (
        "'best_response': 'interval' belongs to a confirmed response; add 'confirmed: true'"
    )
    assert refusal(best_response={**FULL, "categories": ["CR", "XX"]}) == (
        "'categories' of 'best_response': 'XX' is not an overall response of RECIST 1.1: CR, PR, SD, NON-CR/NON-PD, PD "
        "or NE"
    )
    assert refusal(clinical_benefit={**FULL, "lasting": ["CR", "CR"]}) == (
        "'lasting' of 'clinical_benefit': names a response twice"
    )
    assert refusal(best_response=FROM) == "'best_response' needs 'start'"


def test_they_say_what_they_read() -> None:
    made = make(
        best_response={**FULL, "where": 'ANL01FL == "Y"', "until": "NEWTHDT", "order": "RSSEQ", "bring": "VISIT"}
    )
    assert made.reads() == ("USUBJID", "TRTSDT", "NEWTHDT")
    assert made.tables() == {"self": ("USUBJID", "ANL01FL", "AVALC", "ADT", "RSSEQ", "VISIT")}
    assert make(confirmed_response=FROM).reads() == ("USUBJID",)


ASSESSMENTS = (
    "Responses are AE.AVALC of the subject's records in AE where AE.ANL01FL equals Y, dated by AE.ADT. Not counted are "
    "records without a date, records dated before AE.TRTSDT and all that follows the first PD. Of several responses on "
    "one date the worst counts, from worst to best PD, NON-CR/NON-PD, SD, PR and CR, and NE only where there is no "
    "other."
)
CONFIRMATION = (
    "A CR is confirmed by the first later CR that is at least 28 days after it, a PR by the first later CR or PR that "
    "is at least 28 days after it. Between a CR and what confirms it may stand only CR and at most 1 NE; between a PR "
    "and what confirms it only CR, PR and at most 1 NE, and no PR may follow a CR up to and including the confirming "
    "assessment."
)


def test_best_response_describes_itself() -> None:
    entry = {**FULL, "where": 'ANL01FL == "Y"'}
    rules = (
        "the first that applies of (1) CR, if there is a CR; (2) PR, if there is a PR; (3) SD, if a CR, PR or SD is "
        "dated at least 42 days after AE.TRTSDT; (4) NON-CR/NON-PD, if a NON-CR/NON-PD is dated at least 42 days after "
        "AE.TRTSDT; (5) PD, if there is a PD; (6) NE, if there is any response other than PD; otherwise MISSING. "
        f"{ASSESSMENTS}"
    )
    assert method(best_response=entry) == f"Best overall response of the subject: {rules}"
    assert make(best_response=entry).companions("AVALC")["ADT"].method(FakeWords()) == (
        "AE.ADT of the earliest record that qualifies for the category in AE.AVALC, by its method. Blank where there "
        "is none."
    )
    assert method(
        best_response={**entry, "confirmed": True, "unconfirmed": "NE", "categories": ["CR", "PR", "SD"], "sd_days": 35}
    ) == (
        "Best overall response of the subject: the first that applies of (1) CR, if there is a CR that is confirmed; "
        "(2) PR, if there is a PR that is confirmed; (3) SD, if an SD is dated at least 35 days after AE.TRTSDT; "
        f"otherwise MISSING. {CONFIRMATION} {ASSESSMENTS}"
    )


def test_confirmed_response_describes_itself() -> None:
    entry = {**FULL, "where": 'ANL01FL == "Y"'}
    assert method(confirmed_response=entry) == (
        f"Y if the subject has a CR or PR that is confirmed; otherwise N. {CONFIRMATION} {ASSESSMENTS}"
    )
    assert method(
        confirmed_response={**FROM, "until": "NEWTHDT", "order": "RSSEQ", "next_visit": True, "max_interval": 56}
    ) == (
        "Y if the subject has a CR or PR that is confirmed; otherwise N. A CR is confirmed by the first later CR that "
        "is at least 28 days, and at most 56 days, after it, a PR by the first later CR or PR that is at least 28 "
        "days, and at most 56 days, after it. Between the two may stand nothing but at most 1 NE. Responses are "
        "AE.AVALC of the subject's records in AE, dated by AE.ADT. Not counted are records without a date, records "
        "dated after "
        "AE.NEWTHDT and all that follows the first PD. Of several responses on one date the worst counts, from worst "
        "to best PD, NON-CR/NON-PD, SD, PR and CR, and NE only where there is no other. Of equal ones the record first "
        "by AE.RSSEQ is taken."
    )


def test_clinical_benefit_describes_itself() -> None:
    entry = {**FULL, "where": 'ANL01FL == "Y"', "no": ""}
    assert method(clinical_benefit=entry) == (
        "Y if the subject has a CR or PR on any date, or a response of CR, PR, SD or NON-CR/NON-PD dated at least 42 "
        f"days after AE.TRTSDT; otherwise blank. {ASSESSMENTS}"
    )
    assert make(clinical_benefit={**entry, "confirmed": True}).companions("AVALC")["ADT"].method(FakeWords()) == (
        "AE.ADT of the earliest record for which AE.AVALC is Y, by its method. Blank where there is none."
    )


RESPONSE = st.sampled_from(["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", ""])
HISTORIES = st.dictionaries(
    st.sampled_from(["A", "B", "C"]), st.lists(st.tuples(st.integers(-5, 120), RESPONSE), max_size=8), min_size=1
)
GOODNESS = {name: place for place, name in enumerate(["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING"])}
ENTRIES: list[dict[str, Any]] = [
    {"best_response": FULL},
    {"best_response": {**FULL, "confirmed": True}},
    {"confirmed_response": FULL},
    {"clinical_benefit": FULL},
]


def outcomes(histories: dict[str, list[tuple[int | None, str]]], names: list[str], entry: dict[str, Any]) -> list[Any]:
    rows = FakeRows({"USUBJID": names, "TRTSDT": [START] * len(names)}, tables={"self": table(histories)})
    return list(
        zip(derive(rows, **entry), make(**entry).companions("AVALC")["ADT"].derive(rows).fillna(-1), strict=True)
    )


@settings(deadline=None, max_examples=40)
@given(HISTORIES, st.randoms(use_true_random=False))
def test_neither_the_order_of_records_nor_other_subjects_matter(
    histories: dict[str, list[tuple[int | None, str]]], random: Any
) -> None:
    names = sorted(histories)
    shuffled = {name: random.sample(listed, len(listed)) for name, listed in histories.items()}
    for entry in ENTRIES:
        whole = outcomes(histories, names, entry)
        assert outcomes(shuffled, names, entry) == whole
        alone = [outcomes({name: histories[name]}, [name], entry)[0] for name in names]
        assert alone == whole


@settings(deadline=None)
@given(HISTORIES)
def test_confirmation_never_makes_a_response_better(histories: dict[str, list[tuple[int | None, str]]]) -> None:
    names = sorted(histories)
    unconfirmed, best_confirmed, response, _ = (outcomes(histories, names, entry) for entry in ENTRIES)
    for (any_best, _), (sure_best, _), (yes, day) in zip(unconfirmed, best_confirmed, response, strict=True):
        assert GOODNESS[any_best] <= GOODNESS[sure_best]
        assert (yes == "Y") == (sure_best in ("CR", "PR")) == (day > 0)
        assert yes == "N" or any_best in ("CR", "PR")


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 120), RESPONSE), max_size=9), st.integers(0, 2), st.booleans())
def test_confirmation_is_what_its_definition_says(
    history: list[tuple[int, str]], allowed: int, next_visit: bool
) -> None:
    """The running sums against the definition, read record by record."""
    worst = {"PD": 0, "NON-CR/NON-PD": 1, "SD": 2, "PR": 3, "CR": 4, "NE": 5}
    days: dict[int, str] = {}
    for day, response in sorted((each for each in history if each[1]), key=lambda each: (each[0], worst[each[1]])):
        days.setdefault(day, response)
    line = list(days.items())
    ends = next((place for place, (_, response) in enumerate(line) if response == "PD"), len(line))
    line = line[:ends]

    def is_confirmed(place: int) -> bool:
        day, response = line[place]
        wanted = ("CR",) if response == "CR" else ("CR", "PR")
        by = next((n for n in range(place + 1, len(line)) if line[n][0] >= day + 28 and line[n][1] in wanted), None)
        if response not in ("CR", "PR") or by is None:
            return False
        between = [each for _, each in line[place + 1 : by]]
        tail = [*between, line[by][1]]
        after_complete = tail[tail.index("CR") :] if "CR" in tail else []
        fine = set(between) <= {*wanted, "NE"} and between.count("NE") <= allowed and "PR" not in after_complete
        return fine and (not next_visit or set(between) <= {"NE"})

    expected = next((line[place][0] for place in range(len(line)) if is_confirmed(place)), None)
    assert confirmed(*history, not_evaluable_between=allowed, next_visit=next_visit) == expected
