"""sum_of_diameters and the lists that come along."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cdisc_conv.problems import Severity
from tests.derivations.rows import FakeRows, FakeWords, derive, make, method, refusal

# record, lesion, test, number, text, location, visit
ROWS = [
    (0, "T01", "LDIAM", 30.1, "30.1", "LIVER", "SCREENING"),
    (0, "T01", "LPERP", 20, "20", "LIVER", "SCREENING"),
    (0, "T02", "LDIAM", 25, "25", "LYMPH NODE", "SCREENING"),
    (0, "T02", "LPERP", 16.2, "16.2", "LYMPH NODE", "SCREENING"),
    (0, "T03", "LDIAM", 12, "12", "LIVER", "SCREENING"),
    (1, "T02", "LPERP", 9, "9", "LYMPH NODE", "WEEK 6"),
    (1, "T01", "LDIAM", 21, "21", "LIVER", "WEEK 6"),
    (1, "T03", "LDIAM", None, "Too small to  measure", "LIVER", "WEEK 6"),
    (2, "T01", "LDIAM", 20, "20", "LIVER", "WEEK 12"),
    (2, "T02", "LPERP", None, "NOT EVALUABLE", "LYMPH NODE", "WEEK 12"),
    (2, "T03", "TUMSTATE", None, "ABSENT", "LIVER", "WEEK 12"),
    (3, "T01", "LDIAM", 40, "40", "LIVER", "SCREENING"),
]
NAMES = ("record", "TRLNKID", "TRTESTCD", "TRSTRESN", "TRSTRESC", "TULOC", "VISIT")
NODAL = {"nodal": 'TULOC == "LYMPH NODE"'}
BASELINE = {**NODAL, "baseline": 'VISIT == "SCREENING"'}
ABSENT = {**BASELINE, "accounted": 'TRTESTCD == "TUMSTATE" and TRSTRESC == "ABSENT"'}


def assessments(rows: list[tuple] = ROWS, subjects: tuple[str, ...] = ("01", "01", "01", "02")) -> FakeRows:
    columns = {name: [row[number] for row in rows] for number, name in enumerate(NAMES)}
    return FakeRows({"USUBJID": list(subjects)}, groups=columns.pop("record"), group_rows=columns, variable="AVAL")


def lists(rows: FakeRows, **entry: object) -> dict[str, list[str]]:
    """The variables that come along."""
    made = make(sum_of_diameters={**entry, "expected_list": "LSEXP", "assessed_list": "LSASS"})
    return {name: derivation.derive(rows).tolist() for name, derivation in made.companions("AVAL").items()}


def test_longest_diameter_of_non_nodal_and_short_axis_of_nodal_lesions() -> None:
    rows = assessments()
    assert derive(rows, sum_of_diameters=NODAL) == [58.3, 35.0, 20.0, 40.0]
    assert rows.reports == []


def test_too_small_to_measure() -> None:
    entry = {**NODAL, "too_small_value": 2.5}
    assert derive(assessments(), sum_of_diameters=entry) == [58.3, 32.5, 20.0, 40.0]
    assert derive(assessments(), sum_of_diameters={**NODAL, "too_small": ["TSTM"]})[1] == 30.0
    assert derive(assessments(), sum_of_diameters={**NODAL, "text": None})[1] == 30.0


def test_an_expected_lesion_without_a_diameter() -> None:
    rows = assessments()
    assert derive(rows, sum_of_diameters=BASELINE) == [58.3, 35.0, 20.0, 40.0]
    assert [(r.code, r.message, r.rows, r.severity, r.hint) for r in rows.reports] == [
        (
            "DIAM003",
            "1 sum leaves out a lesion that was measured at baseline and not at this assessment",
            [2],
            Severity.WARNING,
            "a sum without a lesion looks smaller than it is",
        )
    ]
    assert derive(rows, sum_of_diameters={**BASELINE, "missing": "blank"}) == [58.3, 35.0, None, 40.0]


def test_lesions_that_are_accounted_for() -> None:
    without_node = [row for row in ROWS if row[1] != "T02"]
    entry = {**ABSENT, "missing": "blank"}
    assert derive(assessments(without_node), sum_of_diameters=entry) == [42.1, 26.0, 20.0, 40.0]
    all_gone = [*ROWS, (4, "T01", "TUMSTATE", None, "ABSENT", "LIVER", "WEEK 6")]
    rows = assessments(all_gone, ("01", "01", "01", "02", "02"))
    assert derive(rows, sum_of_diameters=entry) == [58.3, 35.0, None, 40.0, 0.0]


def test_the_parts_of_a_split_lesion_are_added() -> None:
    parts = [
        (1, "T01.1", "LDIAM", 8, "8", "LIVER", "WEEK 6"),
        (1, "T01.2", "LDIAM", 9, "9", "LIVER", "WEEK 6"),
        (1, "T01", "TUMSTATE", None, "SPLIT", "LIVER", "WEEK 6"),
    ]
    rows = assessments([(0, "T01", "LDIAM", 30, "30", "LIVER", "SCREENING"), *parts], ("01", "01"))
    entry = {**BASELINE, "accounted": 'TRSTRESC in ("SPLIT", "TUMOR MERGED")', "missing": "blank"}
    assert derive(rows, sum_of_diameters=entry) == [30.0, 17.0]


def test_lists_of_lesions() -> None:
    assert lists(assessments(), **ABSENT) == {
        "LSEXP": ["T01, T02, T03", "T01, T02, T03", "T01, T02, T03", "T01"],
        "LSASS": ["T01, T02, T03", "T01, T02, T03", "T01, T03", "T01"],
    }


def test_two_diameters_of_one_lesion_are_an_error() -> None:
    rows = assessments([*ROWS, (3, "T01", "LDIAM", 41, "41", "LIVER", "SCREENING")])
    assert derive(rows, sum_of_diameters=NODAL) == [58.3, 35.0, 20.0, None]
    assert [(r.code, r.message, r.rows, r.severity, r.hint) for r in rows.reports] == [
        (
            "DIAM001",
            "1 assessment has a lesion with two different diameters; AVAL is blank there",
            [3],
            Severity.ERROR,
            "TRLNKID and TRTESTCD must tell one measurement: take one evaluator, or say 'nodal'",
        )
    ]
    same = assessments([*ROWS, ROWS[-1]])
    assert derive(same, sum_of_diameters=NODAL)[3] == 40.0
    assert same.reports == []


def test_without_nodal_a_lesion_has_one_diameter() -> None:
    rows = assessments([ROWS[0], ROWS[3]], ("01",))
    assert derive(rows, sum_of_diameters={}) == [46.3]
    both = assessments(ROWS[:4], ("01",))
    assert derive(both, sum_of_diameters={}) == [None]
    assert [r.code for r in both.reports] == ["DIAM001"]


def test_a_diameter_without_a_lesion_is_reported() -> None:
    rows = assessments([*ROWS, (3, "", "LDIAM", 41, "41", "LIVER", "SCREENING")])
    assert derive(rows, sum_of_diameters=NODAL)[3] == 40.0
    assert [(r.code, r.message, r.rows, r.field, r.hint) for r in rows.reports] == [
        (
            "DIAM002",
            "1 diameter has no lesion identifier and does not count",
            [3],
            "TRLNKID",
            "fill TRLNKID, which tells the lesion",
        )
    ]


def test_no_diameter_and_no_records() -> None:
    assert derive(assessments(ROWS[10:11], ("01", "01", "01")), sum_of_diameters=BASELINE) == [None, None, None]
    nothing = FakeRows({"USUBJID": [], **{name: [] for name in NAMES[1:]}})
    assert derive(nothing, sum_of_diameters=ABSENT) == []
    assert lists(nothing, **ABSENT) == {"LSEXP": [], "LSASS": []}


def test_what_it_reads() -> None:
    made = make(sum_of_diameters={**ABSENT, "value": "AVAL", "text": None})
    assert made.reads() == ("raw.AVAL", "raw.TRTESTCD", "raw.TRLNKID", "raw.TULOC", "raw.TRSTRESC", "raw.VISIT")
    assert not made.reads_siblings()
    assert made.companions("AVAL") == {}


def test_what_is_refused() -> None:
    assert refusal(sum_of_diameters="TR.TRSTRESN") == (
        "'sum_of_diameters': 'value' must be a column of the source rows behind the record, not TR.TRSTRESN"
    )
    assert refusal(sum_of_diameters={"nodal": 'TU.TULOC == "LYMPH NODE"'}) == (
        "'sum_of_diameters': 'nodal' can ask only for columns of the source rows, not for TU.TULOC"
    )
    assert refusal(sum_of_diameters={"missing": "blank"}) == (
        "'sum_of_diameters': 'missing: blank' and 'expected_list' need 'baseline', which tells the expected lesions"
    )
    assert refusal(sum_of_diameters={"longest": ["LDIAM", "lperp"]}) == (
        "'sum_of_diameters': LPERP is both in 'longest' and in 'short_axis'"
    )


def test_it_describes_itself() -> None:
    entry = {**ABSENT, "missing": "blank"}
    assert method(sum_of_diameters=entry).replace(" of form Adverse Events", "") == (
        "The sum of TRSTRESN over the lesions (TRLNKID) grouped into this record, each counted once: short axis "
        "(tests LPERP) "
        'of lesions where TULOC equals "LYMPH NODE" and '
        "longest diameter (tests LDIAM or DIAMETER) of all others. A lesion without a number whose TRSTRESC is TOO "
        "SMALL TO MEASURE counts 5 mm. A lesion without a diameter where TRTESTCD equals TUMSTATE and TRSTRESC equals "
        "ABSENT counts 0 mm. Blank where no lesion has a diameter, or one has two different ones. Blank also where a "
        "lesion has none that had one where VISIT equals SCREENING."
    )
    assert method(sum_of_diameters={"text": None}).replace(" of form Adverse Events", "") == (
        "The sum of TRSTRESN over the lesions (TRLNKID) grouped into this record, each counted once: tests LDIAM, "
        "DIAMETER or LPERP. Blank where no lesion has a diameter, or one has two different ones. Lesions that were "
        "not measured are left out of the sum."
    )


def test_the_lists_describe_themselves() -> None:
    made = make(sum_of_diameters={**BASELINE, "expected_list": "LSEXP", "assessed_list": "LSASS"})
    form = "of form Adverse Events"
    assert {name: each.method(FakeWords()) for name, each in made.companions("AVAL").items()} == {
        "LSEXP": f"The TRLNKID {form} of the subject's lesions that have a diameter where VISIT {form} equals SCREENING"
        ", sorted and joined by ', '.",
        "LSASS": f"The TRLNKID {form} of the lesions that have a diameter in the sum, sorted and joined by ', '.",
    }


@given(st.permutations(range(len(ROWS))))
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    shuffled = sorted((ROWS[n] for n in order), key=lambda row: row[0])
    assert derive(assessments(shuffled), sum_of_diameters=ABSENT) == [58.3, 35.0, 20.0, 40.0]
    assert lists(assessments(shuffled), **ABSENT) == lists(assessments(), **ABSENT)
