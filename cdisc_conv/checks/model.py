"""A conformance rule, and what a check finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from cdisc_conv.checks.analysis import is_analysis_name
from cdisc_conv.problems import Place, Severity

if TYPE_CHECKING:
    from cdisc_conv.checks.tables import Table

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
Reach = Literal["record", "subject", "across", "variables"]
Occasion = Literal["made", "given", "package"]
NO_ROWS = np.zeros(0, dtype="int64")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: when a record, a variable or a dataset is wrong, and what to say.

    ``fails`` is a condition that is true where a record is wrong; or else ``check`` names a function of
    `cdisc_conv.checks.functions` and ``parameters`` are its own. ``datasets`` are names of datasets or general
    observation classes, empty for all of SDTM; or names of analysis datasets or data structures of ADaM. ``where``
    narrows the records. Names in ``optional`` count as blank where a dataset lacks them. Names with ``--`` are filled
    in per dataset. ``message`` may hold ``{NAME}``: records that differ in it are findings of their own.
    """

    id: str
    title: str
    severity: Severity
    message: str
    datasets: tuple[str, ...] = ()
    not_datasets: tuple[str, ...] = ()
    where: str = ""
    fails: str = ""
    check: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    optional: tuple[str, ...] = ()
    variable: str = ""
    show: tuple[str, ...] = ()
    hint: str = ""
    asked_of: tuple[Occasion, ...] = ("made", "package")
    """Of which datasets it is asked: those that a run ``made``, those that a run was ``given`` and makes others of,
    those of a ``package`` that `check` is held against. A rule about what a package lacks for a reviewer is of the last
    alone; one about dates decides what is made of given datasets.
    """
    advice: str = ""
    """The hint for datasets that no mapping made, where it differs."""
    source: str = ""
    reach: Reach = "record"
    """How far one has to look to answer for a record: at the ``record`` itself, at others of its ``subject`` in any
    dataset, ``across`` subjects, or at none (``variables``: names, labels and types only).
    """
    place: Place = Place()

    @property
    def analysis(self) -> bool:
        """Whether it is a rule for ADaM; all others are for SDTM."""
        return any(map(is_analysis_name, self.datasets))

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names in braces in the message, each once."""
        return tuple(dict.fromkeys(PLACEHOLDER.findall(self.message)))


class Parameters(BaseModel):
    """Base of the parameters of a check function: nothing beyond what it declares."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


@dataclass(frozen=True)
class Hits:
    """Records of one dataset that break a rule, or the dataset or a variable as a whole when `rows` is empty.

    ``rows`` are positions, ascending. ``groups`` is a code per row: rows of one code become one finding (all of them
    when None). ``words`` fills the message for a finding, given its first row; ``value`` and ``hint`` among them also
    become the finding's value and hint.
    """

    variable: str = ""
    rows: np.ndarray = field(default_factory=lambda: NO_ROWS)
    groups: np.ndarray | None = None
    words: Callable[[int], Mapping[str, str]] = field(default=lambda row: {})
    details: Callable[[int], str] | None = None
    """What to tell of a record beside its keys and what the rule shows."""
    whole: bool = False
    """True when it is about the dataset or variable as a whole, so that there are no rows."""
    count: int = 1
    """How many things a finding about the whole is about, such as subjects of another dataset."""


@dataclass(frozen=True)
class Scope:
    """What a check function is given: the dataset, the records it is about (bool), its parameters, and the rule."""

    table: Table
    mask: np.ndarray
    parameters: Any
    variable: str
    """The variable that the rule reports, "" when the function knows best."""
    optional: frozenset[str] = frozenset()

    @property
    def rows(self) -> np.ndarray:
        """Positions of the records it is about."""
        return np.flatnonzero(self.mask)
