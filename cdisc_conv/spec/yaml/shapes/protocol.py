"""protocol.yaml."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from cdisc_conv.spec.yaml.shapes.base import Document, Text


class ElementDocument(Document):
    """An element of the trial: what subjects go through between two rules."""

    name: Text
    starts: Text
    ends: Text = ""
    lasts: Text = ""


class StepDocument(Document):
    """An element on the path of an arm."""

    element: Text
    epoch: Text
    branch: Text = ""
    transition: Text = ""


class ArmDocument(Document):
    """An arm: its elements in their order."""

    name: Text
    path: list[StepDocument] = Field(min_length=1)


class VisitRuleDocument(Document):
    """When planned visits start and end; `event` may hold ``*`` and ``?``."""

    event: Text
    starts: Text
    ends: Text = ""
    arm: Text = ""


class CriterionDocument(Document):
    """A criterion for inclusion or exclusion."""

    text: Text
    category: Text = ""
    rule: Text = ""
    version: Text = ""


class AssessmentDocument(Document):
    """A period in which the disease is assessed at a constant interval (durations of ISO 8601)."""

    anchor: Text
    offset: Text
    every: Text
    at_least: Text
    at_most: Text
    times: int = Field(ge=1)


class ParameterDocument(Document):
    """A value of a parameter of the trial summary."""

    value: Text = ""
    null_flavor: Text = ""
    code: Text = ""
    reference: Text = ""
    version: Text = ""
    group: Text = ""


class ProtocolDocument(Document):
    """protocol.yaml: what the protocol says of the trial."""

    version: Text = ""
    elements: dict[Text, ElementDocument] = {}
    arms: dict[Text, ArmDocument] = {}
    visits: list[VisitRuleDocument] = []
    inclusion: dict[Text, Text | CriterionDocument] = {}
    exclusion: dict[Text, Text | CriterionDocument] = {}
    assessments: list[AssessmentDocument] = []
    summary: dict[Text, Any] = {}
