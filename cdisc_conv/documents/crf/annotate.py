"""The annotations of a CRF, from the plan of the study: to which variables the values of each field go.

A field goes to a variable that reads it in the record's own row, by way of working variables, or by picking it from the
form. Of the variables that read a field those count that hold what was collected or a code of it; those that are
derived from it are named only where there is nothing else. Conditions (``when``, ``where``) do not count: they decide
about records and do not submit a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from cdisc_conv.dataset import OriginType
from cdisc_conv.derivations.base import Ref
from cdisc_conv.derivations.values.copying import Constant
from cdisc_conv.documents.crf.model import NOT_SUBMITTED, Annotation, Crf, CrfForm, Question
from cdisc_conv.engine.describe.fields import list_taken
from cdisc_conv.engine.describe.origins import provenance_of
from cdisc_conv.engine.plan.graph import Part, Plan, RowSet, plan_study
from cdisc_conv.engine.plan.narrow import split_entries
from cdisc_conv.spec.model import Block, DatasetSpec, Form, Study
from cdisc_conv.spec.not_submitted import find_reason

TOPICS = ("TESTCD", "TRT", "TERM", "DECOD", "CAT", "SCAT", "OBJ")
"""Endings of the variables that tell the records of a dataset apart, the first one first."""

RESULTS = ("ORRES", "ORRESU")
"""Endings of the variables that hold a result as it was collected."""

MOST_VALUES = 6
"""Values of a condition that an annotation spells out."""

FieldName = tuple[str, str]
"""Form and column."""


@dataclass(frozen=True, slots=True)
class _Use:
    """A variable that takes the values of a field, in one block."""

    dataset: str
    variable: str
    block: int
    derived: bool


@dataclass(frozen=True)
class _Mapping:
    """A study whose entries of ``for_each`` have a block each, and what it makes of its fields."""

    study: Study
    plan: Plan
    uses: Mapping[FieldName, list[_Use]]
    conditions: Mapping[str, list[dict[str, str]]]


def describe_crf(study: Study) -> Crf:
    """The annotated CRF of a study: every form of its data dictionary with the annotations of every field.

    Raises ProblemsError (PLAN001) when the mapping has a circle.
    """
    split = split_entries(study)
    plan = plan_study(split)
    mapping = _Mapping(split, plan, _find_uses(split, plan), _find_conditions(split))
    forms = tuple(_describe_form(mapping, form) for form in study.forms.values())
    return Crf(study.name, study.title, study.created, forms)


def _find_uses(study: Study, plan: Plan) -> dict[FieldName, list[_Use]]:
    found: dict[FieldName, dict[_Use, None]] = {}
    for name in study.datasets_of("sdtm"):
        dataset = study.datasets[name]
        for variable in dataset.names():
            if variable in dataset.working_names():
                continue
            for part in plan.parts[name, variable]:
                derived = _is_derived(study, plan, part)
                for number in part.blocks:
                    for column in list_taken(study, dataset, number, variable):
                        found.setdefault(column, {})[_Use(name, variable, number, derived)] = None
    return {column: list(uses) for column, uses in found.items()}


def _is_derived(study: Study, plan: Plan, part: Part) -> bool:
    origin = provenance_of(study, plan, [part]).origin
    return origin is not None and origin.type in (OriginType.DERIVED, OriginType.PROTOCOL)


def _find_conditions(study: Study) -> dict[str, list[dict[str, str]]]:
    """By SDTM dataset and block, the variables with one value in the whole block."""
    return {name: [_constants(block) for block in study.datasets[name].blocks] for name in study.datasets_of("sdtm")}


def _constants(block: Block) -> dict[str, str]:
    entries = block.variables.items()
    found = {name: str(entry.derivation.value) for name, entry in entries if isinstance(entry.derivation, Constant)}
    for entry in block.for_each:
        found |= {name: str(value) for name, value in entry.items() if not isinstance(value, Ref)}
    return {name: value for name, value in found.items() if value}


def _describe_form(mapping: _Mapping, form: Form) -> CrfForm:
    decodes = {field.decode_of: name for name, field in form.fields.items() if field.decode_of}
    questions: dict[bool, list[Question]] = {True: [], False: []}
    for name, field in form.fields.items():
        if field.decode_of:
            continue
        columns = [name, *([decodes[name]] if name in decodes else [])]
        question = Question(
            name,
            field.label or name,
            field.type,
            field.unit,
            tuple(field.values.items()),
            bool(field.separator),
            field.unknown_parts,
            _annotate_field(mapping, form.name, columns),
        )
        if not field.item:
            question = replace(question, annotations=_join_datasets(question.annotations))
        questions[field.item].append(question)
    asked, added = tuple(questions[True]), tuple(questions[False])
    named = dict.fromkeys(one.dataset for each in (*asked, *added) for one in each.annotations if one.dataset)
    datasets = tuple((name, _label(mapping.study, name)) for name in named)
    return CrfForm(form.name, form.label, asked, added, datasets, _note(mapping.study, form), form.pages)


def _annotate_field(mapping: _Mapping, form: str, columns: Sequence[str]) -> tuple[Annotation, ...]:
    """Where a field and the words of its codes go, or why they go nowhere."""
    taken = [use for column in columns for use in mapping.uses.get((form, column), [])]
    if columns[0] == mapping.study.raw.subject:  # it also finds the visits and the records of other datasets
        taken = [use for use in taken if use.variable in ("SUBJID", "USUBJID")]
        taken = [use for use in taken if not use.derived] or taken
    return tuple(_annotate(mapping, form, taken)) or (_explain(mapping, form, columns),)


def _note(study: Study, form: Form) -> str:
    if not any(field.item for field in form.fields.values()):
        return "The data dictionary has no fields of this form."
    reason = find_reason(study.not_submitted, form.name)
    read = any(block.source.table == f"form {form.name}" for one in study.datasets.values() for block in one.blocks)
    return f"{NOT_SUBMITTED} {reason}" if reason and not read else ""


def _label(study: Study, name: str) -> str:
    parent = name.removeprefix("SUPP")
    if name.startswith("SUPP") and parent in study.datasets:
        return f"Supplemental Qualifiers for {parent}"
    if name not in study.datasets:
        return "Related Records" if name == "RELREC" else ""
    spec = study.datasets[name]
    return spec.label or spec.standard.label


def _join_datasets(annotations: Iterable[Annotation]) -> tuple[Annotation, ...]:
    """One annotation for each dataset: columns that the EDC adds go to several variables of many datasets."""
    found: dict[str, list[str]] = {}
    for one in annotations:
        found.setdefault(one.dataset, []).append(one.text)
    return tuple(Annotation(", ".join(texts), dataset) for dataset, texts in found.items())


def _explain(mapping: _Mapping, form: str, columns: Sequence[str]) -> Annotation:
    """Why a field goes nowhere: the reason of study.yaml, or what the mapping uses it for."""
    reasons = (find_reason(mapping.study.not_submitted, form, column) for column in columns)
    reason = next(filter(None, reasons), "") or _say_decides(mapping, form, columns)
    return Annotation(f"{NOT_SUBMITTED} {reason or 'the mapping gives no reason'}")


def _say_decides(mapping: _Mapping, form: str, columns: Sequence[str]) -> str:
    """What the mapping decides by a field without submitting it: which records there are, or what variables hold."""
    records: dict[str, None] = {}
    variables: dict[str, None] = {}
    for node, targets in mapping.plan.raw_reads.items():
        if not any(one.table == f"form {form}" and one.name in columns for one in targets):
            continue
        working = isinstance(node, Part) and node.name in mapping.study.datasets[node.dataset].working_names()
        (records if isinstance(node, RowSet) or working else variables)[
            node.dataset if isinstance(node, RowSet) or working else str(node)
        ] = None
    if records:
        return f"decides which records {', '.join(records)} has"
    return f"decides what {', '.join(variables)} holds" if variables else ""


def _annotate(mapping: _Mapping, form: str, uses: Sequence[_Use]) -> Iterator[Annotation]:
    """The annotations of one field, in the order of the datasets; links of RELREC follow their variable."""
    collected = [use for use in uses if not use.derived]
    by_variable: dict[tuple[str, str], list[int]] = {}
    for use in collected or uses:
        by_variable.setdefault((use.dataset, use.variable), []).append(use.block)
    for (dataset, variable), blocks in by_variable.items():
        spec = mapping.study.datasets[dataset]
        where = _condition(spec, form, variable, sorted(set(blocks)), mapping.conditions[dataset])
        suffix = "" if collected else " (derived)"
        if variable in spec.supplemental_names():
            text = f'SUPP{dataset}.QVAL where QNAM = "{variable}"' + (f" and {where}" if where else "")
            yield Annotation(text + suffix, f"SUPP{dataset}")
            continue
        text = f"{dataset}.{variable}" + (f" where {where}" if where else "")
        yield Annotation(text + suffix, dataset)
        if {"RDOMAIN": dataset, "IDVAR": variable} in _list_links(mapping.study):
            yield Annotation(f'RELREC where RDOMAIN = "{dataset}" and IDVAR = "{variable}"', "RELREC")


def _list_links(study: Study) -> list[dict[str, str]]:
    blocks: Iterable[Block] = study.datasets["RELREC"].blocks if "RELREC" in study.datasets else ()
    return [{key: constants.get(key, "") for key in ("RDOMAIN", "IDVAR")} for constants in map(_constants, blocks)]


def _condition(spec: DatasetSpec, form: str, variable: str, blocks: list[int], constants: list[dict[str, str]]) -> str:
    """What tells the records of some blocks from the others that the form makes.

    Where these are all, it is the test that a result is of, or nothing. Others in which the variable is blank do not
    count: "not done" is recorded of the same tests.
    """
    of_form = [number for number, block in enumerate(spec.blocks) if block.source.table == f"form {form}"]
    if set(of_form) <= set(blocks):
        return _name_test(spec, variable, of_form, constants)
    rest = [number for number in of_form if number not in blocks and _fills(spec, number, variable)]
    topics = [f"{spec.name[:2]}{topic}" for topic in TOPICS]
    further = [name for number in blocks for name in constants[number] if name in spec.keys]
    for name in dict.fromkeys((*topics, *further)):
        values = list(dict.fromkeys(constants[number].get(name, "") for number in blocks))
        others = {constants[number].get(name, "") for number in rest}
        if set(values) == {constants[number].get(name, "") for number in of_form}:
            continue  # no record has another one
        if all(values) and not others & set(values) and len(values) <= MOST_VALUES:
            shown = ", ".join(f'"{value}"' for value in values)
            return f"{name} = {shown}" if len(values) == 1 else f"{name} in ({shown})"
    return ""


def _name_test(spec: DatasetSpec, variable: str, of_form: list[int], constants: list[dict[str, str]]) -> str:
    """The test of a result where a form has only that one and the dataset has others, from other forms."""
    test = f"{spec.name[:2]}TESTCD"
    values = {constants[number].get(test, "") for number in of_form}
    elsewhere = {constants[number].get(test, "") for number in range(len(spec.blocks))} - values
    result = variable.endswith(RESULTS) and len(values) == 1 and "" not in values
    return f'{test} = "{values.pop()}"' if result and elsewhere else ""


def _fills(spec: DatasetSpec, block: int, variable: str) -> bool:
    """Whether the records of a block can have anything in a variable."""
    entry = spec.own_variable(variable, spec.blocks[block])
    given = any(variable in one for one in spec.blocks[block].for_each)
    blank = entry is not None and isinstance(entry.derivation, Constant) and entry.derivation.value == ""
    return given or (entry is not None and not blank)
