"""The sections of `simulation.yaml` for examinations: vital signs, electrocardiograms, physical examinations."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cdisc_conv.simulate.settings.kinds import (
    Count,
    Days,
    Number,
    Positive,
    Probability,
    Range,
    Section,
    Spread,
    Weights,
    Words,
)


class Sign(Section):
    """A vital sign: what subjects usually have, and what moves it."""

    item: str
    decimals: Count = 0
    usual: Spread
    """One value per subject; with `follows`, what is added to the other sign."""
    noise: Annotated[Number, Field(ge=0)]
    follows: str = ""
    times: Number = 1.0
    """What of the sign that it follows is taken."""
    treatment: Number = 0.0
    """What a full course of treatment does to it."""
    conditions: dict[str, Number] = Field(default_factory=dict)
    """What a condition of the medical history does to it."""
    events: dict[str, Number] = Field(default_factory=dict)
    """What an adverse event does to it while it lasts."""
    limits: Range
    """Values beyond these would be an adverse event of their own."""
    grades: dict[str, tuple[Range, ...]] = Field(default_factory=dict)
    """Adverse events that the sign itself shows: its values by their grade."""


class VitalSigns(Section):
    """Blood pressure, pulse and temperature at the visits."""

    positions: Weights
    signs: Annotated[tuple[Sign, ...], Field(min_length=1)]


class Electrocardiograms(Section):
    """Twelve leads: intervals, rhythm and other findings, and how the investigator judges them."""

    visits: Words
    """Beginnings of the IDs of events at which they are done."""
    every_maintenance_cycles: Annotated[int, Field(ge=1)]
    not_done: Probability
    minutes: Days
    rate_differs: Count
    """Beats per minute between the pulse and the tracing."""
    pr_ms: Spread
    qrs_ms: Spread
    qtcf_ms: Spread
    qtcf_longer_in_women_ms: Number
    qtcf_longer_on_treatment_ms: Number
    noise_ms: Positive
    longest_qtcf_ms: Positive
    others: Weights
    """Other findings that subjects have from the start; codes of the form, `NONE` for none."""
    of_events: dict[str, str]
    """Adverse event to the finding that is seen from then on, and clinically significant."""


class BodySystem(Section):
    """A body system of the physical examination."""

    code: str
    usually_abnormal: Probability = 0.0
    """Subjects in whom it is abnormal from the start."""
    usual_findings: tuple[str, ...] = ()
    events: dict[str, Words] = Field(default_factory=dict)
    """Adverse events that are seen or felt on examination while they last, and how they are described."""


class Examination(Section):
    """Physical examinations by body system."""

    visits: Words
    every_maintenance_cycles: Annotated[int, Field(ge=1)]
    not_done: Probability
    not_examined: Probability
    """Single body systems that were left out."""
    systems: Annotated[tuple[BodySystem, ...], Field(min_length=1)]
