"""Bad `simulation.yaml` and `forms.yaml`: every finding with its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cdisc_conv.problems import ProblemsError
from cdisc_conv.simulate import simulate_study


@pytest.fixture
def spoil(study_dir, tmp_path):
    """Copy the study, replace texts of a file, and return the messages with the line of the first replacement."""

    def run(*changes: tuple[str, str], file: str = "simulation.yaml") -> tuple[list[str], int]:
        folder = tmp_path / "study"
        folder.mkdir()
        for name in ("forms.yaml", "simulation.yaml"):
            shutil.copy(study_dir / name, folder / name)
        text = (folder / file).read_text(encoding="utf-8")
        line = 0
        for old, new in changes:
            assert text.count(old) == 1, old
            line = line or text[: text.index(old)].count("\n") + 1
            text = text.replace(old, new)
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
        with pytest.raises(ProblemsError) as caught:
            simulate_study(folder, 3, 1)
        return [str(problem) for problem in caught.value.problems], line

    return run


def test_unknown_key(spoil):
    messages, line = spoil(("  screen_failure: 0.13", "  screen_failur: 0.13"))
    assert messages == [
        f"study/simulation.yaml:{line}: SPEC001 simulation.yaml has no 'screen_failur' (did you mean screen_failure?)"
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "screen_failure: 0.13",
            "screen_failure: 1.3",
            "SPEC003 'enrolment.screen_failure' of simulation.yaml: input should be less than or equal to 1",
        ),
        (
            "screen_failure: 0.13",
            "screen_failure: true",
            "SPEC003 'enrolment.screen_failure' of simulation.yaml: a number is expected, not true",
        ),
        (
            "decision_days: [11, 18]",
            "decision_days: [18, 11]",
            "SPEC003 'enrolment.decision_days' of simulation.yaml: the lower end 18 is above the upper end 11",
        ),
        (
            "body_mass_index: {quantiles: [16.5, 19.5",
            "body_mass_index: {quantiles: [26.5, 19.5",
            "SPEC003 'demographics.body_mass_index.quantiles' of simulation.yaml: quantiles must not fall",
        ),
        (
            "window: [2022-01-10, 2024-06-28]",
            "window: [2025-01-10, 2024-06-28]",
            "SPEC003 'enrolment.window' of simulation.yaml: the first date 2025-01-10 is after the last 2024-06-28",
        ),
        (
            "    - {organs: [LIVER, LN], weight: 12}",
            "    - {organs: [LN, LIVER], weight: 12}",
            "SPEC003 'tumours.target_patterns.3.organs' of simulation.yaml: "
            "the first target lesion must be in the LIVER",
        ),
        (
            "    - {organs: [LIVER, LN], weight: 12}",
            "    - {organs: [LIVER, LN, LN, LN], weight: 12}",
            "SPEC003 'tumours.target_patterns.3.organs' of simulation.yaml: more than 2 target lesions in LN",
        ),
        (
            "  race: {ASIAN: 98, NR: 2}",
            "  race: {ASIAN: 0, NR: 0}",
            "SPEC003 'demographics.race' of simulation.yaml: at least one weight must be above 0",
        ),
    ],
)
def test_wrong_values(spoil, old, new, message):
    messages, line = spoil((old, new))
    assert messages == [f"study/simulation.yaml:{line}: {message}"]


def test_codes_that_the_dictionary_does_not_have(spoil, study_dir):
    near, far = "  race: {ASIAN: 98, NR: 2}", "  omission_reasons: {AE: 80"
    messages, line = spoil((near, near.replace("ASIAN", "ASIEN")), (far, far.replace("AE", "TOXICITY")))
    further = (study_dir / "simulation.yaml").read_text(encoding="utf-8").split(far)[0].count("\n") + 1
    assert messages == [
        f"study/simulation.yaml:{line}: SIM002 RACE of form 'dm' has no code 'ASIEN' (did you mean ASIAN?)",
        f"study/simulation.yaml:{further}: SIM002 EXREASND of form 'exox' has no code 'TOXICITY' "
        "(the codes are AE, FORGOT, REFUSED, SUPPLY, OTHER)",
    ]


def test_contradictions(spoil):
    messages, line = spoil(("end: 2025-06-30 ", "end: 2024-06-28 "), ("scan_days: [1, 10]", "scan_days: [1, 11]"))
    assert messages[0] == (
        f"study/simulation.yaml:{line}: SIM003 the study ends on 2024-06-28, before the last consent (make it later)"
    )
    assert messages[1].endswith("SIM003 the baseline scan can fall on or after the eligibility decision")


def test_too_long_for_the_planned_assessments(spoil):
    messages, line = spoil(("end: 2025-06-30 ", "end: 2026-06-30 "))
    assert messages == [
        f"study/simulation.yaml:{line}: SIM003 there are not enough tumour assessment events "
        "(the study's length needs 38 and the data dictionary has 30)"
    ]


def test_dictionary_without_a_form(spoil):
    changes = (("\nforms:\n", "\nforms:\n"), ("\n  dd:\n    label: Death", "\n  death:\n    label: Death"))
    messages, line = spoil(*changes, file="forms.yaml")
    assert messages == [f"study/forms.yaml:{line + 1}: SIM001 form 'dd' is missing"]


def test_coded_item_without_its_decode_column(spoil):
    messages, line = spoil(
        ("SEX: {label: Sex, type: coded, decode: SEX_DEC,", "SEX: {label: Sex, type: coded,"), file="forms.yaml"
    )
    assert messages == [
        f"study/forms.yaml:{line}: SIM001 column SEX of form 'dm' is coded, but has no 'decode' or no 'values'"
    ]


def test_missing_files(tmp_path: Path):
    with pytest.raises(ProblemsError) as caught:
        simulate_study(tmp_path, 3, 1)
    assert (
        str(caught.value) == f"{tmp_path.name}/forms.yaml: YAML001 the file cannot be read: No such file or directory"
    )


def test_a_form_without_its_section(spoil):
    messages, _ = spoil(("\nreview:\n", "\nreviewed:\n"))
    assert "SPEC001" in messages[0]


def test_a_section_that_a_form_of_the_dictionary_needs(study_dir, tmp_path):
    for name in ("forms.yaml", "simulation.yaml"):
        text = (study_dir / name).read_text(encoding="utf-8")
        head, found, rest = text.partition("\nreview:\n")
        if found:
            text = head + "\n" + "".join(rest.partition("\n\n")[1:])
        (tmp_path / name).write_text(text, encoding="utf-8", newline="\n")
    with pytest.raises(ProblemsError) as caught:
        simulate_study(tmp_path, 3, 1)
    assert [str(problem).partition(": ")[2] for problem in caught.value.problems] == [
        "SIM003 'review' is missing (the data dictionary has form 'rtl', which is made with it)"
    ]
