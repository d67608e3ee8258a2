"""All datasets of a study drafted: each form goes where it belongs, and what is left of it is declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from cdisc_conv.draft.columns import Knowledge, list_items
from cdisc_conv.draft.datasets import Page, draft_records, finish_dataset
from cdisc_conv.draft.forms import Placed, place_form
from cdisc_conv.draft.leftovers import declare, set_personal_apart
from cdisc_conv.draft.model import Draft, Fate
from cdisc_conv.draft.profiles import Profile
from cdisc_conv.draft.subjects import add_death, add_reference_dates, draft_subjects
from cdisc_conv.draft.visits import Visit, add_visits, order_visits
from cdisc_conv.problems import Problem
from cdisc_conv.spec.model import Study

LOGS = ("EVENTS", "INTERVENTIONS")
"""Classes whose forms are filled in at any time; their events are no visits."""


@dataclass
class Material:
    """The forms of the exports as a study that maps nothing yet, and what their columns hold."""

    study: Study
    frames: Mapping[str, pd.DataFrame]
    profiles: Mapping[str, Mapping[str, Profile]]
    known: Knowledge
    problems: list[Problem] = field(default_factory=list)


def draft_study(material: Material, subject: str, home: str) -> tuple[Draft, list[Visit]]:
    """The drafts of all datasets, and the visits."""
    draft, known = Draft(), material.known
    pages = _place_forms(material, draft)
    classes = {name: _class_of(page, known) for name, page in pages.items()}
    draft_subjects(pages[home], material.profiles[home], material.frames[home], subject, draft, known)
    for name, page in pages.items():
        if name != home and classes[name] in LOGS:
            draft_records(page, draft, known)
    day_one = add_reference_dates(draft)
    add_death(draft)
    logs = [name for name, page in pages.items() if classes[name] in LOGS and page.placed.domain not in ("EX", "EC")]
    visits = order_visits(material.frames, material.profiles, logs, material.study.settings.get("visits") or ())
    for dataset in draft.datasets.values():
        if dataset.name != "DM":
            add_visits(dataset, material.profiles, visits, known, draft)
        finish_dataset(dataset, known, day_one)
    _declare_keys(material, draft)
    return draft, visits


def _place_forms(material: Material, draft: Draft) -> dict[str, Page]:
    pages: dict[str, Page] = {}
    for name, profiles in material.profiles.items():
        form = material.study.forms[name]
        items = set_personal_apart(list_items(name, profiles), draft)
        placed = place_form(name, form.label, items, material.known)
        pages[name] = Page(name, form.label, len(material.frames[name]), tuple(items), placed)
    if not any(page.placed.domain == "EX" for page in pages.values()):
        pages = {name: _as_exposure(page) for name, page in pages.items()}
    for name, page in pages.items():
        placed = page.placed
        draft.forms.append((name, page.label, page.rows, placed.domain, placed.score, placed.reason))
    return pages


def _as_exposure(page: Page) -> Page:
    """Exposure as collected is all that is known of exposure where no other form has it."""
    if page.placed.domain != "EC":
        return page
    reason = f"{page.placed.reason}; as no other form has exposure, EX is made of it"
    return replace(page, placed=Placed("EX", page.placed.score, reason, ("EC", "EX")))


def _class_of(page: Page, known: Knowledge) -> str:
    return known.standard.dataset(page.placed.domain).class_name if page.placed.domain else ""


_REASONS = {
    "site": "the site of the subject, which is DM.SITEID",
    "event": "the visit in the EDC",
    "event_name": "the name of the visit in the EDC",
    "event_date": "the date of the visit in the EDC; the dates of the form itself are submitted",
    "repeat": "numbers repeats in the EDC",
    "form": "added by the EDC: the form",
    "system": "added by the EDC, and not collected",
}


def _declare_keys(material: Material, draft: Draft) -> None:
    """Columns of the EDC that nothing uses are declared, with the reason."""
    used = {(one.form, one.column) for one in draft.used}
    for form, profiles in material.profiles.items():
        for name, profile in profiles.items():
            if (form, name) in used or profile.role not in _REASONS:
                continue
            if form_explains(material.study, form, name):
                draft.note(profile, Fate.SYSTEM, "", 0.95, material.study.not_submitted[f"{form}.{name}"])
            else:
                declare(draft, profile, Fate.SYSTEM, _REASONS[profile.role], 0.8)


def form_explains(study: Study, form: str, column: str) -> bool:
    """Whether the dictionary explains by itself why a column is not submitted."""
    return f"{form}.{column}" in study.not_submitted
