"""Who takes part: sites, consent, demographics, and whether screening is passed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cdisc_conv.simulate.settings.dictionary import Dictionary
from cdisc_conv.simulate.settings.model import Settings
from cdisc_conv.simulate.tables.draws import DAYS_PER_MONTH, NEVER, Bools, Draws, Floats, Ints
from cdisc_conv.simulate.tables.rows import Rows, rank_within
from cdisc_conv.simulate.tables.words import NO_DAY, Words, dates, epoch_day, numbers, words_of

SATURDAY, SUNDAY = 2, 3
"""Rest of a day since 1970 divided by 7 (1970-01-01 was a Thursday)."""


@dataclass(frozen=True, slots=True)
class Roster:
    """All consented subjects of the study in the order of their numbers."""

    site: Ints
    consent: Ints
    subjid: Words
    registered: Ints
    """Each subject's place in the order of consent in the whole study, from 1."""

    def block(self, first: int, last: int) -> Roster:
        """The subjects at positions first to last - 1."""
        part = slice(first, last)
        subjid = Words(np.arange(last - first), self.subjid.words[part])
        return Roster(self.site[part], self.consent[part], subjid, self.registered[part])


@dataclass(frozen=True, slots=True)
class Cohort:
    """The subjects of a block. Days count from 1970-01-01; `first_dose` is `NEVER` for those not treated."""

    roster: Roster
    female: Bools
    age: Ints
    birth: Ints
    race: Words
    ethnic: Words
    group: Words
    height: Floats
    weight: Floats
    weight_change: Floats
    ecog: Ints
    failed: Ints
    """Position of the failed criterion, -1 for none; a second one beside it."""
    failed_also: Ints
    scan_day: Ints
    decision_day: Ints
    first_dose: Ints

    def __len__(self) -> int:
        return len(self.female)

    @property
    def enrolled(self) -> Bools:
        """Passed screening."""
        return self.failed < 0

    @property
    def treated(self) -> Bools:
        """Had at least one dose."""
        return self.first_dose < NEVER

    def weigh(self, days: Ints, noise: Floats) -> Floats:
        """Body weight in kg at some days, to 0.1 kg."""
        months = (days - self.decision_day.reshape(-1, *[1] * (days.ndim - 1))) / DAYS_PER_MONTH
        change = 1 + self.weight_change.reshape(-1, *[1] * (days.ndim - 1)) * np.clip(months, 0, 12)
        return np.rint((self.weight.reshape(-1, *[1] * (days.ndim - 1)) * change + noise) * 10) / 10


def plan_roster(settings: Settings, subjects: int, seed: int) -> Roster:
    """Sites and days of consent for the whole study; numbers run within a site in the order of consent."""
    draws = Draws(seed, "roster")
    first, last = (epoch_day(moment) for moment in settings.enrolment.window)
    consent = draws.whole(first, last, subjects)
    weekday = consent % 7  # nobody consents at a weekend: the Friday before
    consent = np.maximum(consent - np.select([weekday == SATURDAY, weekday == SUNDAY], [1, 2], default=0), first)
    site = draws.pick([site.weight for site in settings.sites], subjects)
    order = np.lexsort((consent, site))
    site, consent = site[order], consent[order]
    rank = rank_within(site, consent)
    width = max(3, len(str(rank.max(initial=1))))
    site_numbers = np.array([place.number for place in settings.sites])[site]
    ids = np.char.add(np.char.add(site_numbers, "-"), np.char.zfill(rank.astype(str), width))
    registered = rank_within(np.zeros(subjects, dtype=np.int64), consent)
    return Roster(site, consent, Words(np.arange(subjects), tuple(ids.tolist())), registered)


def draw_cohort(settings: Settings, roster: Roster, draws: Draws) -> Cohort:
    """Demographics and screening of the subjects."""
    about, enrolment = settings.demographics, settings.enrolment
    n = len(roster.site)
    criteria = list(enrolment.failed_criteria)
    fails = draws.chance(enrolment.screen_failure, n)
    failed = np.where(fails, draws.pick(enrolment.failed_criteria, n), -1)
    other = draws.pick(enrolment.failed_criteria, n)
    failed_also = np.where(fails & draws.chance(enrolment.second_failed_criterion, n) & (other != failed), other, -1)

    def fails_on(criterion: str) -> Bools:
        position = criteria.index(criterion) if criterion in criteria else -2
        result: Bools = (failed == position) | (failed_also == position)
        return result

    too_old = draws.whole(*about.too_old_years, n)
    age = np.where(fails_on("INC01"), too_old, np.floor(draws.spread(about.age_years.quantiles, n)).astype(np.int64))
    birth = _draw_birth(roster.consent, age, draws)
    female = draws.chance(about.female, n)
    height = np.where(
        female, draws.spread(about.height_cm.female.quantiles, n), draws.spread(about.height_cm.male.quantiles, n)
    )
    height = np.rint(height)
    weight = draws.spread(about.body_mass_index.quantiles, n) * (height / 100) ** 2
    decision = roster.consent + draws.whole(*enrolment.decision_days, n)
    first_dose = decision + draws.whole(*enrolment.first_dose_days, n)
    weekday = first_dose % 7  # nor is treatment begun: the Monday after
    first_dose += np.select([weekday == SATURDAY, weekday == SUNDAY], [2, 1], default=0)
    untreated = fails | draws.chance(enrolment.never_treated, n)
    return Cohort(
        roster=roster,
        female=female,
        age=age,
        birth=birth,
        race=words_of(draws.pick(about.race, n), about.race),
        ethnic=words_of(draws.pick(about.ethnic, n), about.ethnic),
        group=words_of(draws.pick(about.group, n), about.group),
        height=height,
        weight=np.rint(weight * 10) / 10,
        weight_change=draws.fraction(*about.weight_change_per_month, n),
        ecog=np.where(fails_on("INC02"), 2, draws.chance(about.ecog_1, n).astype(np.int64)),
        failed=failed,
        failed_also=failed_also,
        scan_day=roster.consent + draws.whole(*enrolment.scan_days, n),
        decision_day=decision,
        first_dose=np.where(untreated, NEVER, first_dose),
    )


def _draw_birth(consent: Ints, age: Ints, draws: Draws) -> Ints:
    """A day of birth that makes the subject exactly `age` years old at consent.

    The birthday is put on the day of consent (at the latest the 28th, for February's sake), then moved up to 360 days
    into the past.
    """
    day = consent.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    day_of_month = np.minimum((day - month.astype("datetime64[D]")).astype(np.int64), 27)
    birthday = (month - 12 * age).astype("datetime64[D]").astype(np.int64) + day_of_month
    birth: Ints = birthday - draws.whole(0, 360, len(consent))
    return birth


def make_demographics(cohort: Cohort, dictionary: Dictionary) -> Rows:
    """The demographics form: everybody who consented."""
    n = len(cohort)
    everyone = np.arange(n)
    items = {
        "BRTHDAT": dates(cohort.birth),
        "AGE": numbers(cohort.age),
        "SEX": words_of(cohort.female.astype(np.int64), ("M", "F")),
        "RACE": cohort.race,
        "ETHNIC": cohort.ethnic,
        "CNGROUP": cohort.group,
    }
    event = np.full(n, dictionary.event("SCR"))
    return Rows("dm", everyone, event, cohort.roster.consent, items)


def blank_never(days: Ints) -> Ints:
    """`NEVER` as a date that was not recorded."""
    return np.where(days >= NEVER, NO_DAY, days)
