"""Drafts of exports as real systems write them: they lint clean, run, and lack nothing but what was never collected."""

from __future__ import annotations

from pathlib import Path

import pytest
from reference_data import reference_file

from cdisc_conv.draft.run import init_study
from cdisc_conv.package.lint import lint_whole
from cdisc_conv.package.run import run_study
from cdisc_conv.problems import Severity

NEVER_COLLECTED = {"VAR002", "DM001", "EX002"}
"""A required value is blank, no arm (nor the reason for none), a dose without a unit."""
SAMPLES = {
    ("viedoc",): ({"DM", "AE", "CM", "MH", "VS", "EX", "DS", "LB", "PE", "PR"}, set()),
    ("clinsight",): ({"DM", "AE", "CM", "MH", "VS", "EX", "DS", "LB", "PR"}, set()),
    ("redcap", "clinical-trial-1"): ({"DM", "VS"}, set()),
    # a subject of the physical examination is not on the form that lists the subjects
    ("odm", "openclinica"): ({"DM", "AE", "CM", "VS", "EX", "PE"}, {"RAW016"}),
}


@pytest.mark.parametrize("sample", SAMPLES, ids="-".join)
def test_a_draft_lints_clean_and_runs(sample: tuple[str, ...], tmp_path: Path) -> None:
    raw = reference_file("samples", *sample)
    wanted, of_data = SAMPLES[sample]
    init_study(raw, tmp_path / "study")
    study, problems = lint_whole(tmp_path / "study")
    assert study is not None
    assert [str(one) for one in problems if one.severity is not Severity.NOTE] == []
    assert wanted <= study.datasets.keys()
    package = run_study(tmp_path / "study", raw, tmp_path / "out")
    errors = {one.code: str(one) for one in package.problems if one.severity is Severity.ERROR}
    assert errors.keys() <= NEVER_COLLECTED | of_data, errors
    unaccounted = [str(one) for one in package.problems if one.code in ("ACC001", "ACC002", "ACC003")]
    assert unaccounted == []


@pytest.mark.parametrize("sample", SAMPLES, ids="-".join)
def test_only_system_columns_and_personal_data_are_not_submitted(sample: tuple[str, ...], tmp_path: Path) -> None:
    outcome = init_study(reference_file("samples", *sample), tmp_path / "study")
    kinds = {line.reason.split(":")[0] for line in outcome.draft.not_submitted.values()}
    assert kinds <= {
        "personal data",
        "the site of the subject, which is DM.SITEID",
        "the visit in the EDC",
        "the name of the visit in the EDC",
        "the date of the visit in the EDC; the dates of the form itself are submitted",
        "numbers repeats in the EDC",
        "added by the EDC",
        "added by the EDC, and not collected",
    }


def test_no_value_of_a_subject_is_kept_with_the_study(tmp_path: Path) -> None:
    init_study(reference_file("samples", "redcap", "clinical-trial-1"), tmp_path / "study")
    texts = [path.read_text(encoding="utf-8-sig") for path in (tmp_path / "study").rglob("*") if path.is_file()]
    assert not any("alice.cornel@example.com" in text or "88 Dawnview Way" in text for text in texts)
