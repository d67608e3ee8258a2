"""All datasets of a study drafted: each form goes where it belongs, and what is left of it is declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from cdisc_conv.draft.datasets.assessments import identify_lesions, link_assessments
from cdisc_conv.draft.datasets.comments import draft_comments
from cdisc_conv.draft.datasets.eligibility import draft_eligibility
from cdisc_conv.draft.datasets.exposure import draft_exposure
from cdisc_conv.draft.datasets.findings import add_measurements, draft_findings, draft_own
from cdisc_conv.draft.datasets.leftovers import declare, set_personal_apart
from cdisc_conv.draft.datasets.lesions import draft_lesions
from cdisc_conv.draft.datasets.long_findings import find_parts
from cdisc_conv.draft.datasets.other_forms import add_other_forms
from cdisc_conv.draft.datasets.records import Page, add_emergence, draft_records, finish_dataset, has_topic
from cdisc_conv.draft.datasets.repeats import split_repeats
from cdisc_conv.draft.datasets.subjects import (
    add_death,
    add_end_of_participation,
    add_home_qualifiers,
    add_reference_dates,
    complete_age,
    draft_subjects,
    is_country,
)
from cdisc_conv.draft.datasets.timing import add_elements, add_subject_visits, find_visit_date
from cdisc_conv.draft.datasets.visits import Visit, add_visits, find_event_column, find_event_repeat, order_visits
from cdisc_conv.draft.matching.columns import Item, Knowledge, list_items
from cdisc_conv.draft.matching.forms import Placed, place_form
from cdisc_conv.draft.matching.lesion_parts import find_lesion_parts
from cdisc_conv.draft.matching.tests_of import MEASURED
from cdisc_conv.draft.model import Draft, Fate, Line
from cdisc_conv.draft.reading.families import fold_families
from cdisc_conv.draft.reading.profiles import Profile
from cdisc_conv.problems import Problem
from cdisc_conv.spec.model import Study

_OWN = tuple(f"{first}{letter}" for first in "XYZ" for letter in "ABCDEFGHIJKLMNOPQRSTUVW")
"""Names for domains of the study's own: codes that begin with X, Y or Z are left to sponsors."""
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
    for name in [name for name in pages if subject not in material.profiles[name]]:
        _leave_out(material, name, draft)
        del pages[name]
    classes = {name: _class_of(page, known) for name, page in pages.items()}
    draft_subjects(pages[home], material.profiles[home], material.frames[home], subject, draft, known)
    _draft_forms(pages, home, material, draft)
    draft.datasets = {name: one for name, one in draft.datasets.items() if one.blocks}
    add_other_forms(pages, home, material.frames, subject, draft, known)
    day_one = add_reference_dates(draft)
    add_death(draft)
    logs = [name for name, page in pages.items() if classes[name] in LOGS and page.placed.domain not in ("EX", "EC")]
    frames = {name: frame for name, frame in material.frames.items() if name in pages}
    visits = order_visits(frames, material.profiles, logs, subject, material.study.settings.get("visits") or ())
    dated = {name: frame for name, frame in frames.items() if name not in logs}
    own = [name for name, page in pages.items() if _is_of_visits(page, material)]
    add_subject_visits(draft, dated, material.profiles, visits, subject, own)
    add_end_of_participation(draft)
    complete_age(draft)
    if day_one and "AE" in draft.datasets:
        add_emergence(draft.datasets["AE"])
    epochs = add_elements(draft)
    for dataset in draft.datasets.values():
        if dataset.name not in ("DM", "SE"):
            add_visits(dataset, material.profiles, visits, known, draft)
    link_assessments(draft, material.profiles)
    identify_lesions(draft, known)
    for dataset in draft.datasets.values():
        finish_dataset(dataset, known, day_one, epochs)
    _declare_keys(material, draft)
    _name_columns(draft, material)
    return draft, visits


def _is_of_visits(page: Page, material: Material) -> bool:
    """Whether a form is of visits, and has what tells them apart and their dates."""
    profiles = material.profiles[page.form]
    return page.placed.domain == "SV" and bool(find_event_column(profiles) and find_visit_date(profiles))


def _leave_out(material: Material, form: str, draft: Draft) -> None:
    """A form without subjects is no data of subjects."""
    reason = "no column names a subject: data of the study, or a list"
    draft.not_submitted[form] = Line(form, {}, 0.6, reason, to_do=True)
    for profile in material.profiles[form].values():
        draft.note(profile, Fate.SYSTEM, "", 0.6, reason)


