"""term, decode and map."""

from __future__ import annotations

from cdisc_conv.problems import Problem, Severity
from tests.derivations.rows import CT, FakeRows, FakeWords, Report, derive, make, method, refusal


def severities(values: list[str]) -> FakeRows:
    return FakeRows({"SEV": values}, terms=CT.codelist("AESEV"), variable="AESEV")


def test_term_by_submission_value_decode_and_synonym() -> None:
    assert derive(severities(["MILD", "moderate ", "", "  "]), term="SEV") == ["MILD", "MODERATE", "", ""]
    sex = FakeRows({"SEX": ["Female", "m", "F"]}, terms=CT.codelist("SEX"))
    assert derive(sex, term="SEX") == ["F", "M", "F"]


def test_the_map_comes_first() -> None:
    entry = {"value": "SEV", "map": {"Mild Adverse Event": "MILD", 3: "SEVERE", "MODERATE": "SEVERE"}}
    assert derive(severities(["mild  adverse event", "3", "moderate"]), term=entry) == ["MILD", "SEVERE", "SEVERE"]


def test_what_is_not_found_is_reported_with_its_rows_and_kept() -> None:
    rows = severities(["awful ", "MILD", "awful", "Sever"])
    assert derive(rows, term="SEV") == ["awful", "MILD", "awful", "Sever"]
    assert rows.reports == [
        Report(
            "TERM001",
            "'awful' is not in AESEV (C66769); it is kept as it is",
            [0, 2],
            field="SEV",
            value="awful",
            hint="map it with 'map', or have it corrected at the source",
        ),
        Report(
            "TERM001",
            "'Sever' is not in AESEV (C66769); it is kept as it is",
            [3],
            field="SEV",
            value="Sever",
            hint="did you mean SEVERE?",
        ),
    ]


def test_in_an_extensible_codelist_it_is_a_warning() -> None:
    rows = FakeRows({"X": ["PASTE OF MINE"]}, terms=CT.codelist("FRM"))
    derive(rows, term="X")
    assert [report.severity for report in rows.reports] == [Severity.WARNING]


def test_many_wrong_values_share_a_finding() -> None:
    rows = severities([f"bad {number}" for number in range(120)])
    derive(rows, term="SEV")
    assert len(rows.reports) == 101
    assert rows.reports[-1] == Report(
        "TERM001",
        "20 more values are wrong in the same way, such as 'bad 100'",
        list(range(100, 120)),
        field="SEV",
        value="bad 100",
    )


def test_terms_of_the_sponsor() -> None:
    rows = FakeRows({"X": ["my  form"]}, terms=CT.codelist("FRM"))
    assert derive(rows, term={"value": "X", "extend": ["MY FORM"]}) == ["MY FORM"]
    assert rows.reports == []


def test_decode_and_code_of_a_term() -> None:
    rows = FakeRows({"X": ["Weight"]}, terms=CT.codelist("VSTESTCD"))
    assert derive(rows, term={"value": "X", "return": "value"}) == ["WEIGHT"]
    assert derive(rows, term={"value": "X", "return": "decode"}) == ["Weight"]
    assert derive(rows, term={"value": "X", "return": "code"}) == ["C25208"]


def test_term_without_a_codelist() -> None:
    rows = FakeRows({"X": ["a"]}, variable="AEX")
    assert derive(rows, term="X") == ["a"]
    assert rows.reports[0].message == "'a' has no term, because AEX has no codelist"
    assert make(term="X").check(None, numeric=False) == [
        Problem(
            "DRV003",
            "there is no codelist to look terms up in",
            hint="name one with 'codelist', use 'map' for a list of your own, or 'copy' to take the text as it is",
        )
    ]


def test_term_is_checked_before_any_data() -> None:
    bad = make(term={"value": "X", "map": {"a": "MIDL"}, "extend": ["AWFUL"]})
    assert bad.check(CT.codelist("AESEV"), numeric=False) == [
        Problem("DRV004", "'AWFUL' cannot be added: codelist AESEV (C66769) is not extensible"),
        Problem("DRV002", "'MIDL' is not in codelist AESEV (C66769)", hint="did you mean MILD?", value="MIDL"),
    ]
    own = make(term={"value": "X", "map": {"a": "MY FORM"}, "extend": ["MY FORM"]})
    assert own.check(CT.codelist("FRM"), numeric=False) == []


def test_term_describes_itself() -> None:
    assert method(term="raw.AESEV") == ""
    assert make(term="raw.AESEV").sentence(FakeWords()) == (
        "The term of controlled terminology for AESEV of form Adverse Events."
    )
    assert method(term={"value": "raw.AESEV", "map": {"1": "MILD", "2": "MODERATE"}}) == (
        "The term of controlled terminology for AESEV of form Adverse Events. Collected texts that differ from the "
        "terms: "
        '"1" is MILD, "2" is MODERATE.'
    )


