"""How the disease was known to progress before a death that it caused: on scans, or by what the investigator saw."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cdisc_conv.simulate.course.story import Story
from cdisc_conv.simulate.tables.draws import NEVER, Draws
from cdisc_conv.simulate.tables.rows import Rows
from cdisc_conv.simulate.tables.words import NO_DAY, choose, dates, is_word, words_of

PROGRESSION_ITEMS = {"dd": ("DTHPROG", "DTHPRSGN", "DTHPRDAT")}
"""Items that are added to the form of deaths."""
DISEASE = "PD"
LONGEST_DECLINE = 42
"""Days between the first sign of a clinical progression and the death, at most."""
LONGEST_TREATED = 7
"""Days for which treatment goes on after that, at most."""


def make_progression(story: Story, draws: Draws) -> Iterator[Rows]:
    """Items of the form of deaths, one row for each of its rows.

    A death by the disease follows a progression on the scans, or else a clinical one: after the last scan and before
    the death, and not before the last week of treatment.
    """
    rows = story.core["dd"]
    subject, m = rows.subject, len(rows)
    by_disease = is_word(rows.items["DTHCAUS"], DISEASE)
    on_scans = by_disease & (story.course.progression[subject] < NEVER)
    clinical = by_disease & ~on_scans
    last = story.course.death[subject] - 1
    scanned = np.where(story.course.assessed & ~story.disease.missed, story.disease.day, 0).max(axis=1)
    treated = np.minimum(story.dosing.last_dose[subject], last) - LONGEST_TREATED
    first = np.maximum.reduce([treated, scanned[subject] + 1, last - LONGEST_DECLINE])
    first = np.minimum(first, last)
    day = draws.whole(first, last, m)
    signs = list(story.dictionary.values("dd", "DTHPRSGN"))
    items = {
        "DTHPROG": choose(m, (on_scans, "RAD"), (clinical, "CLIN")),
        "DTHPRSGN": words_of(draws.whole(0, len(signs) - 1, m), signs).where(clinical),
        "DTHPRDAT": dates(np.where(clinical, day, NO_DAY)),
    }
    yield Rows("dd", subject, rows.event, rows.day, items, rows.eseq, rows.fseq)
