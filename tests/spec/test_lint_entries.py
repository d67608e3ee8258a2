"""Lint: entries of variables, each with exactly one derivation, and each name mapped once."""

from __future__ import annotations

import pytest

AE = "sdtm/ae.yaml"
DM = "sdtm/dm.yaml"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{coppy: AETERM}", "SPEC202 AE.AETERM: there is no derivation 'coppy' (did you mean copy?)"),
        ("{zzzz: AETERM}", "SPEC202 AE.AETERM: there is no derivation 'zzzz' ('cdisc-conv catalogue' lists them)"),
        (
            "{copy: AETERM, term: AETERM}",
            "SPEC202 AE.AETERM: names 2 derivations (copy, term); it takes exactly one, or 'cases' for several",
        ),
        ("{label: Term}", "SPEC202 AE.AETERM: names no derivation; 'cdisc-conv catalogue' lists them"),
        ("AETERM", "SPEC201 AE.AETERM needs a derivation (such as {copy: AETERM})"),
        ("{lookup: {from: DM}}", "SPEC002 'lookup' of AE.AETERM needs 'take'"),
        ("{lookup: DM}", "SPEC202 'lookup' of AE.AETERM takes parameters by name (such as {lookup: {...}})"),
        (
            "{min: EX.}",
            "SPEC003 'of.1' of 'min' of AE.AETERM: 'EX.' should be written DATASET.VARIABLE, such as EX.EXSTDTC, or as "
            "the bare name of a column of the source rows behind the record",
        ),
        (
            "{cases: [{when: 'AESER == \"Y\"', constnat: x}]}",
            "SPEC003 'branches.1' of 'cases' of AE.AETERM: there is no derivation 'constnat' (did you mean constant?)",
        ),
        (
            "{cases: [{copy: {sorce: AETERM}}]}",
            "SPEC003 'branches.1' of 'cases' of AE.AETERM: 'copy' needs 'source'; 'copy' has no 'sorce'",
        ),
    ],
)
def test_what_is_no_derivation_is_one_finding(lint, entry, message):
    assert lint((AE, "AETERM:   {copy: AETERM}", f"AETERM: {entry}")) == [f"tiny/sdtm/ae.yaml:8: {message}"]


def test_a_repeated_key_is_one_finding(lint):
    assert lint((AE, "  AESTDY: ", "  AETERM: {constant: x}\n  AESTDY: ")) == [
        "tiny/sdtm/ae.yaml:26: YAML003 'AETERM' is there twice; the first is on line 8"
    ]


def test_a_name_in_two_sections(lint):
    assert lint((AE, "  AENOTE:", "  AETERM: {copy: AETERM, label: Term}\n  AENOTE:")) == [
        "tiny/sdtm/ae.yaml:28: LINT205 AE.AETERM is mapped twice: in 'variables' and in 'supplemental' "
        "(the other is at tiny/sdtm/ae.yaml:8)"
    ]
    assert lint((AE, "supplemental:", "working:\n  AETERM: {copy: AETERM}\nsupplemental:")) == [
        "tiny/sdtm/ae.yaml:28: LINT205 AE.AETERM is mapped twice: in 'variables' and in 'working' "
        "(the other is at tiny/sdtm/ae.yaml:8)"
    ]
    assert lint((AE, "supplemental:", "working:\n  AENOTE: {copy: AENOTE}\nsupplemental:")) == [
        "tiny/sdtm/ae.yaml:28: LINT205 AE.AENOTE is mapped twice: in 'supplemental' and in 'working' "
        "(the other is at tiny/sdtm/ae.yaml:30)"
    ]


def test_a_name_in_set_and_supplemental_of_a_block(lint):
    block = (
        "    set: {AENOTE: {copy: AENOTE, label: Remark}}\n    supplemental: {AENOTE: {copy: AENOTE, label: Remark}}\n"
    )
    assert lint((AE, "variables:\n", f"{block}variables:\n")) == [
        "tiny/sdtm/ae.yaml:7: LINT205 AE.AENOTE is mapped twice: in 'set' and in 'supplemental' "
        "(the other is at tiny/sdtm/ae.yaml:6)"
    ]


def test_set_may_override_an_entry_of_the_dataset(lint):
    block = "    set: {AETERM: {copy: {source: AETERM, case: upper}}}\n"
    assert lint((AE, "variables:\n", f"{block}variables:\n")) == []
