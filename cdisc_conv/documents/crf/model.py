"""What an annotated CRF shows, before anything is placed on a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NOT_SUBMITTED = "[NOT SUBMITTED]"
"""What stands beside a field that goes to no dataset."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """Where the values of a field go; ``dataset`` is empty for a field that is not submitted."""

    text: str
    dataset: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One field of a form as it is asked: its label, how it is answered, and where the answer goes."""

    name: str
    label: str
    type: str = "text"
    unit: str = ""
    values: tuple[tuple[str, str], ...] = ()
    """(code, words) of every choice."""
    several: bool = False
    """Whether more than one choice may be ticked."""
    unknown_parts: bool = False
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class CrfForm:
    """A form: the questions on it, what the EDC adds, and the datasets that its values go to."""

    name: str
    label: str
    questions: tuple[Question, ...] = ()
    added: tuple[Question, ...] = ()
    """Columns that the EDC adds (visit, numbers of rows), which nobody fills in."""
    datasets: tuple[tuple[str, str], ...] = ()
    """(name, label) in the order in which they appear on the form."""
    note: str = ""
    """Why there is nothing to fill in, or why the whole form is not submitted."""
    pages: tuple[int, ...] = ()
    """The pages that forms.yaml states."""


@dataclass(frozen=True, slots=True)
class Crf:
    """The annotated CRF of a study."""

    study: str
    title: str
    created: str
    forms: tuple[CrfForm, ...]


@dataclass(frozen=True, slots=True)
class CrfPages:
    """Where the pages are: those of every form, and of every field of it, from 1."""

    forms: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    fields: Mapping[tuple[str, str], int] = field(default_factory=dict)
