"""What is wrong with the displays of a study: names that lead nowhere, and records that there are none of.

Code: DEF110. A result that cannot be written is an error; one that somebody should look at is a warning.

Source: Analysis Results Metadata Specification 1.0 for Define-XML (CDISC).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from cdisc_conv.dataset import Condition, Dataset, find_dataset
from cdisc_conv.define.building.displays import PURPOSES, REASONS, AnalysisDataset, AnalysisResult, DocumentReference
from cdisc_conv.define.building.study import DefineStudy
from cdisc_conv.define.building.where_clauses import locate_variable
from cdisc_conv.define.inputs.items import check_conditions
from cdisc_conv.problems import Place, Problem, Severity, did_you_mean

CODE = "DEF110"


def check_displays(study: DefineStudy, datasets: Sequence[Dataset]) -> Iterator[Problem]:
    """Problems of the displays, in their order."""
    yield from _check_repeated("displays", (display.id for display in study.displays), "")
    for display in study.displays:
        where = f"display {display.id}"
        if not display.results:
            yield Problem(CODE, f"{where} has no results")
        for name in ("id", "title", "description"):
            if not getattr(display, name):
                yield Problem(CODE, f"{where} has no {name}")
        yield from _check_references(study, display.documents, where)
        yield from _check_repeated("results", (result.id for result in display.results), f"{where}: ")
        for result in display.results:
            yield from _check_result(study, result, datasets, f"{where}, result {result.id}")


def _check_result(
    study: DefineStudy, result: AnalysisResult, datasets: Sequence[Dataset], where: str
) -> Iterator[Problem]:
    for name in ("id", "description", "reason", "purpose"):
        if not getattr(result, name):
            yield Problem(CODE, f"{where} has no {name}")
    for name, text, known in (("reason", result.reason, REASONS), ("purpose", result.purpose, PURPOSES)):
        hint = did_you_mean(text.upper(), known)
        if text and text not in known and hint:
            yield Problem(CODE, f"{where} has the {name} {text!r}", Severity.WARNING, hint=hint)
    if not result.datasets:
        yield Problem(CODE, f"{where} names no dataset")
    yield from _check_repeated("datasets", (part.dataset for part in result.datasets), f"{where}: ")
    if len(result.datasets) > 1 and not result.comment:
        hint = "say it in 'comment'"
        yield Problem(CODE, f"{where} does not say how its datasets are joined", Severity.WARNING, hint=hint)
    for part in result.datasets:
        yield from _check_part(part, datasets, where)
    yield from _check_references(study, result.documents, where)
    said = result.programming
    if said and said.code and not said.context:
        hint = "name the software and its version in 'context'"
        yield Problem(CODE, f"{where} has code and does not say of what", Severity.WARNING, hint=hint)
    if said and not said.code and not said.documents:
        yield Problem(CODE, f"{where} has neither code nor a program")
    yield from _check_references(study, said.documents if said else (), where)


def _check_part(part: AnalysisDataset, datasets: Sequence[Dataset], where: str) -> Iterator[Problem]:
    dataset = find_dataset(datasets, part.dataset)
    if not dataset:
        known = [one.name for one in datasets]
        hint = did_you_mean(part.dataset, known) or f"there is {', '.join(known) or 'none'}"
        yield Problem(CODE, f"{where} names the dataset {part.dataset}, which is not there", hint=hint)
        return
    known = [column.name for column in dataset.columns]
    for variable in part.variables:
        if variable not in known:
            message = f"{where} names {variable}, which {dataset.name} does not have"
            yield Problem(CODE, message, hint=did_you_mean(variable, known))
    yield from _check_repeated(f"variables of {dataset.name}", part.variables, f"{where}: ")
    if part.conditions:
        faults = list(check_conditions(dataset, part.conditions, datasets, Place()))
        yield from (Problem(CODE, f"{where}: {fault.message}", hint=fault.hint) for fault in faults)
        if not faults:
            yield from _check_values(dataset, part.conditions, datasets, where)


def _check_values(
    dataset: Dataset, conditions: Iterable[Condition], datasets: Sequence[Dataset], where: str
) -> Iterator[Problem]:
    """Text values that no record has: a result of no records is most often a slip of the pen."""
    for condition in conditions:
        home, variable = locate_variable(dataset.name, condition.variable)
        other = find_dataset(datasets, home)
        if condition.comparator not in ("EQ", "IN") or not other or other.column(variable).numeric:
            continue
        known = [str(value) for value in other.frame[variable].unique()]
        for value in condition.values:
            if value not in known and len(other.frame):
                message = f"{where}: no record of {home} has the {variable} {value!r}"
                yield Problem(CODE, message, Severity.WARNING, hint=did_you_mean(value, [one for one in known if one]))


def _check_references(study: DefineStudy, references: Iterable[DocumentReference], where: str) -> Iterator[Problem]:
    known = [document.id for document in study.documents]
    for reference in references:
        if reference.id not in known:
            hint = did_you_mean(reference.id, known) or f"there is {', '.join(known) or 'none'}"
            yield Problem(CODE, f"{where} names the document {reference.id!r}, which is not there", hint=hint)
        if any(page < 1 for page in reference.pages):
            yield Problem(CODE, f"{where} names a page below 1 of the document {reference.id!r}")


def _check_repeated(what: str, names: Iterable[str], where: str) -> Iterator[Problem]:
    for name, count in Counter(names).items():
        if count > 1:
            yield Problem(CODE, f"{where}{count} {what} are called {name}")
