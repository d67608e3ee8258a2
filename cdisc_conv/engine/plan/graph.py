"""The graph: which row sets and variables there are in all datasets, what each reads, and an order to make them in.

The unit is not the dataset but the part: one variable, for the blocks that share one entry of the mapping. So DM may
read EX while EX reads DM; only variables that read each other in a circle are an error. Lint, the run, lineage and
``--datasets`` all use this one graph.

In a dataset whose blocks read earlier blocks the unit is the variable of one block, so that a parameter can be made of
parameters. Only what has to see all records of a subject (a sequence number) is made for all blocks at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType
from typing import NamedTuple

from cdisc_conv.derivations.base import SELF, SUBJECT, Reach, Ref
from cdisc_conv.engine.plan.order import final_columns, reads_final_order, sort_keys
from cdisc_conv.expr import Expression
from cdisc_conv.problems import Place, Problem, ProblemsError
from cdisc_conv.spec.model import Block, DatasetSpec, SourceKind, Study, Variable
from cdisc_conv.spec.references import NO_TABLE, Target, TargetKind, resolve
from cdisc_conv.tables import TableId


class RowSet(NamedTuple):
    """The records of one block of a dataset."""

    dataset: str
    block: int

    def __str__(self) -> str:
        return f"records of {self.dataset}"


class Part(NamedTuple):
    """One variable of a dataset, for the blocks that share one entry of the mapping."""

    dataset: str
    name: str
    blocks: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.dataset}.{self.name}"


# Tuples, because a plan asks thousands of them for their hash, and a dataclass takes its time to answer.
Node = RowSet | Part


@dataclass(frozen=True)
class Plan:
    """An order in which every node comes after all it reads, and what each node reads."""

    order: tuple[Node, ...]
    reads: Mapping[Node, tuple[Node, ...]]
    raw_reads: Mapping[Node, tuple[Target, ...]]
    """Columns of raw forms and of given datasets that each node reads."""
    waits: Mapping[Node, tuple[Node, ...]]
    """What else must be made before it: the keys of the datasets that it reads in their final order."""
    parts: Mapping[tuple[str, str], tuple[Part, ...]]

    def needed_for(self, datasets: Iterable[str]) -> frozenset[Node]:
        """The nodes that the given datasets need, their own included."""
        wanted = set(datasets)
        return self.upstream_of(node for node in self.order if node.dataset in wanted)

    def upstream_of(self, nodes: Iterable[Node]) -> frozenset[Node]:
        """Some nodes, and all that they need."""
        stack = list(nodes)
        seen: set[Node] = set(stack)
        while stack:
            taken = stack.pop()
            for node in (*self.reads[taken], *self.waits.get(taken, ())):
                if node not in seen:
                    seen.add(node)
                    stack.append(node)
        return frozenset(seen)


def plan_study(study: Study) -> Plan:
    """The plan of a study.

    Raises ProblemsError (PLAN001) when variables read each other in a circle; the message prints the path.
    References that lead nowhere are left out here; `lint` reports them.

    >>> from cdisc_conv.spec.load import load_study
    >>> plan = plan_study(load_study("cdiscpilot01")[0])
    >>> names = [str(node) for node in plan.order]
    >>> names.index("EX.EXSTDTC") < names.index("DM.RFSTDTC") < names.index("EX.EXSTDY")
    True
    """
    graph = _Graph(study)
    for dataset in study.datasets.values():
        graph.add_dataset(dataset)
    return Plan(
        order := _sort_nodes(study, {node: (*read, *graph.waits.get(node, ())) for node, read in graph.reads.items()}),
        MappingProxyType({node: tuple(graph.reads[node]) for node in order}),
        MappingProxyType({node: tuple(graph.raw_reads.get(node, ())) for node in order}),
        MappingProxyType({node: tuple(waits) for node, waits in graph.waits.items()}),
        MappingProxyType(graph.parts),
    )


def _sort_nodes(study: Study, reads: Mapping[Node, Iterable[Node]]) -> tuple[Node, ...]:
    """The nodes, each after all it reads. Raises ProblemsError that names every circle."""
    left = {node: tuple(read) for node, read in reads.items()}
    problems: list[Problem] = []
    while True:
        try:
            order = tuple(TopologicalSorter(left).static_order())
        except CycleError as error:
            problems.append(_describe_cycle(study, error.args[1]))
            left = _without(left, error.args[1])
            continue
        if problems:
            raise ProblemsError(problems)
        return order


def _without(reads: Mapping[Node, tuple[Node, ...]], circle: Iterable[Node]) -> dict[Node, tuple[Node, ...]]:
    """The graph without the nodes of a circle; of a dataset whose records are in it, nothing is left."""
    gone = set(circle)
    datasets = {node.dataset for node in gone if isinstance(node, RowSet)}
    gone |= {node for node in reads if node.dataset in datasets}
    return {
        node: tuple(other for other in read if other not in gone) for node, read in reads.items() if node not in gone
    }


def variable_of(study: Study, part: Part) -> Variable:
    """The mapping entry of a part."""
    dataset = study.datasets[part.dataset]
    variable = dataset.own_variable(part.name, dataset.blocks[part.blocks[0]])
    assert variable is not None  # a part exists only where there is an entry
    return variable


def refs_of(variable: Variable) -> tuple[str, ...]:
    """Every reference that a mapping entry makes, its ``when`` included."""
    when = variable.when.names if variable.when is not None else ()
    return tuple(dict.fromkeys((*variable.derivation.reads(), *when)))


def parts_of(dataset: DatasetSpec, name: str) -> tuple[Part, ...]:
    """The parts of a mapped name of a dataset.

    >>> from cdisc_conv.spec.load import load_study
    >>> parts_of(load_study("cdiscpilot01")[0].datasets["AE"], "AETERM")
    (Part(dataset='AE', name='AETERM', blocks=(0,)),)
    """
    return list_parts(dataset, (name,))[name]


def list_parts(dataset: DatasetSpec, names: Collection[str]) -> dict[str, tuple[Part, ...]]:
    """The parts of each of some mapped names of a dataset."""
    blocks: dict[str, dict[tuple[int, int], list[int]]] = {name: {} for name in names}
    for number, block in enumerate(dataset.blocks):
        entries = dataset.entries_of(block)
        for name in names:
            if (variable := entries.get(name)) is not None:
                alone = dataset.reads_itself and _is_made_by_block(variable)
                blocks[name].setdefault((id(variable), number if alone else -1), []).append(number)
    return {
        name: tuple(Part(dataset.name, name, tuple(numbers)) for numbers in by_entry.values())
        for name, by_entry in blocks.items()
    }


def _is_made_by_block(variable: Variable) -> bool:
    """Whether the values of one block do not depend on the records of the others."""
    return SELF in variable.derivation.tables() or not variable.derivation.reads_siblings()


class _Graph:
    def __init__(self, study: Study) -> None:
        self.study = study
        self.parts = {
            (dataset.name, name): parts
            for dataset in study.datasets.values()
            for name, parts in list_parts(dataset, dataset.names()).items()
        }
        # Dicts for their order: the plan must not depend on the hash seed.
        self.reads: dict[Node, dict[Node, None]] = {}
        self.raw_reads: dict[Node, dict[Target, None]] = {}
        self.waits: dict[Node, dict[Node, None]] = {}

    def add_dataset(self, dataset: DatasetSpec) -> None:
        for number, block in enumerate(dataset.blocks):
            node = RowSet(dataset.name, number)
            self.reads[node] = dict.fromkeys(self._source_rows(block, number))
            for name in block_refs(block):  # a name of `for_each`, or of the source, whatever it is called
                given = Target(TargetKind.GIVEN, NO_TABLE, name) if name in block.given_names else None
                source = f"raw.{name.removeprefix('raw.')}"
                target = given or resolve(self.study, dataset, block, name, source)
                self._add_target(node, target, block_number=number)
        for name in dataset.names():
            for part in self.parts[dataset.name, name]:
                self._add_part(dataset, part)

    def _add_part(self, dataset: DatasetSpec, part: Part) -> None:
        self.reads[part] = dict.fromkeys(RowSet(dataset.name, number) for number in part.blocks)
        variable = variable_of(self.study, part)
        for number in part.blocks:
            block = dataset.blocks[number]
            for ref in refs_of(variable):
                self._add_target(part, resolve(self.study, dataset, block, part.name, ref), number)
        for table, columns in variable.derivation.tables().items():
            wanted = columns if TableId(table).is_form else (*columns, SUBJECT)
            for column in wanted:
                if table == SELF:
                    self._add_earlier(part, column, part.blocks[0])
                else:
                    self._add_column(part, table, column)
        if variable.derivation.actual_reach() is not Reach.ROW or variable.derivation.tables():
            self._add_own_subject(part, part.blocks)

    def _source_rows(self, block: Block, number: int) -> Iterator[Node]:
        if block.source.kind is SourceKind.SELF:
            yield from (RowSet(block.source.name, earlier) for earlier in range(number))
        source = self.study.datasets.get(block.source.name) if block.source.kind is SourceKind.DATASET else None
        for number in range(len(source.blocks)) if source else ():
            yield RowSet(block.source.name, number)

    def _add_target(self, node: Node, target: Target | None, block_number: int) -> None:
        if target is None:
            return
        if target.kind is TargetKind.GIVEN:
            block = self.study.datasets[node.dataset].blocks[block_number]
            for entry in block.for_each:
                value = entry.get(target.name)
                if isinstance(value, Ref):
                    self._add_column(node, block.source.table, value[4:])
        elif target.kind is TargetKind.OWN:
            # Only the parts that cover this block: another block's entry of the same name is another value.
            for part in self.parts.get((target.table, target.name), ()):
                if block_number in part.blocks:
                    self.reads[node][part] = None
        elif target.kind is TargetKind.OTHER:
            self._add_column(node, target.table, target.name)
            self._add_column(node, target.table, SUBJECT)
            self._add_own_subject(node, (block_number,))
        elif self.study.datasets[node.dataset].blocks[block_number].source.kind is SourceKind.SELF:
            self._add_earlier(node, target.name, block_number)
        else:
            self._add_column(node, target.table, target.name)

    def _add_own_subject(self, node: Node, blocks: Iterable[int]) -> None:
        """The subject of the records themselves, to find those of the same subject by."""
        for part in self.parts.get((node.dataset, SUBJECT), ()):
            if part != node and not set(part.blocks).isdisjoint(blocks):
                self.reads[node][part] = None

    def _add_earlier(self, node: Node, column: str, block_number: int) -> None:
        """A column of the records of the blocks before a block."""
        before = self.study.datasets[node.dataset].blocks[block_number].before
        count = block_number if before is None else before
        for part in self.parts.get((node.dataset, column), ()):
            if any(number < count for number in part.blocks):
                self.reads[node][part] = None
        for number in range(count):
            self.reads[node][RowSet(node.dataset, number)] = None

    def _add_column(self, node: Node, table: str, column: str) -> None:
        parts = self.parts.get((table, column), ())
        for part in parts:
            self.reads[node][part] = None
        if reads_final_order(self.study, node.dataset, table):
            spec = self.study.datasets[table]
            for key in sort_keys(spec, final_columns(spec)):
                self.waits.setdefault(node, {}).update(dict.fromkeys(self.parts.get((table, key), ())))
        if table in self.study.datasets:
            for number in range(len(self.study.datasets[table].blocks)):
                self.reads[node][RowSet(table, number)] = None
        elif not parts:
            self.raw_reads.setdefault(node, {})[Target(TargetKind.SOURCE, TableId(table), column)] = None
            self._add_subject_key(node, TableId(table), column)

    def _add_subject_key(self, node: Node, table: TableId, column: str) -> None:
        """What the subject of a form is found by, where another form knows it."""
        key = self.study.subject_key_of(table.name) if table.is_form and column == self.study.raw.subject else None
        if key is None:
            return
        there = TableId.of_form(key.form)
        ids = [(table, name) for name in key.by]
        for form, name in (*ids, *((there, name) for name in (*key.by.values(), key.take))):
            self.raw_reads[node][Target(TargetKind.SOURCE, form, name)] = None


def block_refs(block: Block) -> tuple[str, ...]:
    """The references that decide which records a block has."""
    where = block.where.names if isinstance(block.where, Expression) else ()
    merge = (*block.merge.by, block.merge.start, block.merge.end) if block.merge else ()
    written = (value for entry in block.for_each for value in entry.values() if isinstance(value, Ref))
    carried = (f"raw.{name}" for name in (block.carry.columns if block.carry else ()))
    return tuple(dict.fromkeys((*where, *block.group, *block.order, *block.columns, *merge, *carried, *written)))


def _describe_cycle(study: Study, nodes: list[Node]) -> Problem:
    path = list(reversed(nodes))
    words = " -> ".join(str(node) for node in path)
    places = [place_of(study, node) for node in path]
    where = ", ".join(dict.fromkeys(str(place) for place in places))
    hint = f"each reads the next; see {where}"
    if any(_sees_later_blocks(study, node) for node in path):
        hint += "; a later block can read what looks at all records of a subject only from the 'set' of a block"
    what = "variables" if any(isinstance(node, Part) for node in path) else "records"
    return Problem("PLAN001", f"{what} read each other in a circle: {words}", place=places[0], hint=hint)


def place_of(study: Study, node: Node) -> Place:
    """Where the mapping has a node."""
    return (
        variable_of(study, node).place
        if isinstance(node, Part)
        else study.datasets[node.dataset].blocks[node.block].place
    )


def _sees_later_blocks(study: Study, node: Node) -> bool:
    return isinstance(node, Part) and len(node.blocks) > 1 and study.datasets[node.dataset].reads_itself
