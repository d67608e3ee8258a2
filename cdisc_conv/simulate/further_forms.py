"""The forms beyond the core ones: each is made from the story by a function of its own, with its own random numbers.

A form is made when the data dictionary has it. It cannot change another one: it reads what happened, and its stream is
named after it. So a study with fewer forms has the same bytes in those that it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from cdisc_conv.simulate.draws import Draws
from cdisc_conv.simulate.rows import Rows
from cdisc_conv.simulate.story import Story
from cdisc_conv.simulate.untidy import Blur, untidy_frame


@dataclass(frozen=True, slots=True)
class FurtherForm:
    """How a form is made, and which of its items are typed or hold dates of which parts may be unknown."""

    make: Callable[[Story, Draws], Rows]
    typed: tuple[str, ...] = ()
    dates: Mapping[str, Blur] = field(default_factory=dict)


FURTHER_FORMS: dict[str, FurtherForm] = {}


def make_further_forms(story: Story, draws: Callable[[str], Draws]) -> Iterator[Rows]:
    """The rows of each further form that the data dictionary has."""
    for name, form in FURTHER_FORMS.items():
        if name in story.dictionary.forms:
            yield form.make(story, draws(f"form {name}"))


def untidy_further_form(name: str, frame: pd.DataFrame, story: Story, draws: Callable[[str], Draws]) -> pd.DataFrame:
    """The table of a further form, untidied."""
    form = FURTHER_FORMS[name]
    return untidy_frame(frame, form.typed, form.dates, story.settings, draws(f"untidy {name}"))