def draft_form(material: Material, form: str, study: Study) -> Draft:
    """The draft of one form for a study that is there, whose visits and datasets are as they are."""
    draft = Draft()
    pages = {form: _place_form(material, form, draft)}
    if not any(name in study.datasets for name in ("EX",)):
        pages = {name: _as_exposure(page) for name, page in pages.items()}
    page = pages[form]
    draft.forms.append((form, page.label, page.rows, page.placed.domain, page.placed.score, page.placed.reason))
    _draft_forms(pages, "", material, draft)
    numbered = any(visit.get("visitnum") is not None for visit in study.settings.get("visits") or ())
    visits = [Visit("", "", 1, "")] if numbered else []
    for dataset in draft.datasets.values():
        add_visits(dataset, material.profiles, visits, material.known, draft)
    if "TU" not in study.datasets:
        identify_lesions(draft, material.known)
    for dataset in draft.datasets.values():
        if dataset.name in study.datasets and dataset.lines:
            for block in dataset.blocks:
                block.lines += dataset.lines
            dataset.lines = []
    _declare_keys(material, draft)
    _name_columns(draft, material)
    return draft


def _name_columns(draft: Draft, material: Material) -> None:
    """Columns that are called like a variable of a dataset (AE.AETERM) are named with ``raw.`` before them."""
    datasets = {*draft.datasets, *material.study.datasets}
    columns = {name for profiles in material.profiles.values() for name in profiles}
    alike = {name for name in columns if name.partition(".")[0] in datasets and "." in name}
    if not alike:
        return

    def say(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: say(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [say(inner) for inner in value]
        return f"raw.{value}" if isinstance(value, str) and value in alike else value

    for dataset in draft.datasets.values():
        for lines in (dataset.lines, *(part for block in dataset.blocks for part in (block.lines, block.supplemental))):
            lines[:] = [replace(line, entry=say(line.entry)) for line in lines]


def _draft_forms(pages: Mapping[str, Page], home: str, material: Material, draft: Draft) -> None:
    """Every form but demographics: its domain by its class, vital signs wherever they are, and the rest as its own."""
    known = material.known
    topicless = _list_topicless(pages, known)
    letters = (name for name in _OWN if name not in material.study.datasets)
    last = sorted(pages, key=lambda name: pages[name].placed.domain == "CO")  # comments are about records of others
    for name, page in ((name, pages[name]) for name in last):
        frame, domain = material.frames[name], page.placed.domain
        kind = _class_of(page, known)
        if kind in LOGS and domain != "DM" and name not in topicless:
            repeats = _list_repeats(page, known)
            for items in repeats:
                numbered = page.repeats if len(repeats) == 1 else ()
                own = replace(page, items=tuple(items), repeats=numbered)
                (draft_exposure if domain == "EX" else draft_records)(own, draft, known)
            for column in (
                page.repeats
                if len(repeats) == 1 and f"{domain}SPID" in draft.datasets[domain].blocks[-1].names()
                else ()
            ):
                draft.note(
                    material.profiles[name][column], Fate.KEY, f"{domain}.{domain}SPID", 0.7, "it tells repeats apart"
                )
            continue
        if domain in MEASURED:
            draft_findings(page, frame, draft, known)
            continue
        if _is_of_visits(page, material):
            date = find_visit_date(material.profiles[name])
            others = tuple(item for item in page.items if item.column != date)
            if others:
                draft_own(replace(page, items=others), frame, next(letters), draft, known)
            continue
        left = add_measurements(page, frame, draft, known)
        if domain == "IE" and draft_eligibility(replace(page, items=tuple(left)), draft, known):
            continue
        parts = find_lesion_parts(left) if domain in ("TR", "TU") else {}
        if parts and not find_parts(page):
            group = _list_assessment(material, name)
            draft_lesions(replace(page, items=tuple(left)), parts, frame, group, draft, known)
            continue
        if domain == "CO" and draft_comments(replace(page, items=tuple(left)), draft, known):
            continue
        if kind == "FINDINGS":
            draft_findings(replace(page, items=tuple(left)), frame, draft, known)
            continue
        used = {one.column for one in draft.used if one.form == name and (name, one.column) not in draft.partly}
        left = [item for item in left if item.column not in used]
        if name == home and domain == "DM":
            add_home_qualifiers(page, left, draft, known)
        elif left:
            draft_own(replace(page, items=tuple(left)), frame, next(letters), draft, known)
            for column in page.repeats:
                profile = material.profiles[name][column]
                draft.note(profile, Fate.KEY, "--SPID", 0.7, "it tells repeats apart")


def _list_assessment(material: Material, form: str) -> list[str]:
    """The columns of a form that tell subjects and their assessments apart."""
    profiles = material.profiles[form]
    event, repeat = find_event_column(profiles), find_event_repeat(profiles)
    subject = [name for name, one in profiles.items() if one.role == "subject"]
    dates = [name for name, one in profiles.items() if one.role == "item" and one.kind in ("date", "datetime")]
    return [*subject[:1], *(name for name in (event, repeat) if name)] if event else [*subject[:1], *dates[:1]]


def _list_repeats(page: Page, known: Knowledge) -> list[list[Item]]:
    """The items of each of the records that a row of a form holds; each of them has to have a topic."""
    repeats = split_repeats(page.items)
    whole = all(has_topic(replace(page, items=tuple(items)), known) for items in repeats)
    return repeats if whole else [list(page.items)]


def _list_topicless(pages: Mapping[str, Page], known: Knowledge) -> set[str]:
    """Forms of events and interventions without a topic, where another form of the domain has one."""
    topics = {name: has_topic(page, known) for name, page in pages.items() if _class_of(page, known) in LOGS}
    rich = {pages[name].placed.domain for name, has in topics.items() if has}
    return {name for name, has in topics.items() if not has and pages[name].placed.domain in rich}


def _place_forms(material: Material, draft: Draft) -> dict[str, Page]:
    pages: dict[str, Page] = {}
    for name in material.profiles:
        pages[name] = _place_form(material, name, draft)
    if not any(page.placed.domain == "EX" for page in pages.values()):
        pages = {name: _as_exposure(page) for name, page in pages.items()}
    for name, page in pages.items():
        placed = page.placed
        draft.forms.append((name, page.label, page.rows, placed.domain, placed.score, placed.reason))
    return pages


def _place_form(material: Material, name: str, draft: Draft) -> Page:
    """A form with its questions, personal data set apart, and its domain."""
    form = material.study.forms[name]
    items = fold_families(
        set_personal_apart(list_items(name, material.profiles[name]), draft), draft, material.profiles[name]
    )
    placed = place_form(name, form.label, items, material.known)
    repeats = tuple(
        column
        for column, profile in material.profiles[name].items()
        if profile.role == "repeat" and profile.distinct > 1 and profile.filled == profile.rows
    )
    dates = [
        one
        for one in material.profiles[name].values()
        if one.role == "event_date" and one.filled and one.kind in ("date", "datetime")
    ]
    return Page(name, form.label, len(material.frames[name]), tuple(items), placed, repeats, next(iter(dates), None))


def _as_exposure(page: Page) -> Page:
    """Exposure as collected is all that is known of exposure where no other form has it."""
    if page.placed.domain != "EC":
        return page
    reason = f"{page.placed.reason}; as no other form has exposure, EX is made of it"
    return replace(page, placed=Placed("EX", page.placed.score, reason, ("EC", "EX")))


def _class_of(page: Page, known: Knowledge) -> str:
    return known.dataset(page.placed.domain).class_name if page.placed.domain else ""


_REASONS = {
    "site": "the site of the subject, which is DM.SITEID",
    "country": "the country of the site, which is DM.COUNTRY",
    "event": "the visit in the EDC",
    "event_name": "the name of the visit in the EDC",
    "event_date": "the date of the visit in the EDC; the dates of the form itself are submitted",
    "repeat": "numbers repeats in the EDC",
    "form": "added by the EDC: the form",
    "system": "added by the EDC, and not collected",
    "derived": "added by the EDC: made of what was collected",
}


def _declare_keys(material: Material, draft: Draft) -> None:
    """Columns of the EDC that nothing uses are declared, with the reason."""
    used = {(one.form, one.column) for one in draft.used}
    for form, profiles in material.profiles.items():
        for name, profile in profiles.items():
            if (form, name) in used:
                continue
            if profile.role == "subject":
                draft.note(profile, Fate.KEY, "USUBJID", 0.98, "the subject")
            elif profile.role not in _REASONS and not form_explains(material.study, form, name):
                draft.note(profile, Fate.EMPTY, "", 1.0, "nobody filled it in")
            elif form_explains(material.study, form, name):
                draft.note(profile, Fate.SYSTEM, "", 0.95, material.study.not_submitted[f"{form}.{name}"])
            else:
                reason = _REASONS["country" if profile.role == "site" and is_country(name) else profile.role]
                declare(draft, profile, Fate.SYSTEM, reason, 0.8)


def form_explains(study: Study, form: str, column: str) -> bool:
    """Whether the dictionary explains by itself why a column is not submitted."""
    return f"{form}.{column}" in study.not_submitted
