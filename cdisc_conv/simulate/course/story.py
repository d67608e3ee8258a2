"""What happened to the subjects, which the further forms are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from cdisc_conv.simulate.course.conditions import Conditions
from cdisc_conv.simulate.course.exposure import Dosing
from cdisc_conv.simulate.course.subjects import Cohort
from cdisc_conv.simulate.course.time import Course
from cdisc_conv.simulate.course.tumours import Disease
from cdisc_conv.simulate.forms.disposition import Deaths
from cdisc_conv.simulate.forms.visits import Visits
from cdisc_conv.simulate.settings.dictionary import Dictionary
from cdisc_conv.simulate.settings.model import Settings
from cdisc_conv.simulate.tables.draws import Bools, Ints
from cdisc_conv.simulate.tables.rows import Rows
from cdisc_conv.simulate.tables.words import Words, is_word, read_days


@dataclass(frozen=True, slots=True)
class Story:
    """The subjects of a block from consent to the end. A further form reads it and changes nothing of it."""

    settings: Settings
    dictionary: Dictionary
    cohort: Cohort
    disease: Disease
    course: Course
    dosing: Dosing
    visits: Visits
    scan_eseq: Ints
    """Event sequence of each subject's unscheduled scan (1 without one)."""
    deaths: Deaths
    conditions: Conditions
    core: Mapping[str, Rows]
    """The rows of the core forms, before dates are blurred and texts spoilt."""


@dataclass(frozen=True, slots=True)
class Events:
    """The adverse events as the further forms need them, one row each. Days count from 1970."""

    subject: Ints
    number: Ints
    """Number in the subject's log (FSEQ)."""
    term: Words
    grade: Ints
    start: Ints
    end: Ints
    """`NO_DAY` of an event that goes on."""
    treated: Bools
    hospital: Bools
    fatal: Bools

    def take(self, chosen: Bools) -> Events:
        """Some of the events."""
        columns = {each.name: getattr(self, each.name) for each in fields(self)}
        kept: dict[str, Any] = {
            name: column.take(chosen) if isinstance(column, Words) else column[chosen]
            for name, column in columns.items()
        }
        return Events(**kept)


def read_events(story: Story) -> Events:
    """The events of the adverse event form."""
    rows = story.core["ae"]
    there = np.flatnonzero(is_word(rows.items["AEYN"], "Y"))
    items = {name: column.take(there) for name, column in rows.items.items()}
    grades = np.array([int(word) for word in items["AETOXGR"].words] + [0])
    return Events(
        subject=rows.subject[there],
        number=rows.form_sequence[there],
        term=items["AECTCTRM"],
        grade=grades[items["AETOXGR"].codes],
        start=read_days(items["AESTDAT"]),
        end=read_days(items["AEENDAT"]),
        treated=is_word(items["AECONTRT"], "Y"),
        hospital=is_word(items["AESHOSP"], "Y"),
        fatal=is_word(items["AEOUT"], "FATAL"),
    )
