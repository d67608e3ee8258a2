"""What the subjects have beside the cancer: drawn once, so that history, medication and examinations agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cdisc_conv.simulate.course.subjects import Cohort
from cdisc_conv.simulate.settings.model import Settings
from cdisc_conv.simulate.tables.draws import Bools, Draws, Ints
from cdisc_conv.simulate.tables.words import NO_DAY


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions of the medical history: a row each; a column per subject. Days count from 1970."""

    terms: tuple[str, ...]
    present: Bools
    start: Ints
    end: Ints
    """`NO_DAY` of a condition that goes on."""
    menopausal: Bools
    """Of each subject, whatever the sex: too old to bear children."""
    sterilized: Bools

    def has(self, term: str) -> Bools:
        """The subjects in whom a condition goes on at consent; nobody has one that the settings do not name."""
        if term not in self.terms:
            return np.zeros(self.present.shape[1], dtype=bool)
        place = self.terms.index(term)
        ongoing: Bools = self.present[place] & (self.end[place] == NO_DAY)
        return ongoing

    def can_bear_children(self, cohort: Cohort) -> Bools:
        """The women who can; all women where the study does not ask."""
        able: Bools = cohort.female & ~self.menopausal & ~self.sterilized
        return able

    def since(self, term: str) -> Ints:
        """The day on which a condition began, for every subject."""
        began: Ints = self.start[self.terms.index(term)]
        return began


def draw_conditions(settings: Settings, cohort: Cohort, draws: Draws) -> Conditions:
    """The conditions of the settings; none where the study has no medical history."""
    about = settings.history.medical.conditions if settings.history and settings.history.medical else ()
    n, consent = len(cohort), cohort.roster.consent
    shape = (len(about), n)
    present, start, end = np.zeros(shape, bool), np.zeros(shape, np.int64), np.full(shape, NO_DAY)
    for row, condition in enumerate(about):
        present[row] = draws.chance(condition.share, n)
        start[row] = consent - draws.whole(*condition.days_before_consent, n)
        over = draws.chance(condition.over, n)
        length = np.floor((consent - start[row]) * draws.fraction(0.1, 0.9, n)).astype(np.int64)
        end[row] = np.where(over, start[row] + length, NO_DAY)
    menopausal, sterilized = np.zeros(n, bool), np.zeros(n, bool)
    if settings.reproduction:
        menopausal = cohort.age > draws.whole(*settings.reproduction.menopause_years, n)
        sterilized = ~menopausal & draws.chance(settings.reproduction.sterilized, n)
    terms = tuple(condition.term for condition in about)
    return Conditions(terms, present, start, end, menopausal, sterilized)
