"""Where a variable comes from: the plan as nodes that know what they read, down to the fields of the raw forms.

`explain`, the report and `lineage.json` all read this one graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from cdisc_conv.derivations.base import SELF, SUBJECT, Reach, Ref
from cdisc_conv.engine.describe.entries import write_block, write_entry
from cdisc_conv.engine.describe.words import describe_table, method_of
from cdisc_conv.engine.plan.graph import Node, Part, Plan, RowSet, plan_study, refs_of, variable_of
from cdisc_conv.engine.plan.narrow import split_entries
from cdisc_conv.problems import Place
from cdisc_conv.spec.expected import label_of
from cdisc_conv.spec.model import Block, DatasetSpec, Field, SourceKind, Study
from cdisc_conv.spec.references import Target, TargetKind, resolve
from cdisc_conv.tables import TableId


class NodeKind(StrEnum):
    """What a node of the lineage is."""

    VARIABLE = "variable"
    RECORDS = "records"
    FIELD = "field"
    GIVEN = "given"
    """A variable of a dataset that is given and not made."""


class LinkKind(StrEnum):
    """Where a record finds what a variable of it reads."""

    OWN = "own"
    """In the record itself."""
    ROW = "row"
    """In the row of the source that it reads."""
    ROWS = "rows"
    """In all rows of the source that it was made from."""
    TAKEN = "taken"
    """In those of these rows that the value of the column was taken from."""
    SUBJECT = "subject"
    """In the record of the same subject."""
    PICKED = "picked"
    """In the records that its derivation picked."""
    TABLE = "table"
    """In any records: they were matched, counted or summed up."""


@dataclass(frozen=True, slots=True)
class Link:
    """One thing that a variable reads: ``AE.AESTDTC`` or ``ae.AESTDAT``."""

    kind: LinkKind
    name: str


@dataclass(frozen=True, eq=False)
class LineageNode:
    """A variable (for the records of some blocks), the records of a block, a field of a raw form, or a given variable.

    Nodes are compared by identity: the graph shares them, and comparing whole graphs would take forever.
    """

    kind: NodeKind
    name: str
    """``AE.AESTDTC``, ``records of AE``, ``ae.AESTDAT`` or ``DS.DSSTDTC``."""
    table: str
    """The dataset, or the form as ``form ae``."""
    label: str = ""
    derivation: str = ""
    method: str = ""
    source: str = ""
    """Which records it is about: ``form ae``, with the condition where there is one."""
    tables: tuple[str, ...] = ()
    """The forms and datasets that those records are made from: ``form ae``."""
    place: Place = Place()
    entry: str = ""
    """What the mapping says there, as one line of YAML."""
    pages: tuple[int, ...] = ()
    matched_by: tuple[str, ...] = ()
    """Variables that only tie its records to those of another dataset; they are not among `upstream`."""
    upstream: tuple[LineageNode, ...] = ()
    links: tuple[Link, ...] = ()
    """What a variable reads, and where a record finds it."""
    variants: tuple[int, ...] = ()
    """The kinds of records that it is about, by their numbers in `Records`."""

    def walk(self) -> Iterator[LineageNode]:
        """This node and all it comes from, each once, nearest first in every branch."""
        seen: set[int] = set()
        stack = [self]
        while stack:
            node = stack.pop()
            if id(node) not in seen:
                seen.add(id(node))
                yield node
                stack.extend(reversed(node.upstream))

    def reads(self) -> tuple[LineageNode, ...]:
        """What it reads itself: fields and variables, without the row sets behind them."""
        return tuple(node for node in self.upstream if node.kind is not NodeKind.RECORDS)

    def fields(self) -> tuple[LineageNode, ...]:
        """The fields of raw forms that the values come from, in order; conditions on whole records are left out."""
        return self._fields

    def row_fields(self) -> tuple[LineageNode, ...]:
        """Those of `fields` that it reads by way of its own dataset alone: they stand in the raw rows of the record."""
        return self._row_fields

    @cached_property
    def _fields(self) -> tuple[LineageNode, ...]:
        if self.kind is NodeKind.FIELD:
            return (self,)
        return tuple(dict.fromkeys(field for node in self.reads() for field in node._fields))

    @cached_property
    def _row_fields(self) -> tuple[LineageNode, ...]:
        if self.kind is NodeKind.FIELD:
            return (self,)
        near = (node for node in self.reads() if node.table == self.table or node.kind is NodeKind.FIELD)
        return tuple(dict.fromkeys(field for node in near for field in node._row_fields))


@dataclass(frozen=True)
class Lineage:
    """The lineage of every variable of a study."""

    variables: Mapping[str, tuple[LineageNode, ...]]
    """``AE.AESTDTC`` -> one node per entry of the mapping (several when blocks have entries of their own)."""
    records: Mapping[str, tuple[LineageNode, ...]]
    """``AE`` -> one node per block of records."""

    def used_by(self) -> Mapping[str, tuple[str, ...]]:
        """Name of a variable or field -> the variables and records that read it themselves, in order."""
        found: dict[str, dict[str, None]] = {}
        for nodes in (*self.variables.values(), *self.records.values()):
            for node in nodes:
                for read in node.reads():
                    found.setdefault(read.name, {})[node.name] = None
        return MappingProxyType({name: tuple(users) for name, users in found.items()})


def build_lineage(study: Study, plan: Plan) -> Lineage:
    """The lineage of a study from its plan; no data are read.

    Entries of ``for_each`` that make a variable in different ways have a node each.

    >>> from cdisc_conv.engine.plan.graph import plan_study
    >>> from cdisc_conv.spec.load import load_study
    >>> study, _ = load_study("cdiscpilot01")
    >>> lineage = build_lineage(study, plan_study(study))
    >>> [node.name for node in lineage.variables["AE.AESTDTC"][0].fields()]
    ['ae.IT.AESTDAT']
    """
    split = split_entries(study)
    return _Builder(split, plan if split is study else plan_study(split)).build()


def describe_source(block: Block) -> str:
    """Which records a block makes: its source and its condition.

    >>> from cdisc_conv.spec.load import load_study
    >>> describe_source(load_study("hope2021_thal_agc")[0].datasets["IE"].blocks[0])
    'form ie where IEYN == "N"'
    """
    where = f" where {block.where}" if block.where is not None else ""
    group = f", one record per {', '.join(block.group)}" if block.group else ""
    merge = f", adjoining intervals of equal {', '.join(block.merge.by)} merged" if block.merge else ""
    return f"{block.source}{where}{group}{merge}"


class _Builder:
    def __init__(self, study: Study, plan: Plan) -> None:
        self._study = study
        self._plan = plan
        self._made: dict[Node, LineageNode] = {}
        self._columns: dict[tuple[str, str], LineageNode] = {}

    def build(self) -> Lineage:
        for node in self._plan.order:  # everything a node reads stands before it
            made = self._make_records(node) if isinstance(node, RowSet) else self._make_variable(node)
            made.fields(), made.row_fields()  # found while all that it reads has them: no chain is too long
            self._made[node] = made
        variables = {
            f"{dataset.name}.{name}": _merge([self._made[part] for part in self._plan.parts[dataset.name, name]])
            for dataset in self._study.datasets.values()
            for name in dataset.names()
        }
        records = {dataset.name: self._list_records(dataset) for dataset in self._study.datasets.values()}
        return Lineage(MappingProxyType(variables), MappingProxyType(records))

    def _list_records(self, dataset: DatasetSpec) -> tuple[LineageNode, ...]:
        """One node for every block of the mapping, its entries together."""
        found: dict[int, list[int]] = {}
        for number, block in enumerate(dataset.blocks):
            found.setdefault(number if block.before is None else block.before, []).append(number)
        return tuple(self._join_entries(dataset, numbers) for numbers in found.values())

    def _join_entries(self, dataset: DatasetSpec, numbers: Sequence[int]) -> LineageNode:
        nodes = [self._made[RowSet(dataset.name, number)] for number in numbers]
        entries = tuple(entry for number in numbers for entry in dataset.blocks[number].for_each)
        return replace(
            nodes[0],
            entry=write_block(replace(dataset.blocks[numbers[0]], for_each=entries)),
            upstream=tuple(dict.fromkeys(read for node in nodes for read in node.upstream)),
            variants=tuple(numbers),
        )

    def _make_records(self, node: RowSet) -> LineageNode:
        block = self._study.datasets[node.dataset].blocks[node.block]
        return LineageNode(
            NodeKind.RECORDS,
            str(node),
            node.dataset,
            label=_describe_origin(self._study, block),
            source=describe_source(block),
            tables=(str(block.source),),
            place=block.place,
            entry=write_block(block),
            upstream=self._upstream(node),
            variants=(node.block,),
        )

    def _make_variable(self, part: Part) -> LineageNode:
        dataset = self._study.datasets[part.dataset]
        variable = variable_of(self._study, part)
        blocks = [dataset.blocks[number] for number in part.blocks]
        ties = _ties(self._plan.reads[part])
        return LineageNode(
            NodeKind.VARIABLE,
            str(part),
            part.dataset,
            label=label_of(self._study, dataset, part.name),
            derivation=variable.derivation.name,
            method=method_of(self._study, part),
            source="; ".join(dict.fromkeys(self._describe_blocks(part))),
            tables=tuple(dict.fromkeys(str(block.source) for block in blocks)),
            place=variable.place,
            entry=write_entry(variable),
            matched_by=tuple(dict.fromkeys(str(tie) for tie in ties)),
            upstream=self._upstream(part, ties),
            links=tuple(dict.fromkeys(self._list_links(part))),
            variants=part.blocks,
        )

    def _describe_blocks(self, part: Part) -> Iterator[str]:
        """The records of a part; those of an entry of ``for_each`` with its name, unless all entries share the part."""
        blocks = self._study.datasets[part.dataset].blocks
        for number in part.blocks:
            block = blocks[number]
            shared = block.before is None or all(
                other in part.blocks for other, beside in enumerate(blocks) if beside.before == block.before
            )
            yield describe_source(block) + ("" if shared or not block.entry else f" ({block.entry})")

    def _list_links(self, part: Part) -> Iterator[Link]:
        """What a part reads, by reference; of other tables the columns of the records that its derivation picks."""
        dataset = self._study.datasets[part.dataset]
        variable = variable_of(self._study, part)
        row = LinkKind.ROW if variable.derivation.actual_reach() is Reach.ROW else LinkKind.ROWS
        for number in part.blocks:
            block = dataset.blocks[number]
            for ref in refs_of(variable):
                target = resolve(self._study, dataset, block, part.name, ref)
                if target is not None and target.kind is TargetKind.GIVEN:
                    values = (entry.get(target.name) for entry in block.for_each)
                    kind = _link_of_row(row, block, target)
                    for name in (value[4:] for value in values if isinstance(value, Ref)):
                        yield Link(kind, _name(str(block.source), name))
                elif target is not None:
                    kind = _LINKS.get(target.kind) or _link_of_row(row, block, target)
                    yield Link(kind, _name(target.table, target.name))
        picked = variable.derivation.picks()
        for table, columns in variable.derivation.tables().items():
            source = part.dataset if table == SELF else table
            for column in columns:
                kind = LinkKind.PICKED if column in picked.get(table, ()) else LinkKind.TABLE
                yield Link(kind, _name(source, column))

    def _upstream(self, node: Node, ties: Sequence[Node] = ()) -> tuple[LineageNode, ...]:
        columns = (self._column(target) for target in self._plan.raw_reads[node])
        return (*columns, *(self._made[read] for read in self._plan.reads[node] if read not in ties))

    def _column(self, target: Target) -> LineageNode:
        """The node of a field of a form, or of a variable of a given dataset; one for all that read it."""
        key = (target.table, target.name)
        if key not in self._columns:
            self._columns[key] = self._make_column(*key)
        return self._columns[key]

    def _make_column(self, table: TableId, name: str) -> LineageNode:
        if not table.is_form:
            return LineageNode(NodeKind.GIVEN, f"{table}.{name}", table)
        form = self._study.forms.get(table.name)
        field = form.fields.get(name, Field(name)) if form else Field(name)
        place = form.place if form else Place()
        return LineageNode(NodeKind.FIELD, f"{table.name}.{name}", table, field.label, pages=field.pages, place=place)


def _link_of_row(kind: LinkKind, block: Block, target: Target) -> LinkKind:
    """Where a record that stands for several rows finds a column of the one it reads."""
    is_source = target.kind is TargetKind.SOURCE
    name = f"raw.{target.name}" if is_source and target.name in block.given_names else target.name
    ends = block.merge is not None and block.merge.end in (name, f"raw.{name}")
    own = ends or block.columns.get(name, "row") != "row"
    return LinkKind.TAKEN if kind is LinkKind.ROW and own else kind


_LINKS = {TargetKind.OWN: LinkKind.OWN, TargetKind.OTHER: LinkKind.SUBJECT}


def _name(table: str, column: str) -> str:
    """``ae.AESTDAT`` for a field of ``form ae``, ``AE.AESTDTC`` for a variable of ``dataset AE``."""
    return f"{table.removeprefix('form ').removeprefix('dataset ')}.{column}"


def _merge(nodes: Sequence[LineageNode]) -> tuple[LineageNode, ...]:
    """The nodes of a variable; those of entries of ``for_each`` that say and read the same are one."""
    found: dict[object, LineageNode] = {}
    for node in nodes:
        told = node.source.partition(" (")[0] if len(node.variants) == 1 else node.source
        read = (list_names(node.upstream), list_names(node.fields()), node.links)
        key = (node.derivation, node.method, node.place, node.entry, node.tables, told, read)
        before = found.get(key)
        found[key] = node if before is None else _join(before, node)
    return tuple(found.values())


def _join(first: LineageNode, second: LineageNode) -> LineageNode:
    source = "; ".join(dict.fromkeys((first.source, second.source)))
    return replace(first, source=source, variants=(*first.variants, *second.variants))


def _ties(reads: Sequence[Node]) -> tuple[Part, ...]:
    """The subject variables that a part reads beside others, to find the records of the same subject."""
    parts = [read for read in reads if isinstance(read, Part)]
    subjects = tuple(part for part in parts if part.name == SUBJECT)
    return subjects if len(subjects) < len(parts) else ()


def _describe_origin(study: Study, block: Block) -> str:
    return describe_table(study, str(block.source)) if block.source.kind is not SourceKind.NOTHING else ""


def list_names(nodes: Iterable[LineageNode]) -> tuple[str, ...]:
    """The names of nodes, each once, in order."""
    return tuple(dict.fromkeys(node.name for node in nodes))
