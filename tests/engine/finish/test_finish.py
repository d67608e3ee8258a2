"""Finished datasets: order of columns and records, keys, --SEQ, dropped variables, lengths in bytes."""

from __future__ import annotations

AE = """\
keys: [USUBJID, AETERM]
records: [{form: ae}]
variables:
  AESTDTC: {copy: START}
  AETERM: {copy: TERM}
  AEDECOD: {copy: CODED}
"""


def ae(*rows: tuple[str, str, str, str]) -> dict:
    names = ("SUBJID", "TERM", "START", "CODED")
    return {"ae": {name: [row[place] for row in rows] for place, name in enumerate(names)}}


ONE = ("1", "Rash", "2022-01-01", "RASH")


def test_columns_stand_in_the_order_of_the_standard(lab, dataset):
    found = dataset(lab.convert(ae(ONE), {"AE": AE}), "AE")
    assert list(found.frame) == ["STUDYID", "DOMAIN", "USUBJID", "AESEQ", "AETERM", "AEDECOD", "AESTDTC"]
    assert [column.name for column in found.columns] == list(found.frame)


def test_records_stand_in_the_order_of_the_key(lab, records):
    forms = ae(("2", "b", "", "x"), ("1", "é", "", "x"), ("1", "a", "", "x"), ("1", "B", "", "x"), ("10", "", "", "x"))
    run = lab.convert(forms, {"AE": AE})
    assert records(run, "AE", "USUBJID", "AESEQ", "AETERM") == [
        ("1", 1.0, "B"), ("1", 2.0, "a"), ("1", 3.0, "é"), ("10", 1.0, ""), ("2", 1.0, "b"),
    ]  # fmt: skip


def test_records_stand_in_the_order_of_what_is_written(lab, records):
    """Quotes of a word processor are written as plain ones, which come before letters; their own code comes after."""
    forms = ae(("1", "a", "", "x"), ("1", "“b”", "", "x"))
    run = lab.convert(forms, {"AE": AE})
    assert records(run, "AE", "USUBJID", "AESEQ", "AETERM") == [("1", 1.0, "“b”"), ("1", 2.0, "a")]


def test_keys_are_numbered_in_order(lab, dataset):
    found = dataset(lab.convert(ae(ONE), {"AE": AE.replace("[USUBJID, AETERM]", "[AETERM, USUBJID]")}), "AE")
    assert found.keys == ("AETERM", "USUBJID")


def test_the_standard_s_key_is_used_where_the_mapping_has_none(lab, dataset):
    run = lab.convert({"dm": {"SUBJID": ["1"]}}, {"DM": "records: [{form: dm}]\n"})
    assert dataset(run, "DM").keys == ("STUDYID", "USUBJID")


def test_sequence_is_implied_and_follows_the_key(lab, records):
    text = AE.replace("[USUBJID, AETERM]", "[USUBJID, AESTDTC, AETERM]")
    forms = ae(("1", "a", "2022-02", "x"), ("1", "b", "2022-01", "x"), ("1", "a", "2022-01", "x"))
    assert records(lab.convert(forms, {"AE": text}), "AE", "AESEQ", "AESTDTC", "AETERM") == [
        (1.0, "2022-01", "a"), (2.0, "2022-01", "b"), (3.0, "2022-02", "a"),
    ]  # fmt: skip


def test_a_sequence_of_the_mapping_s_own_wins(lab, records):
    text = AE + "  AESEQ: {sequence: [AESTDTC]}\n"
    forms = ae(("1", "a", "2022-02", "x"), ("1", "b", "2022-01", "x"))
    assert records(lab.convert(forms, {"AE": text}), "AE", "AESEQ", "AETERM") == [(2.0, "a"), (1.0, "b")]


