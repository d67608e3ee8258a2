"""The comment of a dataset says which of several rows its records are read from."""

from __future__ import annotations

import pytest

FORMS = {
    "dm": {"SUBJID": ["1"]},
    "cm": {"SUBJID": ["1", "1"], "TRT": ["A", "A"], "SEQ": ["2", "1"], "FROM": ["", ""], "TO": ["", ""]},
}
DM = "records: [{form: dm}]\nvariables: {RFSTDTC: {constant: ''}}"
CM = "records: [{form: cm%s}]\nvariables: {CMTRT: {copy: TRT}}"


def comment(lab, block: str, more: str = "") -> str:
    made = lab.convert(FORMS, {"DM": DM, "CM": f"{more}{CM % block}"})
    return next(dataset.comment for dataset in made.datasets if dataset.name == "CM")


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("", ""),
        (
            ", group: [SUBJID, TRT]",
            "One record for each SUBJID and TRT of form Form cm, read from the first of its rows as they stand in form "
            "Form cm.",
        ),
        (
            ", group: [SUBJID, TRT], order: [SEQ], take: last",
            "One record for each SUBJID and TRT of form Form cm, read from the last of its rows sorted by SEQ.",
        ),
        (
            ", merge: {by: [SUBJID, TRT], start: FROM, end: TO}",
            "Adjoining intervals of form Form cm with equal SUBJID and TRT are one record.",
        ),
    ],
)
def test_of_a_block(lab, block, expected):
    assert comment(lab, block) == expected


def test_it_follows_the_comment_of_the_mapping(lab):
    said = comment(lab, ", group: [SUBJID, TRT], order: [SEQ]", "comment: From the log.\n")
    assert said == (
        "From the log. One record for each SUBJID and TRT of form Form cm, read from the first of its rows sorted "
        "by SEQ."
    )
