"""The tables and figures of study.yaml, ``define: {adam: {displays: [...]}}``, as `ResultDisplay`.

Codes: SPEC001 to SPEC003 an unknown key, a missing key, a wrong kind of value; EXPR... a condition that cannot be read;
DEF110 a condition that is not a where-clause. Whether datasets, variables and documents exist is for `check_inputs`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field

from cdisc_conv.dataset import Condition
from cdisc_conv.define.displays import AnalysisDataset, AnalysisResult, DocumentReference, Programming, ResultDisplay
from cdisc_conv.expr.conditions import read_conditions
from cdisc_conv.problems import Place, Problem, ProblemsError
from cdisc_conv.spec.documents import Document, Pages, Text, Texts
from cdisc_conv.spec.validate import validate
from cdisc_conv.spec.yaml_nodes import Node

Model = TypeVar("Model", bound=BaseModel)


class ReferenceDocument(Document):
    """A document by its id, with pages where not all of it is meant."""

    id: Text = Field(min_length=1)
    pages: Pages = ()


Reference = Annotated[ReferenceDocument, BeforeValidator(lambda one: {"id": one} if isinstance(one, str) else one)]


class ProgrammingDocument(Document):
    """How a result is programmed."""

    context: Text = ""
    code: Text = ""
    documents: tuple[Reference, ...] = ()


class AnalysisDatasetDocument(Document):
    """The records of a dataset that go into a result."""

    dataset: Text = Field(min_length=1)
    variables: Texts = ()
    where: Text = ""


class ResultDocument(Document):
    """A result of a display."""

    id: Text = Field(min_length=1)
    description: Text = Field(min_length=1)
    reason: Text = Field(min_length=1)
    purpose: Text = Field(min_length=1)
    datasets: list[Any] = Field(min_length=1)
    comment: Text = ""
    documentation: Text = ""
    documents: tuple[Reference, ...] = ()
    programming: ProgrammingDocument | None = None


class DisplayDocument(Document):
    """A table, figure or listing."""

    id: Text = Field(min_length=1)
    title: Text = Field(min_length=1)
    description: Text = Field(min_length=1)
    documents: tuple[Reference, ...] = ()
    results: list[Any] = Field(min_length=1)


def read_displays(entries: Any, place: Place, problems: list[Problem]) -> tuple[ResultDisplay, ...]:
    """The displays of a study, in their order; what is wrong with them is added to ``problems``.

    ``entries`` is the plain list of study.yaml (nothing at all stands for no displays), ``place`` where it stands. An
    entry that cannot be read is left out, and its problems are errors.

    >>> problems = []
    >>> result = {"id": "MEDIAN", "description": "Median", "reason": "SPECIFIED IN SAP",
    ...           "purpose": "PRIMARY OUTCOME MEASURE",
    ...           "datasets": [{"dataset": "ADTTE", "variables": ["AVAL", "CNSR"], "where": 'PARAMCD == "PFS"'}]}
    >>> display = {"id": "T1", "title": "Table 1", "description": "PFS", "results": [result]}
    >>> displays = read_displays([display], Place(file="study.yaml"), problems)
    >>> displays[0].results[0].datasets[0].conditions
    (Condition(variable='PARAMCD', comparator='EQ', values=('PFS',)),)
    """
    if entries is None:
        return ()
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        problems.append(Problem("SPEC003", "'displays' of 'define': a list is expected", place=place))
        return ()
    reader = _Reader(place, problems)
    return tuple(one for number, entry in enumerate(entries, 1) if (one := reader.display(entry, number)) is not None)


class _Reader:
    """Reads entry by entry, and names each in its messages."""

    def __init__(self, place: Place, problems: list[Problem]) -> None:
        self._place = place
        self._problems = problems

    def display(self, entry: Any, number: int) -> ResultDisplay | None:
        what = _name("display", entry, number)
        read = self._validate(DisplayDocument, entry, what)
        results = [self._result(one, n, what) for n, one in enumerate(_list(entry, "results"), 1)]
        if read is None:
            return None
        return ResultDisplay(
            read.id,
            _flow(read.title),
            _flow(read.description),
            tuple(result for result in results if result is not None),
            _references(read.documents),
        )

    def _result(self, entry: Any, number: int, display: str) -> AnalysisResult | None:
        what = f"{display}, {_name('result', entry, number)}"
        read = self._validate(ResultDocument, entry, what)
        datasets = [self._dataset(one, n, what) for n, one in enumerate(_list(entry, "datasets"), 1)]
        if read is None:
            return None
        said = read.programming
        return AnalysisResult(
            read.id,
            _flow(read.description),
            _flow(read.reason),
            _flow(read.purpose),
            tuple(dataset for dataset in datasets if dataset is not None),
            _flow(read.comment),
            _flow(read.documentation),
            _references(read.documents),
            Programming(_flow(said.context), said.code.strip("\n"), _references(said.documents)) if said else None,
        )

    def _dataset(self, entry: Any, number: int, result: str) -> AnalysisDataset | None:
        what = f"{result}, dataset {number}"
        read = self._validate(AnalysisDatasetDocument, entry, what)
        return AnalysisDataset(read.dataset, read.variables, self._conditions(read.where, what)) if read else None

    def _conditions(self, text: str, what: str) -> tuple[Condition, ...]:
        if not text.strip():
            return ()
        try:
            return read_conditions(text, self._place, what)
        except ProblemsError as error:
            self._problems += error.problems
            return ()

    def _validate(self, model: type[Model], entry: Any, what: str) -> Model | None:
        node = Node(None, self._place.file, self._place.line)
        read, found = validate(model, node, what, {} if entry is None else entry)
        self._problems += found
        return read


def _name(kind: str, entry: Any, number: int) -> str:
    """``display 2 (T-14-2-1)``: the number finds it in the file, the id is what people call it."""
    identifier = entry.get("id") if isinstance(entry, Mapping) else None
    return f"{kind} {number} ({identifier})" if identifier else f"{kind} {number}"


def _list(entry: Any, key: str) -> list[Any]:
    found = entry.get(key) if isinstance(entry, Mapping) else None
    return found if isinstance(found, list) else []


def _references(documents: Sequence[ReferenceDocument]) -> tuple[DocumentReference, ...]:
    return tuple(DocumentReference(document.id, document.pages) for document in documents)


def _flow(text: str) -> str:
    """A text without the line breaks of the file it was written in."""
    return " ".join(text.split())