def test_keys_that_are_not_unique_are_one_finding(lab):
    forms = ae(("1", "b", "", "x"), ("1", "a", "", "x"), ("1", "a", "", "y"), ("2", "c", "", "x"), ("2", "c", "", "x"))
    run = lab.convert(forms, {"AE": AE})
    assert [str(problem) for problem in run.problems if problem.code == "KEY001"] == [
        "AE rows 1, 2, 4, 5: KEY001 4 records share their natural key (USUBJID, AETERM) with another: 2 keys, "
        "such as 1/a; "
        "2/c (are raw rows repeated? Otherwise add a variable to 'keys:' of the mapping)"
    ]


def test_empty_permissible_variables_are_left_out_and_listed(lab, dataset):
    """AELOC and AESTDTC are empty; AESTDTC is expected, AEDECOD required, and AELOC permissible."""
    text = AE + "  AELOC: {constant: ''}\n  AEENDY: {constant: ''}\n"
    run = lab.convert(ae(("1", "a", "", "")), {"AE": text})
    assert list(dataset(run, "AE").frame) == ["STUDYID", "DOMAIN", "USUBJID", "AESEQ", "AETERM", "AEDECOD", "AESTDTC"]
    assert [str(problem) for problem in run.problems] == [
        "AE: DROP001 no record has a value of AELOC, AEENDY; permissible and empty, so left out of the dataset"
    ]


def test_a_key_is_never_left_out(lab, dataset):
    text = AE.replace("[USUBJID, AETERM]", "[USUBJID, AETERM, AELOC]") + "  AELOC: {constant: ''}\n"
    run = lab.convert(ae(ONE), {"AE": text})
    assert "AELOC" in dataset(run, "AE").frame
    assert run.problems == ()


def test_no_records_at_all(lab, dataset):
    text = (
        AE + "  AELOC: {constant: ''}\n  AEENDY: {constant: ''}\nsupplemental:\n  AENOTE: {copy: TERM, label: Note}\n"
    )
    run = lab.convert(ae(), {"AE": text})
    assert [found.name for found in run.datasets] == ["AE"]
    found = dataset(run, "AE")
    assert found.frame.shape == (0, 9)
    assert found.frame["AESEQ"].dtype == "float64"
    assert found.frame["AETERM"].dtype == "str"
    assert found.column("AETERM").length == 1
    assert run.problems == ()


def test_working_variables_are_not_in_the_dataset(lab, dataset):
    text = AE.replace("{copy: CODED}", "{copy: STEP}") + "working:\n  STEP: {expr: 'lower(CODED)'}\n"
    found = dataset(lab.convert(ae(ONE), {"AE": text}), "AE")
    assert "STEP" not in found.frame
    assert found.frame["AEDECOD"].tolist() == ["rash"]


def test_lengths_are_those_of_the_longest_value_of_the_study_in_bytes(lab, dataset):
    dm = "records: [{form: dm}]\nvariables: {SUBJID: {copy: SUBJID}}\n"
    run = lab.convert({"dm": {"SUBJID": ["1", "subject-nine"]}, **ae(("1", "皮疹é", "", ""))}, {"DM": dm, "AE": AE})
    lengths = {(found.name, column.name): column.length for found in run.datasets for column in found.columns}
    assert lengths["AE", "AETERM"] == 8
    assert lengths["AE", "USUBJID"] == lengths["DM", "USUBJID"] == 12
    assert lengths["AE", "AESTDTC"] == 1
    assert lengths["AE", "AESEQ"] == 8


def test_a_length_of_the_mapping_s_own(lab, dataset):
    run = lab.convert(ae(ONE), {"AE": AE.replace("{copy: TERM}", "{copy: TERM, length: 20}")})
    assert dataset(run, "AE").column("AETERM").length == 20


def test_the_raw_rows_behind_each_record_follow_the_sorting(lab, dataset):
    forms = ae(("2", "b", "", "x"), ("1", "z", "", "x"), ("1", "a", "", "x"))
    found = dataset(lab.convert(forms, {"AE": AE}), "AE")
    assert list(found.records.frame[["record", "source", "row"]].itertuples(index=False, name=None)) == [
        (0, "form ae", 3), (1, "form ae", 2), (2, "form ae", 1),
    ]  # fmt: skip
