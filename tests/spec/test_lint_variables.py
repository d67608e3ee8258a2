"""Lint: variables against the standard: unknown, missing, of the wrong type, with bad names and labels."""

from __future__ import annotations

import pytest

AE = "sdtm/ae.yaml"
DM = "sdtm/dm.yaml"


def test_a_misspelt_variable_is_one_finding(lint):
    assert lint((AE, "AESER:    {term: AESER}", "AESERR:   {term: raw.AESER}")) == [
        "tiny/sdtm/ae.yaml:21: LINT207 SDTMIG 3.4 has no variable AESERR in AE (did you mean AESER?)"
    ]


def test_a_variable_that_the_standard_does_not_have(lint):
    assert lint((AE, "  AESTDY: ", "  ZZFOO: {copy: AETERM}\n  AESTDY: ")) == [
        "tiny/sdtm/ae.yaml:26: LINT207 SDTMIG 3.4 has no variable ZZFOO in AE "
        "(a variable of your own belongs under 'supplemental' or 'working')"
    ]


def test_a_required_variable_that_is_missing(lint):
    assert lint((AE, "  AEDECOD:  {copy: raw.AETERM}\n", "")) == [
        "tiny/sdtm/ae.yaml:1: LINT202 AE does not map AEDECOD (Dictionary-Derived Term), which the standard requires"
    ]


def test_an_expected_variable_that_is_missing(lint):
    assert lint((AE, "  AESER:    {term: AESER}\n", "")) == [
        "tiny/sdtm/ae.yaml:1: LINT203 AE does not map AESER (Serious Event), which the standard expects "
        "(map it, or write {constant: ''} when it was not collected)"
    ]


def test_a_key_that_is_not_mapped(lint):
    assert lint((AE, "AETERM, AESTDTC]", "AETERM, AESTDT]")) == [
        "tiny/sdtm/ae.yaml:2: LINT204 key AESTDT of AE is not mapped (did you mean AESTDTC?)"
    ]


def test_text_for_a_numeric_variable(lint):
    assert lint((DM, "AGE:      {copy: AGE}", "AGE:      {term: SEX}")) == [
        "tiny/sdtm/dm.yaml:15: LINT210 DM.AGE is numeric, but 'term' makes text"
    ]


def test_numbers_for_a_text_variable(lint):
    assert lint((AE, "{term: AESER}", "{study_day: AESTDTC}")) == [
        "tiny/sdtm/ae.yaml:21: LINT210 AE.AESER is text, but 'study_day' makes numbers"
    ]


@pytest.mark.parametrize("name", ["AEREMARKS", "AE NOTE", "aenote", "1AENOTE", "AENÖTE"])
def test_names_that_are_none(lint, name):
    assert lint((AE, "  AENOTE:", f"  {name}:")) == [
        f"tiny/sdtm/ae.yaml:28: LINT206 AE.{name} is not a valid variable name "
        "(at most 8 capital letters, digits and _, a letter first)"
    ]


def test_working_variables_have_any_name(lint):
    assert lint((AE, "supplemental:", "working:\n  any name at all: {copy: AENOTE}\nsupplemental:")) == []


@pytest.mark.parametrize(
    ("label", "size"),
    [
        ("A label with exactly forty-one characters", 41),
        ("Bemerkung des Prüfarztes zu Maßnahmen für", 44),
        ("症状" * 7, 42),
    ],
)
def test_labels_are_counted_in_bytes(lint, label, size):
    assert lint((AE, "label: Remark", f"label: {label}")) == [
        f"tiny/sdtm/ae.yaml:28: LINT201 the label of AE.AENOTE has {size} bytes, at most 40 go into a transport file "
        f"(shorten '{label}')"
    ]


def test_labels_of_forty_bytes_are_fine(lint):
    assert lint((AE, "label: Remark", f"label: {'é' * 20}")) == []


def test_the_label_of_a_dataset(lint):
    assert lint((AE, "dataset: AE", "dataset: AE\nlabel: Ereignisse während der Behandlung im Prüfplan")) == [
        "tiny/sdtm/ae.yaml:1: LINT201 the label of AE has 47 bytes, at most 40 go into a transport file "
        "(shorten 'Ereignisse während der Behandlung im Prüfplan')"
    ]


def test_a_qualifier_without_a_label(lint):
    assert lint((AE, ", label: Remark", "")) == [
        "tiny/sdtm/ae.yaml:28: LINT208 supplemental qualifier AE.AENOTE has no label (add 'label:')"
    ]


def test_a_qualifier_that_is_a_variable(lint):
    assert lint((AE, "  AENOTE:", "  AETOXGR:")) == [
        "tiny/sdtm/ae.yaml:28: LINT209 AETOXGR is a variable of AE and cannot be a supplemental qualifier "
        "(move it to 'variables')"
    ]


SEQUENCE = "  AESEQ:    {sequence: [AESTDTC, AETERM]}\n"
KEYS = "keys: [STUDYID, USUBJID, AETERM, AESTDTC]"
KEY = "keys: [STUDYID, USUBJID, AETERM]"


@pytest.mark.parametrize(
    ("keys", "old", "new", "message"),
    [
        (
            KEY,
            "AETERM:   {copy",
            "AETREM:   {copy",
            "7: LINT207 SDTMIG 3.4 has no variable AETREM in AE (did you mean AETERM?)",
        ),
        (
            KEY,
            "AETERM:   {copy",
            "AETERM:   {cpoy",
            "7: SPEC202 AE.AETERM: there is no derivation 'cpoy' (did you mean copy?)",
        ),
        (
            "keys: [STUDYID, USUBJID, AETREM]",
            "",
            "",
            "2: LINT204 key AETREM of AE is not mapped (did you mean AETERM?)",
        ),
        (
            KEY,
            "  AETERM:   {copy: AETERM}\n",
            "",
            "1: LINT202 AE does not map AETERM (Reported Term for the Adverse Event), which the standard requires",
        ),
        (
            "keys: [STUDYID, USUBJID]",
            "",
            "",
            "1: LINT202 AE does not map AESEQ (Sequence Number), which the standard requires",
        ),
    ],
)
def test_a_sequence_number_lacks_only_where_nothing_else_does(lint, keys, old, new, message):
    edits = [(AE, old, new)] if old else []
    assert lint((AE, SEQUENCE, ""), (AE, KEYS, keys), *edits) == [f"tiny/sdtm/ae.yaml:{message}"]


@pytest.mark.parametrize(("right", "wrong"), [("AEHLGT", "AEHLTG"), ("AESOC", "AESCO"), ("AEREL", "AERLE")])
def test_a_misspelt_variable_means_one_that_is_not_mapped(lint, right, wrong):
    (message,) = lint((AE, f"  {right}: ", f"  {wrong}: "))
    assert message.endswith(f"LINT207 SDTMIG 3.4 has no variable {wrong} in AE (did you mean {right}?)")
