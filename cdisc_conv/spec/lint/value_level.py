"""Lint: what the mapping adds to value-level metadata."""

from __future__ import annotations

from collections.abc import Iterator

from cdisc_conv.expr import Type
from cdisc_conv.expr.conditions import read_conditions
from cdisc_conv.problems import Place, Problem, ProblemsError, did_you_mean
from cdisc_conv.spec.expected import RESULTS, is_numeric, is_result
from cdisc_conv.spec.model import DatasetSpec, Study, ValueLevelSpec


def check_value_level(study: Study) -> Iterator[Problem]:
    """LINT213: a column that is not described test by test; LINT211, LINT216, LINT301, EXPR: codelists, conditions."""
    for dataset in study.datasets.values():
        for name, specs in dataset.value_level.items():
            if specs and name not in dataset.written:
                yield _not_mapped(dataset, name, specs[0])
            elif specs and not is_result(dataset, name) and not _has_parameters(dataset):
                results = ", ".join(f"{dataset.name}{result}" for result in RESULTS)
                message = f"'value_level' of {dataset.name} names {name}, which is not described test by test"
                yield Problem("LINT213", message, place=specs[0].place, hint=f"results are: {results}")
            for spec in specs:
                yield from _check_spec(study, dataset, name, spec)


def _has_parameters(dataset: DatasetSpec) -> bool:
    """Whether any column may be described parameter by parameter."""
    return dataset.standard.class_name == "BASIC DATA STRUCTURE" and "PARAMCD" in dataset.names()


def _columns(dataset: DatasetSpec) -> tuple[str, ...]:
    """The variables that the finished dataset can have."""
    return tuple(
        name for name in dataset.names() if name not in (*dataset.supplemental_names(), *dataset.working_names())
    )


def _not_mapped(dataset: DatasetSpec, name: str, spec: ValueLevelSpec) -> Problem:
    message = f"'value_level' of {dataset.name} names {name}, which is not mapped"
    return Problem("LINT213", message, place=spec.place, hint=did_you_mean(name, _columns(dataset)))


def _check_spec(study: Study, dataset: DatasetSpec, name: str, spec: ValueLevelSpec) -> Iterator[Problem]:
    what = f"'value_level' of {dataset.name}.{name}"
    if spec.codelist and spec.codelist not in dataset.family.terminology:
        message = f"{what}: {dataset.family.terminology.package_label} has no codelist '{spec.codelist}'"
        yield Problem("LINT211", message, place=spec.place, hint="name it by its C-code or short name, such as NY")
    lost = [ref for ref in spec.where.names if ref not in _columns(dataset) and ref not in dataset.written]
    source = spec.where.source
    for ref in lost:
        message = f"{what} reads {ref}, which is not a variable of {dataset.name}"
        place = Place(file=source.file, line=source.line)
        yield Problem("LINT301", message, place=place, hint=did_you_mean(ref, _columns(dataset)))
    if not lost:
        yield from _check_clause(dataset, name, spec)
    yield from spec.where.check(lambda ref: _type_of(study, dataset, ref), Type.BOOLEAN)[1]


def _check_clause(dataset: DatasetSpec, name: str, spec: ValueLevelSpec) -> Iterator[Problem]:
    """LINT216: an entry that tells records of one test apart by what no where-clause can say."""
    code = "PARAMCD" if _has_parameters(dataset) else f"{dataset.name}TESTCD"
    if set(spec.where.names) <= {code}:
        return
    place = Place(file=spec.where.source.file, line=spec.where.source.line)
    try:
        read_conditions(str(spec.where), place, f"'value_level' of {dataset.name}.{name}")
    except ProblemsError as error:
        for found in error.problems:
            yield Problem("LINT216", found.message, place=place, hint=found.hint)


def _type_of(study: Study, dataset: DatasetSpec, name: str) -> Type | None:
    entries = dataset.entries_named(name)
    if not entries:
        return None
    return Type.NUMBER if is_numeric(study, dataset, entries[0]) else Type.TEXT
