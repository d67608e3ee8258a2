"""Conditions that see both sides: names with own. are checked like any other, and refused where there is one side."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import edit, write_tiny_study

from cdisc_conv.spec.lint.study import lint_study


@pytest.mark.parametrize(
    ("entry", "messages"),
    [
        ("{lookup: {from: DM, where: 'SEX == own.AESER', take: SEX}}", []),
        (
            "{lookup: {from: DM, where: 'SEX == own.AESERR', take: SEX}}",
            ["LINT301 AE.AEREL reads AESERR, which is neither a column of form ae nor a variable of AE"],
        ),
        (
            "{lookup: {from: DM, where: 'AGE == own.AESER', take: SEX}}",
            ["EXPR"],
        ),
        (
            "{min: {of: [DM.RFSTDTC], where: 'SEX == own.AESER'}}",
            ["LINT317 AEREL: 'own.AESER' stands in a condition that does not see the record being made"],
        ),
    ],
)  # fmt: skip
def test_own_names(tmp_path: Path, entry: str, messages: list[str]) -> None:
    folder = write_tiny_study(tmp_path)
    edit(folder / "sdtm" / "ae.yaml", "AEREL:    *blank", f"AEREL:    {entry}")
    _, problems = lint_study(folder)
    found = [f"{problem.code} {problem.message}" for problem in problems]
    assert len(found) == len(messages), found
    assert all(text.startswith(message) for text, message in zip(found, messages, strict=True)), found
