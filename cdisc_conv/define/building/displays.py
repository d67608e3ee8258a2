"""Analysis results metadata: which tables and figures there are, and from which records each result is made.

Source: Analysis Results Metadata Specification 1.0 for Define-XML (CDISC).
"""

from __future__ import annotations

from dataclasses import dataclass

from cdisc_conv.dataset import Condition
from cdisc_conv.define.building.xml import make_oid_part

REASONS = ("SPECIFIED IN PROTOCOL", "SPECIFIED IN SAP", "DATA DRIVEN", "REQUESTED BY REGULATORY AGENCY")
"""Define-XML codelist Analysis Reason (C117744), which is extensible."""

PURPOSES = ("PRIMARY OUTCOME MEASURE", "SECONDARY OUTCOME MEASURE", "EXPLORATORY OUTCOME MEASURE")
"""Define-XML codelist Analysis Purpose (C117745), which is extensible."""


@dataclass(frozen=True, slots=True)
class DocumentReference:
    """A document of the study by its id, and the pages of it that are meant; no pages stand for all of it."""

    id: str
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AnalysisDataset:
    """The records of one dataset that go into a result (those that meet all ``conditions``), and what is analysed."""

    dataset: str
    variables: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Programming:
    """The statements that make a result, or the programs that hold them. ``context`` is the software."""

    context: str = ""
    code: str = ""
    documents: tuple[DocumentReference, ...] = ()


@dataclass(frozen=True, slots=True)
class AnalysisResult:
    """One result of a display, such as a median with its confidence interval.

    ``comment`` says how several datasets are joined. ``documentation`` says how the result is made.
    """

    id: str
    description: str
    reason: str
    purpose: str
    datasets: tuple[AnalysisDataset, ...]
    comment: str = ""
    documentation: str = ""
    documents: tuple[DocumentReference, ...] = ()
    programming: Programming | None = None


@dataclass(frozen=True, slots=True)
class ResultDisplay:
    """A table, figure or listing: its number is the ``title``, its heading the ``description``.

    >>> ResultDisplay("T-14-2-1", "Table 14.2.1", "Progression-free survival", ()).oid
    'RD.T-14-2-1'
    """

    id: str
    title: str
    description: str
    results: tuple[AnalysisResult, ...]
    documents: tuple[DocumentReference, ...] = ()

    @property
    def oid(self) -> str:
        """The identifier in define.xml."""
        return f"RD.{make_oid_part(self.id)}"

    def result_oid(self, result: AnalysisResult) -> str:
        """The identifier of one of its results."""
        return f"AR.{make_oid_part(self.id)}.{make_oid_part(result.id)}"