def test_keys_that_contradict_each_other_are_refused() -> None:
    assert refusal(term={"value": "X", "map": {"Mild": "MILD", "mild ": "SEVERE"}}) == (
        "'map' of 'term': 'Mild' and 'mild ' differ in case or blanks only, but stand for different values"
    )


def test_decode_pairs_names_with_codes() -> None:
    rows = FakeRows({"CD": ["SYSBP", "", "WEIGHT"]}, terms=CT.codelist("VSTEST"))
    assert derive(rows, decode="CD") == ["Systolic Blood Pressure", "", "Weight"]
    assert rows.reports == []


def test_decode_over_several_codelists() -> None:
    rows = FakeRows({"CD": ["OVRLRESP", "WEIGHT"]}, terms=CT.codelist("ONCRTS", "VSTEST"))
    assert derive(rows, decode="CD") == ["Overall Response", "Weight"]


def test_decode_of_a_code_without_name() -> None:
    rows = FakeRows({"CD": ["SYSPB", "MINE"]}, terms=CT.codelist("VSTEST"))
    assert derive(rows, decode={"value": "CD", "map": {"MINE": "My Test"}}) == ["SYSPB", "My Test"]
    assert rows.reports == [
        Report(
            "TERM001",
            "code 'SYSPB' has no name in VSTEST; it is kept as it is",
            [0],
            Severity.WARNING,
            "CD",
            "SYSPB",
            "did you mean SYSBP?",
        )
    ]


def test_decode_without_codelist_is_found_by_the_check() -> None:
    assert make(decode="CD").check(None, numeric=False) == [
        Problem("DRV003", "there is no codelist of names", hint="name one with 'codelist'")
    ]
    assert make(decode={"value": "CD", "map": {"A": "b"}}).check(None, numeric=False) == []
    assert method(decode="VSTESTCD") == "The name that controlled terminology gives to AE.VSTESTCD."


ARMS = {"value": "ARMCD", "values": {"Pbo": "Placebo", "Xan_Hi": "High Dose", "None": ""}}


def test_map_translates_without_regard_to_case() -> None:
    rows = FakeRows({"ARMCD": ["Pbo", " pbo", "XAN_HI", "", "none"]})
    assert derive(rows, map=ARMS) == ["Placebo", "Placebo", "High Dose", "", ""]
    assert rows.reports == []


def test_map_reports_what_it_does_not_have() -> None:
    rows = FakeRows({"ARMCD": ["Xan_H", "Pbo"]})
    assert derive(rows, map=ARMS) == ["Xan_H", "Placebo"]
    assert rows.reports == [
        Report(
            "MAP001",
            "'Xan_H' is not in the translation table; it is kept as it is",
            [0],
            field="ARMCD",
            value="Xan_H",
            hint="did you mean Xan_Hi?",
        )
    ]


def test_map_with_else() -> None:
    rows = FakeRows({"ARMCD": ["other", "", "Pbo"]})
    assert derive(rows, map={**ARMS, "else": "Unknown"}) == ["Unknown", "", "Placebo"]
    assert rows.reports == []


def test_map_describes_itself() -> None:
    assert method(map={**ARMS, "else": "Unknown"}) == (
        "From AE.ARMCD: Placebo for Pbo, High Dose for Xan_Hi, blank for None, and Unknown for any other text. "
        "Missing where AE.ARMCD is missing."
    )


def test_map_is_checked_against_the_codelist() -> None:
    bad = make(map={"value": "X", "values": {"a": "MIDL"}})
    assert [problem.code for problem in bad.check(CT.codelist("AESEV"), numeric=False)] == ["DRV002"]
    assert make(map={"value": "X", "values": {"a": 1}}).check(None, numeric=True) == []


def test_map_to_numbers() -> None:
    table = {"value": "SEV", "values": {"Mild": 1, "Severe": 2.5, "None": 0, "Unknown": ""}}
    assert make(map=table).makes_numbers(lambda _: False)
    assert not make(map={**table, "else": "other"}).makes_numbers(lambda _: False)
    assert not make(map={"value": "SEV", "values": {"Mild": "1"}}).makes_numbers(lambda _: False)
    assert method(map=table) == (
        "From AE.SEV: 1 for Mild, 2.5 for Severe, 0 for None, blank for Unknown. Missing where AE.SEV is missing."
    )
    rows = FakeRows({"SEV": ["mild", "Severe", "none", "awful"]}, variable="SEVN", numeric=True)
    assert derive(rows, map=table) == ["1", "2.5", "0", ""]
    assert [report.message for report in rows.reports] == [
        "'awful' is not in the translation table; SEVN is left missing"
    ]


def test_map_to_text_in_a_numeric_variable() -> None:
    entry = make(map={"value": "X", "values": {"a": "one", "b": "2", "c": ""}, "else": "many"})
    assert entry.check(None, numeric=True) == [
        Problem("DRV001", "'one' is not a number"),
        Problem("DRV001", "'many' is not a number"),
    ]
