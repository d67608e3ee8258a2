"""Protocol deviations that follow from the other forms, and the pregnancy prevention of a study with thalidomide."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cdisc_conv.simulate.course.story import Story
from cdisc_conv.simulate.settings.model import ASSESSMENT_WEEKS
from cdisc_conv.simulate.settings.topics import Deviations
from cdisc_conv.simulate.tables.draws import Draws, Ints
from cdisc_conv.simulate.tables.rows import Rows, join_rows, no_days, rank_within
from cdisc_conv.simulate.tables.words import Words, constant, dates, epoch_day, is_word, read_days, words_of, yes_no

DEVIATION_FORMS = ("dv",)
REPRODUCTION_FORMS = ("rp",)
DAYS_PER_WEEK = 7


def make_deviations(story: Story, draws: Draws) -> Iterator[Rows]:
    """Deviations that the data show: assessments not done, evenings forgotten, a new consent form signed late."""
    about = story.settings.deviations
    if about is None:  # the settings were checked against the data dictionary
        raise KeyError("deviations")
    parts = [_find_missed(story), _find_forgotten(story, about), _find_late_consents(story, about)]
    rows = join_rows(parts)
    fseq = rank_within(rows.subject, read_days(rows.items["DVSTDAT"]))
    yield Rows("dv", rows.subject, rows.event, rows.day, rows.items, fseq=fseq)


def _describe(story: Story, subject: Ints, kind: str, weight: str, text: Words, day: Ints) -> Rows:
    m = len(subject)
    items = {
        "DVTERM": text,
        "DVDECOD": constant(kind, m),
        "DVCAT": constant(weight, m),
        "DVSTDAT": dates(day),
    }
    return Rows("dv", subject, np.full(m, story.dictionary.event("LOG")), no_days(m), items)


def _find_missed(story: Story) -> Rows:
    """Tumour assessments that were due; the deviation is of the planned day."""
    subject, visit = np.nonzero(story.course.assessed & story.disease.missed)
    texts = [f"Tumour assessment of week {ASSESSMENT_WEEKS * k} not done" for k in range(story.disease.day.shape[1])]
    day = story.cohort.first_dose[subject] + DAYS_PER_WEEK * ASSESSMENT_WEEKS * visit
    day = np.minimum(day, story.course.seen_until()[subject])
    return _describe(story, subject, "ASSESS", "MAJOR", words_of(visit, texts), day)


def _find_forgotten(story: Story, about: Deviations) -> Rows:
    """Thalidomide that was forgotten for so many evenings at a time."""
    rows = story.core["exth"]
    start, end = (read_days(rows.items[name]) for name in ("EXSTDAT", "EXENDAT"))
    forgotten = is_word(rows.items["EXREASND"], "FORGOT") & (end - start + 1 >= about.forgotten_evenings)
    nights = (end - start + 1)[forgotten]
    texts = [f"Thalidomide forgotten on {count} evenings" for count in range(int(nights.max(initial=0)) + 1)]
    return _describe(story, rows.subject[forgotten], "DOSE", "MINOR", words_of(nights, texts), start[forgotten])


def _find_late_consents(story: Story, about: Deviations) -> Rows:
    """A later version of the consent form that was signed more than so many days after it came into force."""
    rows, versions = story.core["ic"], story.settings.enrolment.consent_versions
    since = {version.version: epoch_day(version.since) for version in versions}
    force = np.array([since[word] for word in rows.items["ICVERS"].words] + [0])[rows.items["ICVERS"].codes]
    day = read_days(rows.items["ICDAT"])
    late = is_word(rows.items["ICTYPE"], "RE") & (day - force > about.late_consent_days)
    names = rows.items["ICVERS"].take(late)
    text = Words(names.codes, tuple(f"Consent form {word} signed late" for word in names.words))
    return _describe(story, rows.subject[late], "CONSENT", "MINOR", text, day[late])


def make_reproduction(story: Story, draws: Draws) -> Iterator[Rows]:
    """At screening: whether a woman can bear children, and the contraception of all who could have some."""
    about = story.settings.reproduction
    if about is None:
        raise KeyError("reproduction")
    cohort, n = story.cohort, len(story.cohort)
    past, sterilized = story.conditions.menopausal, story.conditions.sterilized
    able = story.conditions.can_bear_children(cohort)
    women = words_of(draws.pick(about.methods, n), about.methods).where(able)
    men = words_of(draws.pick(about.methods_of_men, n), about.methods_of_men).where(~cohort.female)
    items = {
        "RPCHILD": yes_no(able, cohort.female),
        "RPWHY": words_of(np.select([past, sterilized], [0, 1], -1), ("MENO", "STERIL")).where(cohort.female),
        "RPMETH": women.fill(men),
        "RPDAT": dates(cohort.roster.consent),
    }
    event = np.full(n, story.dictionary.event("SCR"))
    yield Rows("rp", np.arange(n), event, cohort.roster.consent, items)
