"""How far the parts of a plan look: what follows a subject, what is of no subject, and what looks across subjects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from cdisc_conv.derivations.base import SELF, SUBJECT, Derivation, Reach
from cdisc_conv.derivations.parameters import join_words
from cdisc_conv.engine.plan.graph import Node, Part, Plan, RowSet, place_of, variable_of
from cdisc_conv.engine.plan.order import final_columns, sort_keys
from cdisc_conv.findings import Number
from cdisc_conv.problems import Problem, Severity
from cdisc_conv.spec.model import Block, DatasetSpec, SourceKind, Study
from cdisc_conv.spec.references import TargetKind, resolve
from cdisc_conv.tables import TableId


class Home(StrEnum):
    """Where the records of a block belong."""

    SUBJECT = "subject"
    """Each record is of the subject of the rows that it was made from."""
    STUDY = "study"
    """Of no subject: trial design, what the mapping writes out, rows of forms without subjects."""
    ACROSS = "across"
    """Made of rows of several subjects."""


@dataclass(frozen=True)
class PlanReach:
    """What a run by ranges of subjects has to know of a plan."""

    subjects: Mapping[TableId, str]
    """The raw forms and given datasets with rows of subjects -> the column that names the subject."""
    homes: Mapping[RowSet, Home]
    across: Mapping[Part, tuple[str, ...]]
    """Variables that look across subjects -> the tables of subjects that they look in."""

    def is_of_study(self, dataset: str) -> bool:
        """Whether a dataset is made once for the whole study: no record is of a subject, or some are of several."""
        homes = {home for node, home in self.homes.items() if node.dataset == dataset}
        return Home.ACROSS in homes or homes <= {Home.STUDY}


def find_reach(study: Study, plan: Plan) -> PlanReach:
    """How the row sets and variables of a plan reach over subjects.

    The raw subject column counts as the subject, and so does USUBJID. A row set follows the subject when its source
    does, its dataset maps USUBJID and has it among the keys that sort it, and what it groups or merges by names the
    subject. A variable looks across subjects when its derivation says so (`Reach.DATASET`) and a table that it reads
    has rows of subjects, or, without a table, its own dataset has.
    """
    subjects = _list_subjects(study)
    homes: dict[RowSet, Home] = {}
    for node in plan.order:
        if isinstance(node, RowSet):
            homes[node] = _find_home(study, subjects, homes, node)
    mixed = {node.dataset for node, home in homes.items() if home is Home.ACROSS}
    followed = {node.dataset for node, home in homes.items() if home is Home.SUBJECT}
    of_subjects = {TableId(name) for name in followed - mixed} | subjects.keys()
    across = {
        node: tables
        for node in plan.order
        if isinstance(node, Part) and (tables := tuple(dict.fromkeys(_look_across(study, of_subjects, node))))
    }
    return PlanReach(subjects, homes, across)


def _list_subjects(study: Study) -> dict[TableId, str]:
    forms = {TableId.of_form(form.name): study.raw.subject for form in study.forms.values()}
    found = {table: column for table, column in forms.items() if column and column in study.forms[table.name].fields}
    return found | {TableId(given.name): SUBJECT for given in study.given.values() if SUBJECT in given.columns}


def _find_home(study: Study, subjects: Mapping[TableId, str], homes: Mapping[RowSet, Home], node: RowSet) -> Home:
    dataset = study.datasets[node.dataset]
    block = dataset.blocks[node.block]
    kind, table = block.source.kind, TableId(block.source.table)
    if kind is SourceKind.NOTHING:
        return Home.STUDY
    if kind is SourceKind.SELF or table in study.datasets:
        name, blocks = (dataset.name, range(node.block)) if kind is SourceKind.SELF else (str(table), None)
        numbers = blocks if blocks is not None else range(len(study.datasets[name].blocks))
        before = {homes[RowSet(name, number)] for number in numbers}
        if before <= {Home.STUDY}:
            return Home.STUDY
        if before != {Home.SUBJECT}:
            return Home.ACROSS
    elif table not in subjects:
        return Home.STUDY
    has_subject = dataset.own_variable(SUBJECT, block) is not None
    follows = has_subject and SUBJECT in sort_keys(dataset, final_columns(dataset)) and _keeps_subjects(study, block)
    return Home.SUBJECT if follows else Home.ACROSS


def _keeps_subjects(study: Study, block: Block) -> bool:
    """Whether rows become one record only where they are of one subject."""
    names = _names_of_subject(study)
    return all(
        not by or any(name.removeprefix("raw.") in names and name not in block.given_names for name in by)
        for by in (block.group, block.merge.by if block.merge else (), block.carry.by if block.carry else ())
    )


def _names_of_subject(study: Study) -> frozenset[str]:
    return frozenset(filter(None, (SUBJECT, study.raw.subject)))


def _look_across(study: Study, of_subjects: set[TableId], part: Part) -> Iterator[str]:
    """The tables of subjects that a variable looks in without asking for one subject."""
    dataset = study.datasets[part.dataset]
    for derivation in list_derivations(variable_of(study, part).derivation):
        if _reach_alone(derivation) is not Reach.DATASET:
            continue
        tables = derivation.tables()
        for table in tables or (part.dataset,):
            known = TableId(dataset.name if table == SELF else table)
            if known in of_subjects and not _asks_subject(study, dataset, part, derivation):
                yield str(known)


def list_derivations(value: object) -> Iterator[Derivation]:
    """A derivation and all that it holds, such as the branches of ``cases``."""
    if isinstance(value, Derivation):
        yield value
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from list_derivations(getattr(value, name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from list_derivations(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from list_derivations(item)


def _reach_alone(derivation: Derivation) -> Reach:
    """The reach of a derivation without that of those it holds, which are asked themselves."""
    held = sum(1 for _ in list_derivations(derivation)) > 1
    return derivation.reach if held else derivation.actual_reach()


def _asks_subject(study: Study, dataset: DatasetSpec, part: Part, derivation: Derivation) -> bool:
    """Whether keys of a look-up tie the subject of the record to that of the other table."""
    names, keys = _names_of_subject(study), getattr(derivation, "by", None)
    if not isinstance(keys, Mapping):
        return False
    return any(
        str(their) in names and all(_is_subject(study, dataset, number, part.name, str(own)) for number in part.blocks)
        for own, their in keys.items()
    )


def _is_subject(study: Study, dataset: DatasetSpec, number: int, variable: str, ref: str) -> bool:
    target = resolve(study, dataset, dataset.blocks[number], variable, ref)
    return target is not None and target.kind is not TargetKind.GIVEN and target.name in _names_of_subject(study)


def describe_reach(study: Study, plan: Plan, reach: PlanReach) -> list[Problem]:
    """PLAN002 (note): what of datasets of subjects is made of all subjects at once, and what that takes.

    A summary of the trial has to count subjects; it is no finding.
    """
    problems = []
    for part, tables in reach.across.items():
        if not reach.is_of_study(part.dataset):
            message = f"{part} looks across subjects in {join_words(tables)}"
            hint = "if the records of one subject are meant, tie them by the subject"
            problems.append(_describe(study, plan, part, message, hint))
    for node, home in reach.homes.items():
        block = study.datasets[node.dataset].blocks[node.block]
        if home is Home.ACROSS and study.datasets[node.dataset].own_variable(SUBJECT, block) is not None:
            message = f"{node} from {block.source.table} are not made, or not sorted, subject by subject"
            hint = "if they are of one subject each, let 'group', 'merge' and 'keys' name the subject"
            problems.append(_describe(study, plan, node, message, hint))
    return problems


def _describe(study: Study, plan: Plan, node: Node, message: str, hint: str) -> Problem:
    made = [each for each in plan.order if each.dataset == node.dataset] if isinstance(node, RowSet) else [node]
    columns = {target for each in plan.upstream_of(made) for target in plan.raw_reads[each]}
    what = "them" if isinstance(node, RowSet) else "it"
    held = f"{Number(len(columns)):# column|# columns}"
    cost = f"a run in ranges makes {what} once, of all subjects, and holds {held} of raw data for that"
    return Problem("PLAN002", f"{message}; {cost}", Severity.NOTE, place_of(study, node), hint)
