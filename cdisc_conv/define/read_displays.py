"""The tables and figures of study.yaml, ``define: {adam: {displays: [...]}}``, as `ResultDisplay`.

Codes: SPEC001 to SPEC003 an unknown key, a missing key, a wrong kind of value; EXPR... a condition that cannot be read;
DEF110 a condition that is not a where-clause, or a misspelt term. Whether datasets, variables and documents exist is
for `check_inputs`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field

from cdisc_conv.dataset import Condition
from cdisc_conv.define.building.displays import (
    PURPOSES,
    REASONS,
    AnalysisDataset,
    AnalysisResult,
    DocumentReference,
    Programming,
    ResultDisplay,
)
from cdisc_conv.expr.conditions import read_conditions
from cdisc_conv.problems import Problem, ProblemsError, Severity
from cdisc_conv.spec.yaml.nodes import Node
from cdisc_conv.spec.yaml.repair import repair_keys
from cdisc_conv.spec.yaml.shapes.base import Document, Pages, Text, Texts
from cdisc_conv.spec.yaml.validate import validate

Model = TypeVar("Model", bound=BaseModel)
_ALIKE = 0.85
"""How like a term a text has to be to be taken for a misspelt one: EXPLORATORY ANALYSIS may be meant."""
_MOST_LETTERS = 200


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


def read_displays(entries: Node | None, problems: list[Problem]) -> tuple[ResultDisplay, ...]:
    """The displays of a study, in their order; what is wrong with them is added to ``problems``.

    ``entries`` is the list in study.yaml; nothing at all stands for no displays. An entry that cannot be read is left
    out, and its problems are errors. A misspelt key is a finding, and what it must mean is read all the same.

    >>> from cdisc_conv.spec.yaml.nodes import read_yaml_text
    >>> text = '''
    ... - id: T1
    ...   title: Table 1
    ...   description: PFS
    ...   results:
    ...     - id: MEDIAN
    ...       description: Median
    ...       reason: SPECIFIED IN SAP
    ...       purpose: PRIMARY OUTCOME MEASURE
    ...       datasets: [{dataset: ADTTE, variables: [AVAL, CNSR], where: PARAMCD == "PFS"}]
    ... '''
    >>> problems = []
    >>> displays = read_displays(read_yaml_text(text, "study.yaml"), problems)
    >>> displays[0].results[0].datasets[0].conditions
    (Condition(variable='PARAMCD', comparator='EQ', values=('PFS',)),)
    """
    if entries is None or not entries.value:
        return ()
    if not entries.is_list:
        problems.append(entries.problem("SPEC003", "'displays' of 'define': a list is expected"))
        return ()
    reader = _Reader(problems)
    found = (reader.display(entry, number) for number, entry in enumerate(entries.value, 1))
    return tuple(display for display in found if display is not None)


class _Reader:
    """Reads entry by entry, and names each in its messages."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems

    def display(self, entry: Node, number: int) -> ResultDisplay | None:
        what = _name("display", entry, number)
        entry, read = self._validate(DisplayDocument, entry, what)
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

    def _result(self, entry: Node, number: int, display: str) -> AnalysisResult | None:
        what = f"{display}, {_name('result', entry, number)}"
        entry, read = self._validate(ResultDocument, entry, what)
        datasets = [self._dataset(one, n, what) for n, one in enumerate(_list(entry, "datasets"), 1)]
        if read is None:
            return None
        self._check_term(entry, "reason", REASONS, what)
        self._check_term(entry, "purpose", PURPOSES, what)
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

    def _dataset(self, entry: Node, number: int, result: str) -> AnalysisDataset | None:
        what = f"{result}, dataset {number}"
        entry, read = self._validate(AnalysisDatasetDocument, entry, what)
        conditions = self._conditions(entry.get("where"), what)
        return AnalysisDataset(read.dataset, read.variables, conditions) if read else None

    def _conditions(self, where: Node | None, what: str) -> tuple[Condition, ...]:
        text = str(where.value or "") if where is not None else ""
        if where is None or not text.strip():
            return ()
        try:
            return read_conditions(text, where.place, what)
        except ProblemsError as error:
            self._problems += error.problems
            return ()

    def _check_term(self, entry: Node, key: str, terms: Sequence[str], what: str) -> None:
        """DEF110: a text that is nearly a term of the standard; any other is a term of the sponsor."""
        node = entry.at((key,))
        text = _flow(str(node.value))
        near = get_close_matches(text.upper()[:_MOST_LETTERS], terms, n=1, cutoff=_ALIKE)
        if near and text not in terms:
            message = f"'{key}' of {what} is '{text}', which is not a term of the standard"
            problem = node.problem("DEF110", message, f"did you mean {near[0]}?")
            self._problems.append(replace(problem, severity=Severity.WARNING))

    def _validate(self, model: type[Model], entry: Node, what: str) -> tuple[Node, Model | None]:
        entry = repair_keys(model, entry, what, self._problems)
        read, found = validate(model, entry, what)
        self._problems += found
        return entry, read


def _name(kind: str, entry: Node, number: int) -> str:
    """``display 2 (T-14-2-1)``: the number finds it in the file, the id is what people call it."""
    identifier = entry.get("id")
    return f"{kind} {number} ({identifier.value})" if identifier and identifier.value else f"{kind} {number}"


def _list(entry: Node, key: str) -> list[Node]:
    found = entry.get(key)
    return found.value if found is not None and found.is_list else []


def _references(documents: Sequence[ReferenceDocument]) -> tuple[DocumentReference, ...]:
    return tuple(DocumentReference(document.id, document.pages) for document in documents)


def _flow(text: str) -> str:
    """A text without the line breaks of the file it was written in."""
    return " ".join(text.split())
