"""Treatment of the cancer before the study (surgery, neoadjuvant and adjuvant therapy), and procedures on study."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cdisc_conv.simulate.course.story import Story
from cdisc_conv.simulate.course.tumours import PRIMARY
from cdisc_conv.simulate.forms.diagnosis import make_medical_history
from cdisc_conv.simulate.settings.model import Settings
from cdisc_conv.simulate.settings.topics import History, Procedure
from cdisc_conv.simulate.tables.draws import Bools, Draws, Ints
from cdisc_conv.simulate.tables.rows import Rows, join_rows, no_days, rank_within
from cdisc_conv.simulate.tables.untidy import Blur
from cdisc_conv.simulate.tables.words import Words, constant, dates, read_days, words_of

HISTORY_FORMS = ("pct", "pr", "mh")
MOST_DRUGS = 3
TREATMENT_CRITERION = "INC06"


def make_history(story: Story, draws: Draws) -> Iterator[Rows]:
    """Prior cancer therapy and procedures. Who still has the primary tumour was not operated on."""
    about = story.settings.history
    if about is None:  # the settings were checked against the data dictionary
        raise KeyError("history")
    n, consent = len(story.cohort), story.cohort.roster.consent
    primary = story.disease.organs.index(PRIMARY) if PRIMARY in story.disease.organs else -9
    resected = ~(story.disease.non_target_organ == primary).any(axis=1) & draws.chance(about.resected, n)
    surgery = consent - draws.whole(*about.surgery_days_before_consent, n)
    recently = _draw_recent_therapy(story, about, draws)
    resected, surgery = resected | (recently > 0), np.where(recently > 0, consent - recently, surgery)
    therapies = join_rows(list(_make_therapies(story, about, resected, surgery, recently > 0, draws)))
    yield therapies
    kind = draws.whole(0, len(about.surgeries) - 1, n)
    parts = [
        _make_procedures(story, "PRIOR", each, resected & (kind == place), surgery, draws)
        for place, each in enumerate(about.surgeries)
    ]
    port = story.cohort.first_dose - draws.whole(*about.port_days_before, n)
    has_port = story.course.treated & draws.chance(about.with_port, n)
    parts.append(_make_procedures(story, "STUDY", about.port, has_port, np.maximum(port, consent), draws))
    rows = join_rows(parts)
    order = np.where(np.isin(rows.items["PRTYPE"].codes, rows.items["PRTYPE"].words.index("PRIOR")), 0, 1)
    yield Rows("pr", rows.subject, rows.event, rows.day, rows.items, fseq=rank_within(rows.subject, order))
    if about.medical is not None:
        first = surgery.copy()
        np.minimum.at(first, therapies.subject, read_days(therapies.items["PCSTDAT"]))
        yield make_medical_history(story, about.medical, resected, first, draws)


def blur_history(settings: Settings) -> dict[str, dict[str, Blur]]:
    """Dates of which parts are unknown: those from before the study."""
    about = settings.history
    if about is None:
        return {}
    blur = Blur(about.day_unknown, about.month_unknown)
    prior = Blur(about.day_unknown, about.month_unknown, lambda frame: (frame["PRTYPE"] == "PRIOR").to_numpy())
    old = Blur(about.day_unknown, about.month_unknown, lambda frame: (frame["MHCAT"] == "GEN").to_numpy())
    return {
        "mh": {"MHSTDAT": old},
        "pct": {"PCSTDAT": blur, "PCENDAT": Blur(about.day_unknown)},
        "pr": {"PRSTDAT": prior},
    }


def _draw_recent_therapy(story: Story, about: History, draws: Draws) -> Ints:
    """Days from the surgery to consent of who fails the criterion about previous treatment; 0 for the others."""
    cohort, criteria = story.cohort, list(story.settings.enrolment.failed_criteria)
    place = criteria.index(TREATMENT_CRITERION) if TREATMENT_CRITERION in criteria else -2
    fails = (cohort.failed == place) | (cohort.failed_also == place)
    longest = about.course_days[1] + about.days_from_surgery[1]
    return np.where(fails, longest + draws.whole(10, about.course_days[0] // 2, len(cohort)), 0)


def _make_therapies(
    story: Story, about: History, resected: Bools, surgery: Ints, recently: Bools, draws: Draws
) -> Iterator[Rows]:
    """Chemotherapy before and after the surgery. It ended long enough before consent, unless `recently` says that it
    is what the subject is refused for (inclusion criterion 6)."""
    n, latest = len(resected), story.cohort.roster.consent - about.fewest_days_without
    for setting, share in (("NEO", about.neoadjuvant), ("ADJ", about.adjuvant)):
        length, gap = draws.whole(*about.course_days, n), draws.whole(*about.days_from_surgery, n)
        start = surgery - gap - length if setting == "NEO" else surgery + gap
        had = resected & draws.chance(share, n) & (start + length <= latest)
        had = (had & ~recently) | (recently & (setting == "ADJ"))
        chosen = draws.whole(0, len(about.regimens) - 1, n)
        (subject,) = np.nonzero(had)
        m = len(subject)
        items: dict[str, Words] = {
            "PCTYPE": constant(setting, m),
            "PCREG": words_of(chosen[subject], [regimen.entry for regimen in about.regimens]),
            "PCSTDAT": dates(start[subject]),
            "PCENDAT": dates((start + length)[subject]),
        }
        for place in range(MOST_DRUGS):
            names = [("", *regimen.drugs[place : place + 1])[-1] for regimen in about.regimens]
            column = words_of(chosen[subject], names)
            items[f"PCDRUG{place + 1}"] = column.where(np.array([bool(name) for name in names])[chosen[subject]])
        event = np.full(m, story.dictionary.event("LOG"))
        fseq = np.full(m, 1 if setting == "NEO" else 2)
        yield Rows("pct", subject, event, no_days(m), items, fseq=fseq)


def _make_procedures(story: Story, kind: str, about: Procedure, had: Bools, day: Ints, draws: Draws) -> Rows:
    (subject,) = np.nonzero(had)
    m = len(subject)
    items = {
        "PRTYPE": constant(kind, m),
        "PRTRT": words_of(draws.whole(0, len(about.verbatim) - 1, m), about.verbatim),
        "PRDECOD": constant(about.decode, m),
        "PRINDC": constant(about.indication, m),
        "PRLOC": constant(about.location, m),
        "PRSTDAT": dates(day[subject]),
    }
    return Rows("pr", subject, np.full(m, story.dictionary.event("LOG")), no_days(m), items)
