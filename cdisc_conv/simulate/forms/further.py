"""The forms beyond the core ones, by topic: each topic is made from the story, with random numbers of its own.

A topic is made when the data dictionary has one of its forms. It cannot change another one: it reads what happened, and
its stream is named after it. So a study with fewer forms has the same bytes in those that it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from cdisc_conv.simulate.course.laboratory import LABORATORY_FORMS, make_laboratory
from cdisc_conv.simulate.course.story import Story
from cdisc_conv.simulate.forms.conduct import DEVIATION_FORMS, REPRODUCTION_FORMS, make_deviations, make_reproduction
from cdisc_conv.simulate.forms.diagnosis import BIOMARKER_FORMS, make_biomarkers
from cdisc_conv.simulate.forms.event_details import DETAIL_FORMS, make_event_details
from cdisc_conv.simulate.forms.history import HISTORY_FORMS, blur_history, make_history
from cdisc_conv.simulate.forms.medication import MEDICATION_FORMS, blur_medication, make_medication
from cdisc_conv.simulate.forms.physical import PHYSICAL_FORMS, make_physical
from cdisc_conv.simulate.forms.progression import PROGRESSION_ITEMS, make_progression
from cdisc_conv.simulate.forms.questionnaire import QUESTIONNAIRE_FORMS, make_questionnaire
from cdisc_conv.simulate.forms.review import REVIEW_FORMS, make_review
from cdisc_conv.simulate.forms.vital_signs import VITAL_FORMS, VITAL_ITEMS, make_vital_signs_and_tracings
from cdisc_conv.simulate.settings.dictionary import Dictionary
from cdisc_conv.simulate.settings.model import Settings
from cdisc_conv.simulate.tables.draws import Draws
from cdisc_conv.simulate.tables.rows import Rows
from cdisc_conv.simulate.tables.untidy import Blur, untidy_frame


@dataclass(frozen=True, slots=True)
class Topic:
    """Forms that are made together, and what of them is untidy."""

    forms: tuple[str, ...]
    make: Callable[[Story, Draws], Iterable[Rows]]
    """Rows of its forms; of a core form, items that are added to the rows of that form."""
    sections: tuple[str, ...] = ()
    """The sections of the settings that it needs."""
    typed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Items of a form that are typed, not chosen."""
    dates: Callable[[Settings], Mapping[str, Mapping[str, Blur]]] = lambda settings: {}
    """Dates of a form of which parts may be unknown, as the settings have it."""
    items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Items that it adds to a core form, where the data dictionary has them."""

    def find_forms(self, dictionary: Dictionary) -> list[str]:
        """The forms of the data dictionary that it makes, or adds its items to."""
        mine = [form for form in self.forms if form in dictionary.forms]
        return mine + [form for form, items in self.items.items() if set(items) <= dictionary.item_names(form)]


TOPICS: dict[str, Topic] = {
    "laboratory": Topic(LABORATORY_FORMS, make_laboratory, ("laboratory",)),
    "review": Topic(REVIEW_FORMS, make_review, ("review",), typed={"rtl": ("TLLOCSP",), "rntl": ("NTLLOCSP",)}),
    "medication": Topic(
        MEDICATION_FORMS,
        make_medication,
        ("medication",),
        typed={"cm": ("CMTRT",)},
        dates=blur_medication,
    ),
    "history": Topic(
        HISTORY_FORMS,
        make_history,
        ("history",),
        typed={"pct": ("PCREG",), "pr": ("PRTRT",), "mh": ("MHTERM",)},
        dates=blur_history,
    ),
    "details": Topic(DETAIL_FORMS, make_event_details, ("details",), typed={"co": ("COVAL",)}),
    "deviations": Topic(DEVIATION_FORMS, make_deviations, ("deviations",), typed={"dv": ("DVTERM",)}),
    "reproduction": Topic(REPRODUCTION_FORMS, make_reproduction, ("reproduction",)),
    "biomarkers": Topic(BIOMARKER_FORMS, make_biomarkers, ("biomarkers",)),
    "vital signs": Topic(
        VITAL_FORMS, make_vital_signs_and_tracings, ("vital_signs", "electrocardiograms"), items=VITAL_ITEMS
    ),
    "physical": Topic(PHYSICAL_FORMS, make_physical, ("physical",), typed={"pe": ("PEDESC",)}),
    "progression": Topic((), make_progression, items=PROGRESSION_ITEMS),
    "questionnaire": Topic(QUESTIONNAIRE_FORMS, make_questionnaire, ("questionnaire",)),
}


def find_topics(dictionary: Dictionary) -> Iterator[tuple[str, Topic]]:
    """The topics of which the data dictionary has a form, or the items of a form."""
    for name, topic in TOPICS.items():
        if topic.find_forms(dictionary):
            yield name, topic


def find_unset(dictionary: Dictionary, settings: Settings) -> Iterator[tuple[str, str]]:
    """Forms of the data dictionary whose section of the settings is missing, and its name."""
    for _, topic in find_topics(dictionary):
        for section in topic.sections:
            if getattr(settings, section) is None:
                yield topic.find_forms(dictionary)[0], section


def make_further_forms(story: Story, draws: Callable[[str], Draws]) -> Iterator[Rows]:
    """The rows of each further form that the data dictionary has."""
    for name, topic in find_topics(story.dictionary):
        for rows in topic.make(story, draws(f"topic {name}")):
            if rows.form in topic.find_forms(story.dictionary):
                yield rows


def add_items(rows: Rows, further: Iterable[Rows]) -> Rows:
    """The rows of a core form with the items that topics add to them."""
    added = [each.items for each in further if each.form == rows.form]
    return replace(rows, items={name: words for items in (rows.items, *added) for name, words in items.items()})


def untidy_further_form(form: str, frame: pd.DataFrame, story: Story, draws: Callable[[str], Draws]) -> pd.DataFrame:
    """The table of a further form, untidied."""
    topic = next(topic for topic in TOPICS.values() if form in topic.forms)
    typed, dates = topic.typed.get(form, ()), topic.dates(story.settings).get(form, {})
    return untidy_frame(frame, typed, dates, story.settings, draws(f"untidy {form}"))
