"""The simulator's two functions: tables of a whole study, and its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from cdisc_conv.simulate.course.adverse_events import draw_adverse_events
from cdisc_conv.simulate.course.conditions import draw_conditions
from cdisc_conv.simulate.course.exposure import simulate_dosing
from cdisc_conv.simulate.course.story import Story
from cdisc_conv.simulate.course.subjects import Roster, draw_cohort, make_demographics, plan_roster
from cdisc_conv.simulate.course.time import plan_cycles, settle_course
from cdisc_conv.simulate.course.tumours import simulate_disease
from cdisc_conv.simulate.forms.adverse_events import make_adverse_event_log
from cdisc_conv.simulate.forms.disposition import (
    draw_causes,
    make_consent,
    make_death,
    make_eligibility,
    make_end_of_study,
    make_end_of_treatment,
    make_survival_follow_up,
)
from cdisc_conv.simulate.forms.further import add_items, make_further_forms, untidy_further_form
from cdisc_conv.simulate.forms.progression import DISEASE
from cdisc_conv.simulate.forms.tumours import has_unscheduled_scan, make_tumour_forms
from cdisc_conv.simulate.forms.visits import make_ecog, make_vital_signs, plan_visits, read_weights
from cdisc_conv.simulate.settings.dictionary import Dictionary, read_dictionary
from cdisc_conv.simulate.settings.model import Settings
from cdisc_conv.simulate.settings.read import read_settings
from cdisc_conv.simulate.tables.draws import NEVER, Draws
from cdisc_conv.simulate.tables.exports import write_tables
from cdisc_conv.simulate.tables.rows import Identity, Rows, build_frame
from cdisc_conv.simulate.tables.untidy import untidy_frames
from cdisc_conv.simulate.tables.words import is_word, words_of

BLOCK = 5_000
"""Subjects simulated at a time: bounds the memory. Part of what a seed means; changing it changes the data."""


def simulate_study(study_dir: Path, subjects: int, seed: int) -> dict[str, pd.DataFrame]:
    """Synthetic raw exports of a study: one table per form, every cell text, missing cells "".

    `study_dir` holds `forms.yaml` (the data dictionary) and `simulation.yaml` (the parameters). `subjects` is the
    number of subjects who give consent; screen failures are among them. The same arguments give the same tables on
    every platform. For very many subjects use `write_exports`, which never holds the whole study.

    Raises ProblemsError when one of the files is missing or wrong, ValueError when `subjects` or `seed` is no good.

    >>> from cdisc_conv.resources import shipped
    >>> raw = simulate_study(shipped("mappings") / "hope2021_thal_agc", subjects=3, seed=1)
    >>> raw["dm"][["STUDYID", "SITENUM", "SUBJID", "SEX", "SEX_DEC"]].iloc[0].tolist()
    ['HOPE2021-Thal-AGC', '01', '01-001', 'F', 'Female']
    """
    blocks = list(simulate_blocks(study_dir, subjects, seed))
    return {form: pd.concat([block[form] for block in blocks], ignore_index=True) for form in blocks[0]}


def write_exports(study_dir: Path, subjects: int, seed: int, out: Path) -> dict[str, int]:
    """Write the exports as CSV into `out` and return the number of rows of each form.

    One file per form, named as the data dictionary says (UTF-8 without a byte order mark, LF, quotes only where
    needed), and `SYNTHETIC.txt`, which says what they are. The files are complete or not there: they are written
    beside and moved into place at the end; other files in `out` are left alone.

    Raises as `simulate_study`, and OSError when the folder cannot be written.
    """
    dictionary, settings = read_study(study_dir)
    blocks = _simulate(dictionary, settings, subjects, seed)
    files = {name: form.file for name, form in dictionary.forms.items()}
    return write_tables(blocks, files, out, describe(settings, subjects, seed))


def simulate_blocks(study_dir: Path, subjects: int, seed: int) -> Iterator[dict[str, pd.DataFrame]]:
    """As `simulate_study`, in blocks of at most 5,000 subjects."""
    dictionary, settings = read_study(study_dir)
    return _simulate(dictionary, settings, subjects, seed)


def read_study(study_dir: Path) -> tuple[Dictionary, Settings]:
    """The data dictionary and the parameters of a study folder."""
    dictionary = read_dictionary(study_dir / "forms.yaml", f"{study_dir.name}/forms.yaml")
    settings = read_settings(study_dir / "simulation.yaml", dictionary, f"{study_dir.name}/simulation.yaml")
    return dictionary, settings


def describe(settings: Settings, subjects: int, seed: int) -> str:
    """What `SYNTHETIC.txt` says."""
    return (
        "SYNTHETIC DATA - NOT FROM ANY PERSON\n"
        "\n"
        f"These files have the shape of an EDC study data extract of {settings.study.id}, but everything in them was\n"
        "made up by `cdisc-conv simulate`: subjects, sites, dates, doses, tumours, adverse events, deaths. Dictionary\n"
        "terms above the CTCAE term and all dictionary codes are invented as well.\n"
        "\n"
        f"Consented subjects: {subjects}\n"
        f"Seed: {seed}\n"
        "\n"
        "They must not be used for any medical, scientific or regulatory conclusion.\n"
    )


def _simulate(
    dictionary: Dictionary, settings: Settings, subjects: int, seed: int
) -> Iterator[dict[str, pd.DataFrame]]:
    if subjects < 1:
        raise ValueError(f"the number of subjects must be at least 1, not {subjects}")
    if seed < 0:
        raise ValueError(f"the seed must be 0 or more, not {seed}")
    roster = plan_roster(settings, subjects, seed)
    return (
        _simulate_block(dictionary, settings, roster.block(first, min(first + BLOCK, subjects)), seed, number)
        for number, first in enumerate(range(0, subjects, BLOCK))
    )


def _simulate_block(
    dictionary: Dictionary, settings: Settings, roster: Roster, seed: int, number: int
) -> dict[str, pd.DataFrame]:
    """Everything about some subjects, each topic with its own stream of random numbers."""

    def draws(topic: str) -> Draws:
        return Draws(seed, topic, number)

    story, core = _simulate_core(dictionary, settings, roster, draws)
    sites = words_of(roster.site, [site.number for site in settings.sites])
    identity = Identity(
        settings.study.id, settings.study.country, sites, roster.subjid, dictionary.event("SCR"), roster.consent
    )
    further = list(make_further_forms(story, draws))
    frames = {rows.form: build_frame(add_items(rows, further), dictionary, identity) for rows in core}
    untidied = untidy_frames(frames, settings, draws("untidy"))
    for rows in further:
        if rows.form in frames:
            continue
        frame = build_frame(rows, dictionary, identity)
        untidied[rows.form] = untidy_further_form(rows.form, frame, story, draws)
    return {form: untidied[form] for form in dictionary.forms if form in untidied}


def _simulate_core(
    dictionary: Dictionary, settings: Settings, roster: Roster, draws: Callable[[str], Draws]
) -> tuple[Story, list[Rows]]:
    """What happens to the subjects, and the forms that every study has."""
    cohort = draw_cohort(settings, roster, draws("demographics"))
    disease = simulate_disease(settings, cohort, draws("tumours"))
    course_draws = draws("course")
    plan = plan_cycles(settings, cohort, course_draws)
    course = settle_course(settings, cohort, disease, plan, course_draws)
    dosing = simulate_dosing(settings, cohort, course, dictionary, draws("exposure"))
    visit_draws, follow_up = draws("visits"), draws("follow_up")
    scans = has_unscheduled_scan(disease, course)
    visits, scan_eseq = plan_visits(settings, cohort, course, dosing, scans, dictionary, visit_draws)
    deaths = draw_causes(settings, course, dosing, follow_up)
    fatal = np.where(is_word(deaths.cause, DISEASE), course.death, NEVER)
    ecog = make_ecog(settings, cohort, visits, fatal, visit_draws)
    signs = make_vital_signs(settings, cohort, dosing, visits, visit_draws)
    weighed = read_weights(signs)
    event_draws = draws("adverse_events")
    events = draw_adverse_events(settings, cohort, course, dosing, deaths.event, weighed, event_draws)
    forms = [
        make_demographics(cohort, dictionary),
        make_consent(settings, cohort, course, dictionary, follow_up),
        make_eligibility(settings, cohort, dictionary),
        ecog,
        signs,
        *dosing.rows,
        make_adverse_event_log(settings, cohort, course, events, dictionary, event_draws),
        *make_tumour_forms(settings, disease, course, scan_eseq, dictionary, visit_draws),
        make_end_of_treatment(settings, course, dosing, dictionary, follow_up),
        make_survival_follow_up(settings, course, dictionary, follow_up),
        make_end_of_study(settings, cohort, course, dictionary, follow_up),
        make_death(settings, course, deaths, dictionary, follow_up),
    ]
    core = {rows.form: rows for rows in forms}
    conditions = draw_conditions(settings, cohort, draws("topic conditions"))
    return Story(
        settings, dictionary, cohort, disease, course, dosing, visits, scan_eseq, deaths, conditions, core
    ), forms
