"""What happened to the subjects, which the further forms are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cdisc_conv.simulate.course import Course
from cdisc_conv.simulate.dictionary import Dictionary
from cdisc_conv.simulate.disposition import Deaths
from cdisc_conv.simulate.draws import Ints
from cdisc_conv.simulate.exposure import Dosing
from cdisc_conv.simulate.rows import Rows
from cdisc_conv.simulate.settings import Settings
from cdisc_conv.simulate.subjects import Cohort
from cdisc_conv.simulate.tumours import Disease
from cdisc_conv.simulate.visits import Visits


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
    core: Mapping[str, Rows]
    """The rows of the core forms, before dates are blurred and texts spoilt."""
